#include "schedule/limit_learner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>

#include "base/random.hpp"

namespace baudot {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};
constexpr duration round_trip = 80ms;

duration from_seconds(double what) {
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(what));
}

double seconds(duration what) {
    return std::chrono::duration<double>(what).count();
}

/// What a server says to a call: the wait of a refusal, or how long it held what it accepts.
struct reply {
    duration wait{};
    duration held{};
};
using server = std::function<reply(time_point)>;

/// A token bucket; a refusal closes it for `penalty`.
struct bucket {
    double rate = 1;
    double burst = 1;
    duration penalty = 3s;
    double tokens = burst;
    time_point filled_at = start;
    time_point closed_until = start;

    reply operator()(time_point now) {
        tokens = std::min(burst, tokens + rate * seconds(now - filled_at));
        filled_at = now;
        if (now < closed_until) return {.wait = closed_until - now};
        if (tokens < 1) {
            closed_until = now + penalty;
            return {.wait = penalty};
        }
        tokens -= 1;
        return {};
    }
};

/// At most `count` calls in any `length`.
struct window {
    std::size_t count;
    duration length;
    std::deque<time_point> calls;

    reply operator()(time_point now) {
        while (!calls.empty() && calls.front() <= now - length) calls.pop_front();
        if (calls.size() >= count) return {.wait = calls.front() + length - now + 1s};
        calls.push_back(now);
        return {};
    }
};

struct tally {
    double accepted = 0;
    int refused = 0;
};

/// A sender with always something to send, one answer after the other.
struct saturated {
    limit_learner learner;
    time_point now = start;
    struct answer {
        time_point at, sent_at;
        reply what;
    };
    std::deque<answer> answers;
    time_point forbidden_until = start;

    tally run(duration how_long, const server& asked) {
        tally made;
        const time_point end = now + how_long;
        while (now < end) {
            const time_point next = now + learner.wait(now);
            if (!answers.empty() && answers.front().at <= next) {
                take_answer(made);
                continue;
            }
            now = next;
            EXPECT_GE(now, forbidden_until) << "a call into a declared wait";
            learner.sent(now);
            const reply what = asked(now + round_trip / 2);
            const time_point at = now + round_trip + what.held;
            answers.push_back({answers.empty() ? at : std::max(at, answers.back().at), now, what});
        }
        return made;
    }

    void take_answer(tally& made) {
        const answer next = answers.front();
        answers.pop_front();
        now = std::max(now, next.at);
        if (next.what.wait > duration::zero()) {
            ++made.refused;
            learner.refused(now, next.sent_at, next.what.wait);
            forbidden_until = std::max(forbidden_until, now + next.what.wait);
        } else {
            ++made.accepted;
            if (learner.accepted(now, next.sent_at)) learner.held_back(now, next.sent_at);
        }
    }
};

saturated beginner() {
    return {.learner = limit_learner({.rate = 1})};
}

TEST(limit_learner, admits_nothing_before_a_wait_is_over) {
    limit_learner tested({.rate = 10});
    tested.sent(start);
    tested.refused(start + 80ms, start, 30s);
    EXPECT_EQ(tested.wait(start + 80ms), 30s);
    EXPECT_EQ(tested.wait(start + 30s), 80ms);
    EXPECT_EQ(tested.wait(start + 30080ms), 0s);
}

TEST(limit_learner, calls_that_were_on_their_way_lengthen_the_wait_and_teach_nothing) {
    limit_learner tested({.rate = 10});
    for (int i = 0; i < 3; ++i) tested.sent(start + i * 100ms);
    tested.refused(start + 400ms, start, 3s);
    const double rate = tested.learned(start + 500ms).rate;
    tested.refused(start + 500ms, start + 100ms, 4s);
    EXPECT_EQ(tested.learned(start + 500ms).rate, rate);
    EXPECT_EQ(tested.wait(start + 500ms), 4s);
    tested.refused(start + 600ms, start + 200ms, 1s);
    EXPECT_EQ(tested.wait(start + 600ms), 3900ms) << "a shorter one changes nothing";
}

