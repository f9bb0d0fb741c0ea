#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

/// A post by a person, or by a channel when `actor` is 0 or the chat is a channel.
struct user_post {
    chat_id chat{};  // positive: the private chat of `actor` with `bot`
    user_id bot{};   // for private chats
    user_id actor{};
    content what{};
    bool find_entities = true;  // false: keep `what.body` as it is
    std::optional<message_id> id{};
    std::optional<message_id> reply_to{};
    chat_id reply_chat{};  // 0: the same
    std::string quote{};   // a part of what is answered
    std::optional<int> quote_position{};
    std::optional<message_id> topic{};  // absent: General, or that of what is answered
    std::optional<forward_origin> forwarded{};
    std::int64_t album = 0;
    bool is_protected = false;
    bool is_silent = false;
};

// What people do, through the control API. They are believed: the rules of the chat hold for
// bots only, or every test would have to grant rights first. Errors: errc::not_found for a
// chat, person or message that does not exist, errc::invalid_argument for a text that Telegram
// would refuse, each with a sentence.

result<message_id> post(world& in, user_post what, wall_time now, std::uint64_t request);

struct message_address {
    chat_id chat{};
    user_id bot{};  // of a private chat: the other side
    message_id message{};
};
result<void> edit(world& in, message_address which, content what, user_id actor, wall_time now,
                  std::uint64_t request);
result<void> erase(world& in, message_address which, user_id actor, wall_time now,
                   std::uint64_t request);

/// Answers the poll that the message shows; no options: takes the answer back.
result<void> vote(world& in, message_address which, user_id actor, std::vector<int> options,
                  wall_time now);

/// Presses Start: the bot may write from now on, and gets "/start".
result<message_id> start(world& in, user_id person, user_id bot, wall_time now,
                         std::uint64_t request);

}  // namespace baudot::telegram_sim
