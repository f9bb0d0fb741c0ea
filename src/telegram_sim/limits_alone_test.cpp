// Each limit alone: what it lets through, what it answers, and when it lets go.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/random.hpp"
#include "telegram_sim/gate.hpp"
#include "telegram_sim/limits.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;

constexpr user_id bot{1};
constexpr chat_id channel{-1'000'000'000'001};
constexpr time_point zero{1h};

load post_to(chat_id where, charge what = charge::send) {
    return {.bot = bot, .chat = where, .what = what};
}
load write_to(int person) {
    load out = post_to(chat_id{person});
    out.is_private = true;
    return out;
}
/// How many of `tries` act at once.
int passed(limiter& limits, const load& what, int tries, time_point now = zero) {
    int out = 0;
    for (int i = 0; i < tries; ++i) out += limits.admit(what, now).retry_after ? 0 : 1;
    return out;
}

TEST(limits_alone, a_group_takes_twenty_messages_a_minute_and_a_person_any) {
    limit_settings settings;
    settings.group_window_count = 20;
    settings.group_window = 60s;
    limiter limits(settings);
    EXPECT_EQ(passed(limits, post_to(channel), 19), 19);
    EXPECT_FALSE(limits.admit(post_to(channel), zero + 10s).retry_after);
    EXPECT_EQ(limits.admit(post_to(channel), zero + 10s).retry_after, 50);
    EXPECT_EQ(passed(limits, post_to(channel), 30, zero + 60s), 19);
    EXPECT_EQ(passed(limits, write_to(7), 100), 100);
}

TEST(limits_alone, a_person_gets_a_burst_and_then_one_a_second) {
    limit_settings settings;
    settings.private_chat = {.interval = 1s, .burst = 5};
    limiter limits(settings);
    EXPECT_EQ(passed(limits, write_to(7), 10), 5);
    EXPECT_EQ(passed(limits, write_to(8), 10), 5);
    EXPECT_EQ(passed(limits, write_to(7), 10, zero + 3s), 3);
    EXPECT_EQ(passed(limits, post_to(channel), 100), 100);
}

TEST(limits_alone, thirty_a_second_to_all_who_did_not_just_write) {
    limit_settings settings;
    settings.broadcast = {.interval = duration(1s) / 30, .burst = 30};
    limiter limits(settings);
    int all = 0;
    for (int person = 1; person <= 100; ++person) all += passed(limits, write_to(person), 1);
    EXPECT_EQ(all, 30);
    for (int person = 1; person <= 100; ++person)
        all += passed(limits, write_to(person), 1, zero + 1s);
    EXPECT_EQ(all, 60);
}

TEST(limits_alone, a_paid_broadcast_reaches_a_thousand_a_second_and_counts_what_was_not_free) {
    limit_settings settings;
    settings.broadcast = {.interval = duration(1s) / 30, .burst = 30};
    settings.paid_broadcast = {.interval = duration(1s) / 1000, .burst = 1000};
    limiter limits(settings);
    int all = 0;
    for (int person = 1; person <= 2000; ++person) {
        load one = write_to(person);
        one.pays = true;
        all += passed(limits, one, 1);
    }
    EXPECT_EQ(all, 1030);
    EXPECT_EQ(limits.paid(), 1000U);
    EXPECT_EQ(passed(limits, write_to(1), 1), 0);
}

TEST(limits_alone, edits_take_from_the_budget_of_sends_and_deletions_do_not) {
    profile only;
    only.limits.group_chat = {.interval = 1s, .burst = 4};
    only.limits.deletes = {.interval = 1s, .burst = 3};
    gate rules(1, profile_name::off);
    rules.configure(only);
    const auto acts = [&](std::string_view method) {
        return rules.decide({.cost = post_to(channel, charge_of(method)), .method = method}, zero)
            .acts;
    };
    EXPECT_TRUE(acts("sendMessage"));
    EXPECT_TRUE(acts("editMessageText"));
    EXPECT_TRUE(acts("copyMessage"));
    EXPECT_TRUE(acts("editMessageCaption"));
    EXPECT_FALSE(acts("editMessageText"));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(acts("deleteMessage"));
    EXPECT_FALSE(acts("deleteMessages"));
    for (const char* free : {"answerCallbackQuery", "sendChatAction", "getChat"}) {
        for (int i = 0; i < 50; ++i) EXPECT_TRUE(acts(free));
    }
}

