#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/text.hpp"

namespace baudot {

enum class chat_kind : std::uint8_t { unknown, private_chat, group, supergroup, channel };

/// What a message is made of, besides its text. Append only: values are stored.
enum class content_kind : std::uint8_t {
    text,
    photo,
    video,
    animation,
    audio,
    voice,
    video_note,
    document,
    sticker,
    other,    // has content that can be copied or forwarded, but is none of the above
    service,  // "pinned a message", "joined": cannot be copied
};

struct medium {
    std::string file_id;         // usable only by the account that received it
    std::string file_unique_id;  // the same for every account; cannot be downloaded with
    std::string file_name;
    std::string mime_type;
    std::int64_t size = 0;  // bytes; 0 when unknown

    friend bool operator==(const medium&, const medium&) = default;
};

/// One version of one message as an account saw it.
struct message {
    chat_id chat{};
    chat_kind kind = chat_kind::unknown;
    std::string chat_title;
    std::string chat_username;  // without @
    message_id id{};
    std::int64_t date = 0;       // Unix seconds, UTC
    std::int64_t edit_date = 0;  // 0: not an edit
    user_id sender{};            // 0 in channels
    chat_id sender_chat{};       // 0 when a user sent it
    std::string media_group_id;  // parts of an album share it; empty otherwise
    content_kind content = content_kind::text;
    formatted_text text;  // the caption when there is a medium
    std::optional<medium> media;
    message_id reply_to{};  // 0: none
    bool is_forward = false;
    bool has_protected_content = false;
    chat_id migrate_to_chat{};  // service message of a group that was upgraded

    friend bool operator==(const message&, const message&) = default;
};

}  // namespace baudot
