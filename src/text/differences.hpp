#pragma once

#include <string_view>
#include <vector>

#include "text/marked_text.hpp"

namespace baudot::text {

/// Edits that make `to` of `from`, word by word: what both have stays, so that entities stay on it.
/// Both are valid UTF-8. Where they have too much between them that is not the same at both ends
/// (beyond some two thousand words each), all of that is one edit.
std::vector<edit> differences(std::string_view from, std::string_view to);

}  // namespace baudot::text
