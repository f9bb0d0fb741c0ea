#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace baudot {

/// A part of a text with a meaning: Bot API MessageEntity. `offset` and `length` count UTF-16
/// code units. Fields beyond these three are set only for the types that have them.
struct message_entity {
    std::string type;  // Telegram's own name: "bold", "text_link", ...; unknown names are kept
    std::int32_t offset = 0;
    std::int32_t length = 0;
    std::string url;              // text_link
    user_id user{};               // text_mention
    std::string language;         // pre
    std::string custom_emoji_id;  // custom_emoji
    /// Of a planned text alone: a url or text_link to this post of the source chat, which is to
    /// lead to its copy (own_links). 0: whatever it leads to stays.
    message_id own_post{};

    friend bool operator==(const message_entity&, const message_entity&) = default;
};

/// UTF-8 text, or the caption of a medium.
struct formatted_text {
    std::string text;
    std::vector<message_entity> entities;

    friend bool operator==(const formatted_text&, const formatted_text&) = default;
};

}  // namespace baudot