TEST(limit_learner, finds_the_rate_of_a_bucket_within_two_percent) {
    for (const double rate : {0.8, 7.0, 30.0}) {
        SCOPED_TRACE(rate);
        saturated sender = beginner();
        (void)sender.run(30min, bucket{.rate = rate, .burst = 2 * rate});
        EXPECT_NEAR(sender.learner.learned(sender.now).rate / rate, 1, 0.02);
        EXPECT_LT(sender.learner.learned(sender.now).doubt, 0.05);
    }
}

TEST(limit_learner, knows_a_window_after_two_refusals_and_obeys_it_to_the_letter) {
    saturated sender = beginner();
    const tally made = sender.run(30min, window{.count = 20, .length = 60s});
    EXPECT_EQ(sender.learner.learned(sender.now).window, 20U);
    EXPECT_NEAR(sender.learner.learned(sender.now).window_seconds, 60, 1.5);
    EXPECT_EQ(made.refused, 2);
    EXPECT_GE(made.accepted, 585);
}

TEST(limit_learner, long_punishments_that_are_all_alike_are_no_window) {
    saturated sender = beginner();
    (void)sender.run(60min, bucket{.rate = 10, .burst = 10, .penalty = 30s});
    EXPECT_EQ(sender.learner.learned(sender.now).window, 0U);
    EXPECT_GT(sender.learner.learned(sender.now).rate, 9);
}

TEST(limit_learner, a_bucket_that_refills_in_an_hour_is_paced_by_what_it_carries) {
    saturated sender = beginner();
    bucket slow{.rate = 0.05, .burst = 300, .penalty = 20min};
    (void)sender.run(10h, std::ref(slow));
    const tally made = sender.run(10h, std::ref(slow));
    EXPECT_GE(made.accepted, 0.9 * 0.05 * 36'000);
    EXPECT_LE(made.refused, 20);
}

TEST(limit_learner, a_limit_that_falls_to_a_tenth_costs_few_refusals) {
    saturated sender = beginner();
    bucket changing{.rate = 30, .burst = 30};
    (void)sender.run(20min, std::ref(changing));
    changing.rate = 3;
    const tally fall = sender.run(5min, std::ref(changing));
    EXPECT_LE(fall.refused, 16);
    EXPECT_GE(sender.run(10min, std::ref(changing)).accepted, 0.9 * 3 * 600);
}

TEST(limit_learner, a_limit_that_is_raised_is_found_within_five_minutes) {
    saturated sender = beginner();
    bucket changing{.rate = 12, .burst = 30};
    (void)sender.run(20min, std::ref(changing));
    changing.rate = 45;
    (void)sender.run(5min, std::ref(changing));
    EXPECT_GE(sender.run(10min, std::ref(changing)).accepted, 0.85 * 45 * 600);
}

TEST(limit_learner, calls_that_the_server_holds_are_as_good_as_refused) {
    limit_learner tested({.rate = 10, .doubt = 0.1, .burst = 10});
    tested.sent(start);
    EXPECT_FALSE(tested.accepted(start + 100ms, start));
    tested.sent(start + 1s);
    tested.sent(start + 1100ms);
    const double pace = tested.pace(start + 1s);
    EXPECT_TRUE(tested.accepted(start + 4s, start + 1s));
    tested.held_back(start + 4s, start + 1s);
    EXPECT_LT(tested.pace(start + 8s), pace);
    EXPECT_GT(tested.wait(start + 4s), 2s) << "while the server works off what it holds";
    const duration wait = tested.wait(start + 4100ms);
    tested.held_back(start + 4100ms, start + 1100ms);
    EXPECT_EQ(tested.wait(start + 4100ms), wait) << "of the same episode";
}

TEST(limit_learner, three_calls_may_go_at_once_after_a_rest_and_none_after_a_wait) {
    limit_learner tested({.rate = 10, .doubt = 0.1, .burst = 10});
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(tested.wait(start), 0s);
        tested.sent(start);
    }
    EXPECT_GT(tested.wait(start), 100ms);
    tested.hold(start + 10s);
    EXPECT_EQ(tested.wait(start), 10s);
    tested.sent(start + 10s);
    EXPECT_GT(tested.wait(start + 10s), 100ms);
}

