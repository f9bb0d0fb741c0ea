#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "telegram_sim/acts.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {

/// A small world: a person, two bots, a source and a destination channel (bot one posts in
/// both), a supergroup and a basic group.
class world_fixture : public testing::Test {
protected:
    static constexpr wall_time begin = wall_time(std::chrono::hours(480'000));

    void SetUp() override {
        person = *sim.add_user({.first_name = "Ann", .username = "ann"});
        bot = *sim.add_user({.is_bot = true, .first_name = "One", .username = "one_bot"});
        other_bot = *sim.add_user({.is_bot = true, .first_name = "Two", .username = "two_bot"});
        source = make(chat_kind::channel, "source");
        target = make(chat_kind::channel, "target");
        supergroup = make(chat_kind::supergroup, "super");
        group = make(chat_kind::group, "group");
        for (const chat_id where : {source, target}) {
            join(where, bot, member_status::administrator);
        }
        for (const chat_id where : {supergroup, group}) join(where, bot, member_status::member);
        (void)sim.take_events();
    }

    chat_id make(chat_kind kind, const std::string& title) {
        return *sim.add_chat({.kind = kind, .creator = person, .title = title}, now);
    }
    chat& at(chat_id where) { return *sim.find_chat(bot, where); }
    void join(chat_id where, user_id who, member_status as, admin_rights rights = all_rights) {
        sim.set_member(at(where), {.user = who, .status = as, .rights = rights}, person, now);
    }
    message_id say(chat_id where, const std::string& text) {
        const auto made =
            post(sim, {.chat = where, .actor = person, .what = {.body = {.text = text}}}, now, 1);
        EXPECT_TRUE(made) << (made ? "" : made.error().message);
        return made.value_or(message_id{});
    }
    call by(user_id who) const { return {.bot = who, .now = now, .request = 7}; }
    call by() const { return by(bot); }
    static std::string text(chat_id where) { return std::to_string(std::to_underlying(where)); }

    world sim;
    wall_time now = begin;
    user_id person{}, bot{}, other_bot{};
    chat_id source{}, target{}, supergroup{}, group{};
};

}  // namespace baudot::telegram_sim
