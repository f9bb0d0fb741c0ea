#pragma once

#include <cstddef>
#include <string_view>

namespace baudot::text {

/// Whether `found`, a part of `text`, stands there as words of its own: no letter, digit, mark or
/// underscore of any script touches a first or last character that is one. Scripts that put no
/// spaces between words (Han, Hiragana, Katakana, Hangul, Thai, Lao, Khmer, Myanmar) touch nothing.
bool stands_alone(std::string_view text, std::string_view found);

/// Bytes of the character that begins at `at`, which is before the end. Of what is no UTF-8 at
/// least one.
std::size_t bytes_of_character(std::string_view text, std::size_t at);

/// Whether the character that begins at `at`, inside of the text, looks like one with what stands
/// before it: a mark, a joiner, a colour of skin, the second letter of a flag.
bool belongs_to_the_one_before(std::string_view text, std::size_t at);

/// Whether Telegram would find an entity of this type in the whole of `text`, about: a url, a
/// mention, a hashtag. Of other types yes.
bool looks_like(std::string_view type, std::string_view text);

/// Whether a reader sees anything: Telegram takes no text of blanks and format characters alone.
bool can_be_seen(std::string_view text);

}  // namespace baudot::text
