#pragma once

#include <string>

#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/update_kind.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

// Objects of the Bot API as a bot sees them: ids of messages and files depend on who looks.
// Field names and types are those of the documentation; nothing is written that is empty there.

std::int64_t unix_seconds(wall_time when) noexcept;

void append_user(json_writer& json, const user& who);
/// Of whom only the id may be left.
void append_user_of(json_writer& json, const world& in, user_id id);
/// As getMe answers: with what only the bot itself learns.
void append_me(json_writer& json, const user& bot);
/// The short Chat that is part of a message.
void append_chat(json_writer& json, const world& in, const chat& which);
/// ChatFullInfo, of getChat.
void append_full_chat(json_writer& json, const world& in, user_id viewer, const chat& which);
/// `viewer`: whether a bot may change an administrator depends on who made it one.
void append_member(json_writer& json, const world& in, user_id viewer, const chat& where,
                   const member& who);
void append_invite_link(json_writer& json, const world& in, const invite_link& which);
void append_entities(json_writer& json, const world& in, const std::vector<entity>& entities);

/// Message with the message it replies to, if `with_reply`: Telegram nests them once.
void append_message(json_writer& json, const world& in, user_id viewer, const chat& where,
                    const message& what, bool with_reply = true);

struct rendered_update {
    update_kind kind{};
    std::string object;  // the value of the kind's field; empty: the message is gone
};
/// What `event` tells its bot.
rendered_update render(const world& in, const bot_event& event);

/// True if a message looks the same to every bot: no file ids, no ids of its own per account.
bool looks_the_same_to_all(const chat& where, const message& what) noexcept;

}  // namespace baudot::telegram_sim
