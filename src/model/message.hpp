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

/// Where a forwarded message was first sent: Bot API MessageOrigin.
struct forward_origin {
    /// Append only: values are stored.
    enum class kind : std::uint8_t { user, hidden_user, chat, channel };

    kind type = kind::user;
    user_id user{};        // user
    chat_id chat{};        // chat, channel
    message_id message{};  // channel
    std::string name;      // of the person, also of a hidden one; the title of a chat
    std::string username;  // without @
    std::string author_signature;

    friend bool operator==(const forward_origin&, const forward_origin&) = default;
};

/// One version of one message as an account saw it.
struct message {
    chat_id chat{};
    chat_kind kind = chat_kind::unknown;
    std::string chat_title;
    std::string chat_username;  // without @
    message_id id{};
    std::int64_t date = 0;        // Unix seconds, UTC
    std::int64_t edit_date = 0;   // 0: not an edit
    user_id sender{};             // 0 in channels
    chat_id sender_chat{};        // 0 when a user sent it
    std::string sender_name;      // of the user, or the title of sender_chat
    std::string sender_username;  // of the same; without @
    bool sender_is_bot = false;   // a user that is a bot; false for anonymous administrators
    std::string author_signature;
    user_id via_bot{};  // the inline bot that made it; 0: none
    std::string via_bot_username;
    std::string media_group_id;  // parts of an album share it; empty otherwise
    content_kind content = content_kind::text;
    formatted_text text;  // the caption when there is a medium
    std::optional<medium> media;
    message_id reply_to{};  // 0: none
    message_id topic{};     // message_thread_id of a forum topic; 0: none, or General
    bool is_forward = false;
    std::optional<forward_origin> origin;  // of a forward, where Telegram names it
    bool has_protected_content = false;
    chat_id migrate_to_chat{};  // service message of a group that was upgraded

    friend bool operator==(const message&, const message&) = default;
};

}  // namespace baudot
