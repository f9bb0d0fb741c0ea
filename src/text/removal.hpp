#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "text/marked_text.hpp"

namespace baudot::text {

struct byte_range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Edits that take the ranges out, with the blank space that would be left of them: one of two
/// spaces, what stands at the end of a line, and lines of nothing else. `ranges` are in order; they
/// may overlap.
std::vector<edit> removals(std::string_view text, const std::vector<byte_range>& ranges);

}  // namespace baudot::text
