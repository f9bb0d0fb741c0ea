#pragma once

#include <string>
#include <utility>

#include "telegram_sim/access.hpp"
#include "telegram_sim/bot_methods.hpp"
#include "telegram_sim/topics.hpp"

namespace baudot::telegram_sim {

// What the tables of bot methods share. Included by bot_methods_*.cpp only.

using answer = api_result<void>;

inline answer truth(std::string& out) {
    out.append("true");
    return {};
}

inline answer done_answer(const api_result<void>& done, std::string& out) {
    if (!done) return std::unexpected(done.error());
    return truth(out);
}

/// The chat of chat_id, to change something there.
inline api_result<chat*> chat_to_change(method_call& what) {
    return access::open(what.at.in(), what.by, what.args.text("chat_id"), access::right::write);
}

/// user_id; whether there is such a user is another question.
inline api_result<user_id> user_named(const method_call& what) {
    const auto id = what.args.exact_integer("user_id");
    if (!id || *id <= 0) return bad_request("invalid user_id specified");
    return user_id{*id};
}

inline act_of act(const method_call& what) {
    return {.actor = what.by.bot, .now = what.by.now, .request = what.by.request};
}

}  // namespace baudot::telegram_sim
