#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

// Forum topics: what may become of them, whoever acts; who may is with the caller. Each change
// leaves its service message. Errors are 400 in Telegram's words, and change nothing.

/// Who does it, when, and the number of the request or act.
struct act_of {
    user_id actor{};
    wall_time now{};
    std::uint64_t request = 0;
};

struct new_topic {
    std::string name{};
    int icon_color = 0;  // 0: Telegram's choice
    std::string icon_emoji{};
};
/// What is absent stays.
struct topic_edit {
    std::optional<std::string> name{};
    std::optional<std::string> icon_emoji{};
};

/// Makes a supergroup a forum, or no more: then its topics are gone, the messages stay.
void set_forum(world& in, chat& where, bool on, wall_time now);

/// The id of the topic, and of the message that says so.
api_result<message_id> add_topic(world& in, chat& where, new_topic what, const act_of& by);
api_result<void> edit_topic(world& in, chat& where, message_id which, topic_edit what,
                            const act_of& by);
/// Reopening General shows it again.
api_result<void> close_topic(world& in, chat& where, message_id which, bool closed,
                             const act_of& by);
/// Of General: what is hidden is closed.
api_result<void> hide_general(world& in, chat& where, bool hidden, const act_of& by);
/// With all its messages; nobody is told. Not General.
api_result<void> delete_topic(world& in, chat& where, message_id which, const act_of& by);

/// A name of a chat or topic as Telegram keeps it: no blank at its ends, one where several were,
/// at most `points_max` code points.
std::string clean_name(std::string_view given, std::size_t points_max);

}  // namespace baudot::telegram_sim
