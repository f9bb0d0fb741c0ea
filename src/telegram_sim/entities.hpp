#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "telegram_sim/api_error.hpp"

namespace baudot::telegram_sim {

/// Names are those of MessageEntity.type in the Bot API.
enum class entity_kind : unsigned char {
    mention,
    hashtag,
    cashtag,
    bot_command,
    url,
    email,
    phone_number,
    bold,
    italic,
    underline,
    strikethrough,
    spoiler,
    blockquote,
    expandable_blockquote,
    code,
    pre,
    text_link,
    text_mention,
    custom_emoji,
};
inline constexpr int entity_kinds = 19;

std::string_view name(entity_kind kind) noexcept;
std::optional<entity_kind> entity_kind_of(std::string_view name) noexcept;

/// True for what Telegram finds in a text by itself (mention ... phone_number).
constexpr bool is_found_in_text(entity_kind kind) noexcept {
    return kind <= entity_kind::phone_number;
}

/// Offset and length count UTF-16 code units.
struct entity {
    entity_kind kind{};
    std::int32_t offset = 0;
    std::int32_t length = 0;
    std::string argument{};  // url of a text_link, language of a pre, id of a custom_emoji
    user_id user{};          // of a text_mention

    friend bool operator==(const entity&, const entity&) = default;
};

struct formatted_text {
    std::string text{};
    std::vector<entity> entities{};

    friend bool operator==(const formatted_text&, const formatted_text&) = default;
};

/// Numbers of TELEGRAM.md 3.5, in code points.
inline constexpr std::size_t text_points_max = 4096;
inline constexpr std::size_t caption_points_max = 1024;
inline constexpr std::size_t quote_points_max = 1024;
inline constexpr std::size_t input_bytes_max = 35'000;
inline constexpr std::size_t entities_max = 100;

/// What Telegram's server makes of a text: control characters become spaces, carriage returns
/// go, blank space at both ends goes and the entities move with it; entities are sorted, cut to
/// the text, emptied ones go, those that cross are split, equal neighbours grow together, and
/// nothing is inside code or pre. `find`: also what stands in the text by itself.
/// A text of blank and invisible characters alone is empty, which is no error here.
/// Doing it twice changes nothing. Errors 400: not UTF-8; an entity that begins or ends inside a
/// code point, or after the text.
api_result<formatted_text> normalise(formatted_text input, bool find);

/// Mentions, hashtags, cashtags, commands, links and addresses in `text`, in order.
std::vector<entity> find_entities(std::string_view text);

/// For comparing what was sent with what came out: without what is found by itself.
formatted_text without_found(const formatted_text& text);

}  // namespace baudot::telegram_sim