TEST(limits_alone, forwards_have_a_budget_of_their_own_across_chats) {
    limit_settings settings;
    settings.forwards = {.interval = duration(1s) / 30, .burst = 30};
    limiter limits(settings);
    int all = 0;
    for (int chat = 1; chat <= 50; ++chat) {
        all += passed(limits, post_to(chat_id{-chat}, charge::forward), 1);
    }
    EXPECT_EQ(all, 30);
    EXPECT_EQ(passed(limits, post_to(channel), 100), 100);
}

TEST(limits_alone, a_long_text_and_an_album_cost_more_than_one) {
    limit_settings settings;
    settings.group_chat = {.interval = 1s, .burst = 10};
    settings.points_per_token = 500;
    settings.album_costs_each = true;
    load longer = post_to(channel);
    longer.code_points = 2001;
    limiter limits(settings);
    EXPECT_EQ(passed(limits, longer, 10), 2);
    load album = post_to(channel);
    album.count = 10;
    limiter others(settings);
    EXPECT_EQ(passed(others, album, 10), 1);
}

TEST(limits_alone, slow_mode_spaces_the_messages_of_who_is_no_administrator) {
    limiter limits({});
    load slow = post_to(channel);
    slow.slow_mode = 30s;
    EXPECT_EQ(passed(limits, slow, 2), 1);
    EXPECT_EQ(limits.admit(slow, zero + 10s).retry_after, 20);
    EXPECT_EQ(passed(limits, post_to(channel), 5, zero + 10s), 5);
    EXPECT_EQ(passed(limits, slow, 2, zero + 30s), 1);
}

TEST(limits_alone, a_chat_that_is_held_holds_no_other) {
    limit_settings settings = make_profile(profile_name::gentle).limits;
    limiter limits(settings);
    EXPECT_EQ(passed(limits, post_to(channel), 28), 28);
    EXPECT_EQ(limits.admit(post_to(chat_id{-5}), zero).hold, duration::zero());
}

// Two limits at once: neither lets more through because of the other, whatever comes.
TEST(limits_alone, nested_limits_hold_both) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        limit_settings settings;
        settings.private_chat = {.interval = 1s, .burst = 3};
        settings.broadcast = {.interval = duration(1s) / 10, .burst = 10};
        settings.hold_max = 8s;
        limiter limits(settings);
        std::map<int, std::vector<time_point>> by_chat;
        std::vector<time_point> all;
        time_point now = zero;
        for (int i = 0; i < 3000; ++i) {
            now += std::chrono::milliseconds(random.between(0, 60));
            const int person = static_cast<int>(random.between(1, 20));
            const admission made = limits.admit(write_to(person), now);
            if (made.retry_after) continue;
            by_chat[person].push_back(now + made.hold);
            all.push_back(now + made.hold);
        }
        std::ranges::sort(all);
        // 10 at once and 10 a second; a chat may hold what came in 8 s for as long.
        for (std::size_t at = 190; at < all.size(); ++at) EXPECT_GE(all[at] - all[at - 190], 10s);
        EXPECT_LE(static_cast<double>(all.size()),
                  10 + 10 * std::chrono::duration<double>(now + 8s - zero).count());
        for (auto& [person, times] : by_chat) {
            for (std::size_t at = 13; at < times.size(); ++at) {
                EXPECT_GE(times[at] - times[at - 13], 10s);
            }
        }
    }
}

TEST(limits_alone, strikes_double_the_wait_up_to_the_cap_and_are_forgiven_one_in_ten_minutes) {
    limit_settings settings;
    settings.escalates = true;
    limiter limits(settings);
    const auto refuse = [&](time_point at, int wait) {
        limits.answered(post_to(channel), at, wait);
        return at;
    };
    time_point now = refuse(zero, 30);
    std::vector<int> waits;
    for (int i = 0; i < 10; ++i) {
        now += 1s;
        waits.push_back(limits.admit(post_to(channel), now).retry_after.value_or(0));
        refuse(now, waits.back());
    }
    EXPECT_EQ(waits, (std::vector{60, 120, 240, 480, 960, 1920, 3840, 7680, 10072, 10072}));
    // Ten strikes, of which nine are forgiven an hour and a half after the last.
    now += 10'072s;
    EXPECT_FALSE(limits.admit(post_to(channel), now).retry_after);
    limiter fresh(settings);
    fresh.answered(post_to(channel), zero, 30);
    EXPECT_EQ(fresh.admit(post_to(channel), zero + 1s).retry_after, 60);
    fresh.answered(post_to(channel), zero + 1s, 60);
    EXPECT_FALSE(fresh.admit(post_to(channel), zero + 11min).retry_after);
    fresh.answered(post_to(channel), zero + 11min, 30);
    EXPECT_EQ(fresh.admit(post_to(channel), zero + 11min + 1s).retry_after, 60);
}

