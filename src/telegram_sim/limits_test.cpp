#include "telegram_sim/limits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/random.hpp"
#include "telegram_sim/gate.hpp"

namespace baudot::telegram_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr user_id bot{1};
constexpr chat_id channel{-1'000'000'000'001};
constexpr time_point zero = time_point(std::chrono::hours(1));

load post_to(chat_id where) {
    return {.bot = bot, .chat = where, .what = charge::send};
}

TEST(limits, never_let_more_through_than_the_window_and_the_burst_whatever_comes) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        random_source random(seed);
        limit_settings settings = make_profile(profile_name::realistic).limits;
        settings.escalates = false;
        limiter limits(settings);
        std::vector<time_point> passed;
        time_point now = zero;
        for (int request = 0; request < 3000; ++request) {
            now += milliseconds(random.between(0, 1500));
            load one = post_to(channel);
            one.count = random.chance(0.1) ? 10 : 1;
            one.code_points = random.below(3000);
            const admission made = limits.admit(one, now);
            EXPECT_LE(made.hold, seconds(8));
            if (made.retry_after) {
                EXPECT_GE(*made.retry_after, 1);
                continue;
            }
            const int each = std::max<int>(1, static_cast<int>((one.code_points + 499) / 500));
            passed.insert(passed.end(), static_cast<std::size_t>(std::min(20, each * one.count)),
                          now + made.hold);
        }
        ASSERT_TRUE(std::ranges::is_sorted(passed)) << "seed " << seed;
        ASSERT_GT(passed.size(), 100u);
        for (std::size_t at = 20; at < passed.size(); ++at) {
            ASSERT_GE(passed[at] - passed[at - 20], seconds(60)) << "seed " << seed;
        }
    }
}

TEST(limits, a_short_wait_is_held_and_a_longer_one_is_refused_at_once) {
    limit_settings settings = make_profile(profile_name::gentle).limits;
    limiter limits(settings);
    for (int at = 0; at < 20; ++at) {
        EXPECT_EQ(limits.admit(post_to(channel), zero).hold, duration::zero());
    }
    EXPECT_EQ(limits.admit(post_to(channel), zero).hold, seconds(1));
    for (int at = 2; at <= 8; ++at) {
        const admission made = limits.admit(post_to(channel), zero);
        EXPECT_EQ(made.hold, seconds(at));
        EXPECT_FALSE(made.retry_after);
    }
    const admission refused = limits.admit(post_to(channel), zero);
    EXPECT_EQ(refused.hold, duration::zero());
    EXPECT_EQ(refused.retry_after, 9);
}

TEST(limits, a_request_before_the_wait_is_over_is_counted_and_makes_the_next_longer) {
    limit_settings settings;
    settings.escalates = true;
    limiter limits(settings);
    limits.answered(post_to(channel), zero, 30);
    EXPECT_TRUE(limits.is_early(post_to(channel), zero + seconds(29)));
    const admission early = limits.admit(post_to(channel), zero + seconds(1));
    EXPECT_TRUE(early.too_early);
    EXPECT_EQ(early.retry_after, 60);
    limits.answered(post_to(channel), zero + seconds(1), 60);
    EXPECT_EQ(limits.admit(post_to(channel), zero + seconds(2)).retry_after, 120);
    EXPECT_FALSE(limits.admit(post_to(chat_id{-5}), zero + seconds(2)).too_early);
    EXPECT_FALSE(limits.admit(post_to(channel), zero + seconds(61)).too_early);
    ASSERT_EQ(limits.early().size(), 1u);
    EXPECT_EQ(limits.early()[0].count, 2u);
    EXPECT_EQ(limits.early()[0].chat, channel);
}

TEST(limits, a_request_that_was_sent_before_the_429_came_is_not_too_early) {
    limiter limits({});
    limits.answered(post_to(channel), zero + seconds(8), 5);
    EXPECT_FALSE(limits.admit(post_to(channel), zero + seconds(7)).too_early);
    EXPECT_TRUE(limits.admit(post_to(channel), zero + seconds(9)).too_early);
}

