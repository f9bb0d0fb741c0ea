#pragma once

#include <cstddef>
#include <vector>

#include "model/text.hpp"
#include "model/transform.hpp"
#include "text/marked_text.hpp"

namespace baudot::text {

/// Telegram's limits, which it counts in characters and we, to be safe, in UTF-16 units.
inline constexpr std::size_t text_units_max = 4096;
inline constexpr std::size_t caption_units_max = 1024;

/// The texts of the messages that `what`, trimmed, is sent as, in order. Where `is_caption` the
/// first one is the caption, and may be empty; all others have something in them. Empty: it cannot
/// be cut as the policy says, because headers and footers alone are too long.
///
/// Parts end, in this order of wishes, behind a paragraph, a line, a word, a character; never
/// inside of a character or what looks like one, nor, where that leaves half a part, inside of a
/// link, a mention, a hashtag or a custom emoji. Other entities go on in the next part.
std::vector<formatted_text> fit(marked_text what, bool is_caption, long_text_policy policy);

}  // namespace baudot::text