struct server_limits : testing::Test {
    static limit_settings only_local() {
        limit_settings out;
        out.server_local = true;
        return out;
    }
    limiter limits{only_local()};

    static load of(int number) {
        load out;
        out.bot = user_id{number};
        return out;
    }
    static bool is_flood(const admission& made) {
        return made.hold == 3s && made.retry_after == 60;
    }
};

TEST_F(server_limits, twenty_new_bots_a_minute_and_six_hundred_an_hour) {
    for (int i = 1; i <= 20; ++i) EXPECT_FALSE(limits.admit(of(i), zero).retry_after);
    EXPECT_EQ(limits.admit(of(21), zero + 15s).retry_after, 45);
    EXPECT_FALSE(limits.admit(of(1), zero + 15s).retry_after);  // it is known already
    int next = 21;
    time_point now = zero + 60s;
    for (; next <= 600; now += 60s) {
        for (int i = 0; i < 20; ++i) EXPECT_FALSE(limits.admit(of(next++), now).retry_after);
    }
    EXPECT_EQ(limits.admit(of(next), now).retry_after,
              std::chrono::ceil<std::chrono::seconds>(zero + 1h - now).count());
}

TEST_F(server_limits, a_thousand_requests_of_a_bot_run_at_once) {
    for (int i = 0; i <= 1000; ++i) limits.answered(of(1), zero + 10s, {});
    EXPECT_TRUE(is_flood(limits.admit(of(1), zero)));
    load exempt = of(1);
    exempt.is_exempt = true;
    EXPECT_FALSE(limits.admit(exempt, zero).retry_after);
    EXPECT_FALSE(limits.admit(of(2), zero).retry_after);
    EXPECT_FALSE(limits.admit(of(1), zero + 10s).retry_after);
}

TEST_F(server_limits, three_hundred_and_ten_messages_of_a_chat_are_under_way) {
    for (int i = 0; i < 309; ++i) limits.answered(post_to(channel), zero + 10s, {});
    EXPECT_FALSE(limits.admit(post_to(channel), zero).retry_after);
    load album = post_to(channel);
    album.count = 2;
    EXPECT_TRUE(is_flood(limits.admit(album, zero)));
    limits.answered(post_to(channel), zero + 10s, {});
    EXPECT_TRUE(is_flood(limits.admit(post_to(channel), zero)));
    EXPECT_FALSE(limits.admit(post_to(chat_id{-5}), zero).retry_after);
    EXPECT_FALSE(limits.admit(post_to(channel), zero + 10s).retry_after);
}

TEST_F(server_limits, a_hundred_uploads_run_at_once) {
    load upload = post_to(channel);
    upload.upload_bytes = 1000;
    for (int i = 0; i <= 100; ++i) {
        upload.chat = chat_id{-1 - i};
        limits.answered(upload, zero + 10s, {});
    }
    EXPECT_TRUE(is_flood(limits.admit(upload, zero)));
    EXPECT_FALSE(limits.admit(post_to(channel), zero).retry_after);
}

TEST_F(server_limits, uploads_of_one_size_are_spaced_and_refused_beyond_five_seconds) {
    load upload = post_to(channel);
    upload.upload_bytes = 4'000'000;  // 0.4 s apart, two at once
    std::vector<duration> holds;
    admission made;
    while (!(made = limits.admit(upload, zero)).retry_after) holds.push_back(made.hold);
    EXPECT_TRUE(is_flood(made));
    ASSERT_EQ(holds.size(), 14U);
    EXPECT_EQ(holds[1], 0s);
    for (std::size_t i = 2; i < holds.size(); ++i)
        EXPECT_EQ(std::chrono::round<std::chrono::microseconds>(holds[i] - holds[i - 1]), 400ms);
    upload.upload_bytes = 4'000'001;
    EXPECT_EQ(limits.admit(upload, zero).hold, 0s);
    upload.upload_bytes = 100'000;
    for (int i = 0; i < 50; ++i) EXPECT_EQ(limits.admit(upload, zero).hold, 0s);
}

}  // namespace
}  // namespace baudot::telegram_sim