TEST(limit_learner, is_pressed_only_where_calls_wait_for_it) {
    limit_learner tested({.rate = 10, .doubt = 0.1, .burst = 10});
    time_point now = start;
    for (int i = 0; i < 20; ++i) {
        tested.sent(now);
        now += 2s;
    }
    EXPECT_FALSE(tested.is_pressed());
    for (int i = 0; i < 20; ++i) {
        now += tested.wait(now);
        tested.sent(now);
    }
    EXPECT_TRUE(tested.is_pressed());
}

TEST(limit_learner, an_idle_time_teaches_nothing) {
    limit_learner tested({.rate = 10, .doubt = 0.1, .burst = 10});
    tested.sent(start);
    (void)tested.accepted(start + 80ms, start);
    const double pace = tested.pace(start + 80ms);
    tested.sent(start + 10h);
    EXPECT_NEAR(tested.pace(start + 10h), pace, 0.01 * pace);
}

// A server whose rate changes all the time provokes refusals; the hour allows so many.
TEST(limit_learner, refusals_per_hour_are_bounded) {
    saturated sender = beginner();
    random_source random(1);
    bucket restless{.rate = 5, .burst = 1, .penalty = 1s};
    (void)sender.run(1h, std::ref(restless));
    int refused = 0;
    for (int minute = 0; minute < 240; ++minute) {
        restless.rate = 1 + 9 * random.unit();
        refused += sender.run(1min, std::ref(restless)).refused;
    }
    EXPECT_LE(refused, 4 * 60);
}

TEST(limit_learner, what_was_learned_survives_a_restart_without_a_refusal) {
    saturated before = beginner();
    bucket same{.rate = 30, .burst = 30};
    (void)before.run(20min, std::ref(same));
    saturated after{.learner = limit_learner(aged(before.learner.learned(before.now), 10min)),
                    .now = before.now + 10min};
    const tally made = after.run(10min, std::ref(same));
    EXPECT_LE(made.refused, 4) << "of one episode";
    EXPECT_GE(made.accepted, 0.95 * 30 * 600);
}

TEST(limit_learner, trust_fades_while_nothing_is_sent) {
    const learned_limit known{.rate = 30, .doubt = 0.01};
    EXPECT_NEAR(aged(known, 1h).doubt, 0.109, 1e-9);
    EXPECT_NEAR(aged(known, 24h).doubt, 0.3, 1e-9);
    EXPECT_EQ(aged(known, 24h).rate, 30);
    EXPECT_EQ(aged({.rate = 30, .doubt = 0.9}, 24h).doubt, 0.9);
    EXPECT_EQ(aged(known, -1h), known) << "a clock that jumped";
}

// For any server: waits are kept (saturated checks each call), and most of the limit is used.
TEST(limit_learner, keeps_every_wait_and_uses_most_of_any_limit) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const double rate = 0.5 + 40 * random.unit() * random.unit();
        const double burst = 1 + 3 * rate * random.unit();
        const duration penalty = from_seconds(1 + 9 * random.unit());
        saturated sender = beginner();
        const tally made =
            sender.run(30min, bucket{.rate = rate, .burst = burst, .penalty = penalty});
        ASSERT_GE(made.accepted, 0.8 * rate * 1800);
        ASSERT_LE(made.refused, 60);
    }
}

TEST(limit_learner, what_cannot_be_right_is_no_beginning) {
    const learned_limit good{.rate = 30, .doubt = 0.1, .burst = 3, .cost = 3};
    EXPECT_TRUE(is_plausible(good));
    EXPECT_TRUE(is_plausible({.rate = 1.0 / 3, .doubt = 0, .window = 20, .window_seconds = 60}));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double bad : {nan, -1.0, std::numeric_limits<double>::infinity()}) {
        for (double learned_limit::* const each :
             {&learned_limit::rate, &learned_limit::doubt, &learned_limit::burst,
              &learned_limit::cost, &learned_limit::window_seconds}) {
            learned_limit damaged = good;
            damaged.*each = bad;
            EXPECT_FALSE(is_plausible(damaged)) << bad;
        }
    }
    EXPECT_FALSE(is_plausible({.rate = 0}));
    EXPECT_FALSE(is_plausible({.rate = 1, .window = 20})) << "a window of no length";
}

}  // namespace
}  // namespace baudot
