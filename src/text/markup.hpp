#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "text/marked_text.hpp"

namespace baudot::text {

struct markup_error {
    std::size_t at = 0;  // bytes into the HTML
    std::string message;
};

/// A text written as HTML of the Bot API: b, i, u, s and their long names, tg-spoiler, code, pre,
/// blockquote (also expandable), a with href, and the four named entities. Only for what stands in
/// the configuration: what posts bring is never read as markup.
std::expected<marked_text, markup_error> parse_markup(std::string_view html);

}  // namespace baudot::text
