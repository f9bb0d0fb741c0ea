#pragma once

#include <string_view>

#include "telegram_sim/entities.hpp"

namespace baudot::telegram_sim {

// The three parse modes of the Bot API: text with marks in, text with entities out. Not yet
// normalised. Errors are 400 "can't parse entities: ..." with the byte offset, as the real
// server words them.

api_result<formatted_text> parse_html(std::string_view input);
api_result<formatted_text> parse_markdown_v2(std::string_view input);
/// The old mode: no nesting, no underline, no strikethrough, no quotes.
api_result<formatted_text> parse_markdown(std::string_view input);

}  // namespace baudot::telegram_sim
