#include "schedule/pacer.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>

#include "base/random.hpp"

namespace baudot {
namespace {

using namespace std::chrono_literals;

constexpr account_id bot{1};
constexpr chat_id user{42};
constexpr chat_id channel{-1001};
constexpr chat_id other_channel{-1002};

pace unlimited() {
    return {};
}

paced_call called(account_id account, chat_id chat, time_point at,
                  method_class methods = method_class::copy) {
    return {.account = account, .chat = chat, .methods = methods, .sent_at = at};
}

TEST(pacer, no_minute_of_a_channel_holds_more_than_twenty_as_long_as_the_advice_is_kept_to) {
    pacer tested(documented_pace());
    std::deque<time_point> admitted;
    for (time_point now{1h}; now < time_point{1h + 5min}; now += 50ms) {
        if (!tested.ask(now, bot, channel).admitted) continue;
        admitted.push_back(now);
        while (admitted.front() <= now - 60s) admitted.pop_front();
        ASSERT_LE(admitted.size(), 20U);
    }
    EXPECT_GE(admitted.size(), 16U) << "and little less than allowed";
}

TEST(pacer, no_second_of_an_account_holds_more_than_thirty) {
    pacer tested(documented_pace());
    std::deque<time_point> admitted;
    std::int64_t next = 1;
    for (time_point now{1h}; now < time_point{1h + 10s}; now += 1ms) {
        if (!tested.ask(now, bot, chat_id{next}).admitted) continue;
        ++next;  // a new user each time: only the account limits
        admitted.push_back(now);
        while (admitted.front() <= now - 1s) admitted.pop_front();
        ASSERT_LE(admitted.size(), 30U);
    }
    EXPECT_GE(admitted.size(), 26U);
}

TEST(pacer, no_burst_follows_a_hold_of_the_account) {
    pacer tested(documented_pace());
    const time_point now{1h};
    tested.apply({{bot, chat_id{0}}, now + 60s});
    EXPECT_TRUE(tested.ask(now + 60s, bot, chat_id{1}).admitted);
    EXPECT_TRUE(tested.ask(now + 60s, bot, chat_id{2}).account_wide);
}

TEST(pacer, what_was_admitted_is_held_by_a_hold_that_came_since) {
    pacer tested(unlimited());
    const time_point now{1h};
    ASSERT_TRUE(tested.ask(now, bot, channel).admitted);
    const auto is_held = [&](chat_id chat, time_point at) {
        return tested.is_held(at, called(bot, chat, at));
    };
    EXPECT_FALSE(is_held(channel, now));
    (void)tested.refused(now, called(bot, other_channel, now), 30s, 0);
    EXPECT_FALSE(is_held(channel, now));
    EXPECT_TRUE(is_held(other_channel, now));
    (void)tested.refused(now, called(bot, user, now), 30s, 0);
    EXPECT_TRUE(is_held(channel, now)) << "a second chat, so the account";
    EXPECT_FALSE(is_held(channel, now + 30s));
}

// As a restart restores it: nothing was learned of the class.
TEST(pacer, a_hold_of_a_class_of_methods_holds_its_calls_in_every_chat_and_no_others) {
    for (const pace& rates : {unlimited(), documented_pace()}) {
        pacer tested(rates);
        const time_point now{1h};
        tested.apply({{bot, {}, method_class::forward}, now + 30s});
        const paced_call forward = called(bot, channel, now, method_class::forward);
        const paced_call copy = called(bot, other_channel, now);
        EXPECT_TRUE(tested.is_held(now, forward));
        EXPECT_FALSE(tested.is_held(now, copy));
        ASSERT_TRUE(tested.ask(now, bot, channel).admitted) << "what goes is not known yet";
        const admission refused = tested.spend(now, forward);
        EXPECT_FALSE(refused.admitted);
        EXPECT_EQ(refused.retry_at, now + 30s);
        ASSERT_TRUE(tested.ask(now, bot, other_channel).admitted);
        EXPECT_TRUE(tested.spend(now, copy).admitted);
        EXPECT_FALSE(tested.is_held(now + 30s, forward));
        ASSERT_TRUE(tested.ask(now + 30s, bot, channel).admitted);
        EXPECT_TRUE(tested.spend(now + 30s, forward).admitted);
    }
}

TEST(pacer, a_refused_chat_spends_nothing_of_the_account) {
    pace rates = documented_pace();
    rates.account = learned_limit{.rate = 1, .doubt = 1};
    rates.group = learned_limit{.rate = 0.1, .doubt = 0.01};
    pacer tested(rates);
    time_point now{1h};
    for (int burst = 0; burst < 3; ++burst, now += 1s) {
        EXPECT_TRUE(tested.ask(now, bot, channel).admitted);
    }
    EXPECT_FALSE(tested.ask(now, bot, channel).account_wide) << "the chat refuses";
    EXPECT_TRUE(tested.ask(now, bot, other_channel).admitted) << "the account still has its one";
    const admission spent = tested.ask(now, bot, user);
    EXPECT_TRUE(spent.account_wide);
    EXPECT_GT(spent.retry_at, now);
}

TEST(pacer, ordinary_requests_leave_the_last_of_a_burst_to_an_urgent_one) {
    pace rates = documented_pace();
    rates.account = learned_limit{.rate = 2, .doubt = 0.5, .burst = 3};
    rates.group = learned_limit{.rate = 0.1, .doubt = 0.01, .burst = 3};
    pacer tested(rates);
    time_point now{1h};
    const auto ask = [&](chat_id chat, urgency how) { return tested.ask(now, bot, chat, how); };
    EXPECT_TRUE(ask(channel, urgency::ordinary).admitted);
    EXPECT_TRUE(ask(channel, urgency::ordinary).admitted);
    EXPECT_FALSE(ask(channel, urgency::ordinary).admitted);
    EXPECT_TRUE(ask(other_channel, urgency::ordinary).account_wide) << "the last of the account";
    EXPECT_TRUE(ask(channel, urgency::urgent).admitted);
    EXPECT_FALSE(ask(channel, urgency::urgent).admitted) << "it was the last";
    EXPECT_FALSE(ask(user, urgency::urgent).admitted) << "of the account, too";
    now += 3001ms;
    EXPECT_TRUE(ask(other_channel, urgency::ordinary).admitted);
    now += 1001ms;
    const admission told = ask(other_channel, urgency::ordinary);
    ASSERT_TRUE(told.admitted);
    EXPECT_GT(told.retry_at, now + 5s) << "told with the permit";
}

TEST(pacer, a_hold_of_one_chat_blocks_no_other_and_a_second_holds_the_account) {
    pacer tested(unlimited());
    const time_point now{1h};
    EXPECT_EQ(tested.refused(now, called(bot, channel, now), 30s, 0.0).size(), 1U);
    EXPECT_EQ(tested.ask(now, bot, channel).retry_at, now + 30s);
    EXPECT_TRUE(tested.ask(now, bot, other_channel).admitted);

    const std::vector<hold> holds =
        tested.refused(now + 5s, called(bot, other_channel, now + 5s), 40s, 0.0);
    ASSERT_EQ(holds.size(), 2U);
    EXPECT_EQ(holds[1], (hold{{bot}, now + 45s}));
    EXPECT_TRUE(tested.ask(now + 6s, bot, user).account_wide);
    EXPECT_TRUE(tested.ask(now + 45s, bot, user).admitted);
}

TEST(pacer, two_refusals_far_apart_do_not_hold_the_account) {
    pacer tested(unlimited());
    const time_point now{1h};
    (void)tested.refused(now, called(bot, channel, now), 3s, 0.0);
    EXPECT_EQ(tested.refused(now + 11s, called(bot, other_channel, now + 11s), 3s, 0.0).size(), 1U);
}

TEST(pacer, jitter_only_lengthens_a_wait) {
    pacer tested(unlimited());
    const time_point now{1h};
    EXPECT_EQ(tested.refused(now, called(bot, channel, now), 100s, 0.999).front().until,
              now + 104995ms);
}

TEST(pacer, a_restored_hold_counts_and_a_shorter_one_changes_nothing) {
    pacer tested(documented_pace());
    const time_point now{1h};
    tested.apply({{bot, channel}, now + 60s});
    tested.apply({{bot, channel}, now + 10s});
    EXPECT_FALSE(tested.ask(now + 59s, bot, channel).admitted);
    EXPECT_TRUE(tested.ask(now + 60s, bot, channel).admitted);
    EXPECT_FALSE(tested.ask(now + 60s, bot, channel).admitted) << "no burst after a refusal";
}

TEST(pacer, a_probe_is_one_request_until_its_answer) {
    pacer tested(unlimited());
    const time_point now{1h};
    tested.probe(bot);
    EXPECT_TRUE(tested.ask(now, bot, channel).admitted);
    EXPECT_EQ(tested.ask(now, bot, other_channel).retry_at, time_point::max());
    EXPECT_TRUE(tested.answered(bot));
    EXPECT_TRUE(tested.ask(now, bot, other_channel).admitted);
    EXPECT_TRUE(tested.ask(now, bot, user).admitted);
    EXPECT_FALSE(tested.answered(bot));
}

TEST(pacer, a_probe_without_an_answer_is_tried_again_after_the_rest) {
    pacer tested(unlimited());
    const time_point now{1h};
    tested.probe(bot);
    EXPECT_TRUE(tested.ask(now, bot, channel).admitted);
    tested.rest(bot, now + 2s);
    EXPECT_EQ(tested.ask(now, bot, channel).retry_at, now + 2s);
    EXPECT_TRUE(tested.ask(now + 2s, bot, channel).admitted);
    EXPECT_FALSE(tested.ask(now + 2s, bot, user).admitted) << "still probing";
}

TEST(pacer, an_unanswered_probe_leaves_the_account_probing) {
    pacer tested(unlimited());
    const time_point now{1h};
    tested.probe(bot);
    EXPECT_TRUE(tested.ask(now, bot, channel).admitted);
    tested.unanswered(bot);
    EXPECT_TRUE(tested.ask(now, bot, channel).admitted);
    EXPECT_FALSE(tested.ask(now, bot, user).admitted);
}

TEST(pacer, idle_chats_are_forgotten_and_held_ones_are_not) {
    pacer tested(documented_pace());
    const time_point now{1h};
    (void)tested.ask(now, bot, channel);
    (void)tested.refused(now, called(bot, other_channel, now), 1h, 0.0);
    tested.sweep(now + 1s);
    EXPECT_EQ(tested.chats(), 2U);
    tested.sweep(now + 1min);
    EXPECT_EQ(tested.chats(), 1U) << "the one that is held";
    EXPECT_FALSE(tested.ask(now + 30min, bot, other_channel).admitted);
}

// P6 for any traffic: the waits that were declared are kept, to the scope and to the instant.
TEST(pacer, never_admits_before_a_hold_is_over) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        pacer tested(documented_pace());
        std::map<limit_scope, time_point> held;
        time_point now{1h};
        for (int step = 0; step < 500; ++step) {
            now += 1ms * random.between(0, 3000);
            const account_id account{random.between(1, 2)};
            const chat_id chat{-random.between(1, 4)};
            const method_class methods =
                random.chance(0.3) ? method_class::forward : method_class::copy;
            const paced_call call = called(account, chat, now, methods);
            if (random.chance(0.1)) tested.sweep(now);
            if (random.chance(0.1)) {
                const duration wait = 1s * random.between(1, 60);
                for (const hold& each : tested.refused(now, call, wait, random.unit())) {
                    time_point& until = held[each.of];
                    until = std::max(until, each.until);
                }
            }
            const admission answer = tested.ask(now, account, chat);
            if (!answer.admitted) {
                ASSERT_GT(answer.retry_at, now) << "a refusal names a later time";
                continue;
            }
            ASSERT_GE(now, (held[{account, chat}]));
            ASSERT_GE(now, (held[{account}]));
            const admission spent = tested.spend(now, call);
            ASSERT_EQ(tested.is_held(now, call), now < (held[{account, {}, methods}]));
            if (spent.admitted) {
                ASSERT_GE(now, (held[{account, {}, methods}]));
            } else {
                ASSERT_GT(spent.retry_at, now);
            }
        }
    }
}

}  // namespace
}  // namespace baudot
