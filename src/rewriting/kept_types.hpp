#pragma once

#include <string_view>

#include "text/marked_text.hpp"

namespace baudot::rewriting {

/// Entities whose text no API may change: it is code, an address, or a picture's stand-in.
inline bool is_kept(std::string_view type) noexcept {
    return type == "code" || type == "pre" || type == "custom_emoji" ||
           text::is_found_by_telegram(type);
}

}  // namespace baudot::rewriting