TEST(limits, answers_to_people_do_not_count_as_broadcast) {
    limit_settings settings;
    settings.broadcast = {.interval = seconds(1), .burst = 1};
    settings.reply_window = seconds(60);
    limiter limits(settings);
    load cold = post_to(chat_id{7}), warm = post_to(chat_id{8});
    warm.last_incoming = wall_time(seconds(1000));
    warm.date = wall_time(seconds(1030));
    EXPECT_FALSE(limits.admit(cold, zero).retry_after);
    EXPECT_TRUE(limits.admit(cold, zero).retry_after);
    for (int at = 0; at < 5; ++at) EXPECT_FALSE(limits.admit(warm, zero).retry_after);
}

TEST(gate, the_off_profile_does_nothing) {
    gate door(1, profile_name::off);
    for (int at = 0; at < 1000; ++at) {
        const verdict made = door.decide({.cost = post_to(channel), .method = "sendMessage"}, zero);
        EXPECT_TRUE(made.acts);
        EXPECT_EQ(made.answers, verdict::answer::result);
        EXPECT_EQ(made.act_after + made.answer_after, duration::zero());
    }
}

TEST(gate, an_injected_fault_hits_its_method_as_often_as_it_was_told) {
    gate door(1, profile_name::off);
    door.faults().inject({.kind = fault_kind::reset_after, .times = 2, .method = "SENDMESSAGE"});
    const auto decide = [&](std::string_view method) {
        return door.decide({.cost = post_to(channel), .method = method}, zero);
    };
    EXPECT_EQ(decide("copyMessage").answers, verdict::answer::result);
    for (int at = 0; at < 2; ++at) {
        const verdict made = decide("sendMessage");
        EXPECT_TRUE(made.acts);
        EXPECT_EQ(made.answers, verdict::answer::reset);
    }
    EXPECT_EQ(decide("sendMessage").answers, verdict::answer::result);
    EXPECT_TRUE(door.faults().list().empty());
}

TEST(gate, an_injected_429_is_a_wait_that_counts) {
    gate door(1, profile_name::off);
    door.faults().inject({.kind = fault_kind::flood, .times = 1, .retry_after = 5});
    const auto at = [&](duration since) {
        return door.decide({.cost = post_to(channel), .method = "sendMessage"}, zero + since);
    };
    const verdict refused = at({});
    EXPECT_FALSE(refused.acts);
    EXPECT_EQ(refused.error, too_many_requests(5));
    EXPECT_EQ(refused.error.description, "Too Many Requests: retry after 5");
    const verdict early = at(seconds(1));
    EXPECT_TRUE(early.too_early);
    EXPECT_EQ(early.error.retry_after, 4);
    EXPECT_TRUE(at(seconds(6)).acts);
}

TEST(gate, the_same_seed_gives_the_same_verdicts) {
    const auto run = [](std::uint64_t seed) {
        gate door(seed, profile_name::harsh);
        std::ostringstream all;
        random_source random(9);
        time_point now = zero;
        for (int at = 0; at < 2000; ++at) {
            now += milliseconds(random.between(0, 400));
            const verdict made = door.decide(
                {.cost = post_to(chat_id{-1 - static_cast<std::int64_t>(random.below(9))}),
                 .method = "sendMessage"},
                now);
            all << made.act_after.count() << ' ' << made.acts << static_cast<int>(made.answers)
                << made.error.description << made.status << '\n';
        }
        return all.str();
    };
    EXPECT_EQ(run(3), run(3));
    EXPECT_NE(run(3), run(4));
}

TEST(profiles, the_table_of_the_document_is_the_one_of_the_code) {
    std::ifstream file(BAUDOT_SOURCE_DIR "/docs/telegram-sim.md");
    ASSERT_TRUE(file.is_open());
    std::stringstream document;
    document << file.rdbuf();
    EXPECT_NE(document.str().find(profile_table()), std::string::npos)
        << "put this into docs/telegram-sim.md:\n"
        << profile_table();
}

}  // namespace
}  // namespace baudot::telegram_sim
