#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "model/message.hpp"

namespace baudot::text {

/// What a link to a message names.
struct message_link {
    std::string username;  // of its chat, without @, as it is written; empty: `chat` names it
    chat_id chat{};
    message_id message{};
    friend bool operator==(const message_link&, const message_link&) = default;
};

/// Reads https://t.me/name/5, t.me/c/1234567890/5, both with the number of a topic before that of
/// the message, name.t.me/5, t.me/s/name/5, the same at telegram.me and telegram.dog, and
/// tg://resolve and tg://privatepost; with whatever query. None: it is something else. Of a link to
/// a comment the message is the post that is commented on.
std::optional<message_link> read_message_link(std::string_view address);

/// The message of the chat of `post` that an address leads to; 0: it leads elsewhere. Basic groups
/// and private chats have no links, and nothing leads to them.
message_id own_post_of(std::string_view address, const message& post);

/// The link to a message: by the chat's username, or, where that is empty, for its members alone.
/// None where messages have no links: in private chats and basic groups.
std::optional<std::string> address_of(chat_id chat, std::string_view username, message_id message);

}  // namespace baudot::text
