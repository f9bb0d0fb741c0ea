#pragma once

#include <optional>

#include "telegram_sim/entities.hpp"

namespace baudot::telegram_sim {

/// A part of a message's text that an answer shows.
struct quote_found {
    formatted_text text;  // with those of the message's entities that a quote has
    int position = 0;     // in the message, UTF-16 code units
};

/// The kinds that a quote keeps: bold, italic, underline, strikethrough, spoiler, custom_emoji.
bool is_kept_in_quotes(entity_kind kind) noexcept;

/// Where `wanted` stands in `whole`: the first place at or after `near`, or else the first.
/// `exact`: only where the entities that a quote keeps are equal, too, as Telegram demands of a
/// bot; a person marks a part of what is shown, and takes the entities along.
/// Nothing: it is no part of it, or empty, or longer than quote_points_max.
std::optional<quote_found> find_quote(const formatted_text& whole, const formatted_text& wanted,
                                      std::optional<int> near, bool exact);

/// What Telegram quotes by itself of a message in another chat: its beginning.
std::optional<quote_found> quote_beginning(const formatted_text& whole);

}  // namespace baudot::telegram_sim
