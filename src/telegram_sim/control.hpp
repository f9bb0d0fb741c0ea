#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/task_group.hpp"
#include "http/server.hpp"
#include "telegram_sim/local_telegram.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/replay.hpp"
#include "telegram_sim/score.hpp"
#include "telegram_sim/world_builder.hpp"

namespace baudot::telegram_sim {

/// /sim/v1: builds the world, acts as anyone, sets the rules, reads everything back and scores
/// (docs/telegram-sim.md). Answers are JSON; a refusal is 4xx {"error": "a sentence"}.
/// Nothing waits but a replay, which runs in `tasks`.
class control {
public:
    control(local_telegram& at, task_group& tasks, std::string data);

    static bool owns(std::string_view path) noexcept;

    /// `body` apart: what the path and query say is in `query`.
    http::answer handle(std::string_view method, const params& query, std::string body);

private:
    struct request {
        std::string_view method;
        std::vector<std::string_view> path;  // after /sim/v1
        const params& query;
        std::string& body;
    };
    using reply = result<std::string>;  // JSON

    reply answer(request& what);
    reply make(request& what);         // users, bots, chats, world
    reply remove_user(request& what);  // users, bots
    reply chats(request& what);        // chats/...
    reply one_chat(request& what, chat& where, user_id bot);
    reply members(request& what, chat& where);
    reply messages(request& what, const chat& where, user_id bot);
    reply one_message(request& what, const chat& where, user_id bot);
    reply votes(request& what, const chat& where, user_id bot);
    reply part_of_message(request& what, chat& where);  // pin, press, reaction
    reply topics(request& what, chat& where);
    reply one_topic(request& what, chat& where);
    reply joins(request& what, chat& where);
    reply press(request& what, chat& where, message_id which);
    reply presses(request& what);
    reply private_chats(request& what);  // start, block
    reply rules(request& what);          // profile, faults
    reply profile_of_rules(request& what);
    reply faults(request& what);
    reply replays(request& what);
    reply scores(request& what);  // expectation, score
    reply read(request& what);    // stats, clock, bots, users

    result<user_id> bot_of(const request& what) const;
    result<user_id> actor_of(const request& what) const;  // ?from=
    result<std::string> body_or_file(request& what) const;

    local_telegram& at_;
    task_group& tasks_;
    world_builder builder_;
    expectation expected_;
    std::map<std::uint64_t, std::shared_ptr<replay>> replays_;
    std::uint64_t last_replay_ = 0;
};

}  // namespace baudot::telegram_sim
