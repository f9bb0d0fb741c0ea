#include "schedule/breaker.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "schedule/retry_budget.hpp"

namespace baudot {
namespace {

using namespace std::chrono_literals;
using state = breaker::state;

constexpr time_point start{1h};
constexpr breaker_options plain{.jitter = 0};

void trip(breaker& tested, time_point now) {
    for (std::uint32_t each = 0; each < plain.failures_min; ++each) {
        ASSERT_TRUE(tested.ask(now).admitted);
        (void)tested.failed(now, tested.epoch(), 0);
    }
    ASSERT_EQ(tested.current(now), state::open);
}

TEST(breaker, opens_when_half_of_the_calls_of_the_last_ten_seconds_failed) {
    breaker tested(plain);
    for (int each = 0; each < 9; ++each) (void)tested.succeeded(start, tested.epoch());
    for (int each = 0; each < 8; ++each) {
        EXPECT_FALSE(tested.failed(start + 9s, tested.epoch(), 0)) << each;
    }
    EXPECT_TRUE(tested.failed(start + 9s, tested.epoch(), 0)) << "nine of eighteen";
    EXPECT_EQ(tested.ask(start + 9s).retry_at, start + 14s);
    EXPECT_TRUE(tested.ask(start + 9s).account_wide);
}

TEST(breaker, opens_when_ten_in_a_row_failed_whatever_went_well_before) {
    breaker tested(plain);
    for (int each = 0; each < 1'000; ++each) (void)tested.succeeded(start, tested.epoch());
    for (int each = 0; each < 9; ++each) EXPECT_FALSE(tested.failed(start, tested.epoch(), 0));
    (void)tested.succeeded(start, tested.epoch());
    for (int each = 0; each < 9; ++each) EXPECT_FALSE(tested.failed(start, tested.epoch(), 0));
    EXPECT_TRUE(tested.failed(start, tested.epoch(), 0));
}

TEST(breaker, forgets_what_is_older_than_ten_seconds_and_decides_on_nothing_too_small) {
    breaker tested(plain);
    for (int second = 0; second < 27; second += 3) {
        EXPECT_FALSE(tested.failed(start + std::chrono::seconds(second), tested.epoch(), 0));
    }
    EXPECT_EQ(tested.current(start + 1min), state::closed) << "four in any ten seconds";
}

TEST(breaker, is_open_for_a_time_that_doubles_up_to_its_cap_and_begins_anew_once_closed) {
    breaker tested(plain);
    trip(tested, start);
    time_point now = start;
    for (const duration expected : {5s, 10s, 20s, 40s, 60s, 60s}) {
        const admission refused = tested.ask(now);
        ASSERT_FALSE(refused.admitted);
        EXPECT_EQ(refused.retry_at - now, expected);
        EXPECT_FALSE(tested.ask(refused.retry_at - 1ns).admitted);
        now = refused.retry_at;
        ASSERT_TRUE(tested.ask(now).admitted);
        tested.begin(now);
        EXPECT_TRUE(tested.failed(now, tested.epoch(), 0));
    }
    now = tested.ask(now).retry_at;
    for (std::uint32_t each = 0; each < plain.trials; ++each) {
        ASSERT_TRUE(tested.ask(now).admitted);
        tested.begin(now);
        EXPECT_TRUE(tested.succeeded(now, tested.epoch()));
    }
    EXPECT_EQ(tested.current(now), state::closed);
    trip(tested, now);
    EXPECT_EQ(tested.ask(now).retry_at - now, 5s);
}

TEST(breaker, half_open_lets_one_through_then_two_at_once) {
    breaker tested(plain);
    trip(tested, start);
    const time_point now = start + 5s;
    tested.begin(now);
    EXPECT_FALSE(tested.ask(now).admitted);
    EXPECT_EQ(tested.ask(now).retry_at, time_point::max()) << "only the trial's end decides";
    EXPECT_TRUE(tested.succeeded(now, tested.epoch()));
    tested.begin(now);
    EXPECT_TRUE(tested.ask(now).admitted);
    tested.begin(now);
    EXPECT_FALSE(tested.ask(now).admitted);
    EXPECT_TRUE(tested.abandoned(tested.epoch()));
    EXPECT_TRUE(tested.ask(now).admitted) << "a trial that was none makes room";
}

TEST(breaker, what_was_begun_before_it_opened_says_nothing_about_now) {
    breaker tested(plain);
    const std::uint32_t before = tested.epoch();
    trip(tested, start);
    const time_point now = start + 5s;
    tested.begin(now);
    EXPECT_FALSE(tested.succeeded(now, before));
    EXPECT_FALSE(tested.failed(now, before, 0));
    EXPECT_FALSE(tested.abandoned(before));
    EXPECT_EQ(tested.current(now), state::half_open);
    EXPECT_FALSE(tested.ask(now).admitted) << "its trial is still in flight";
}

TEST(breaker, jitter_stretches_the_pause_and_never_cuts_it) {
    breaker tested(breaker_options{.jitter = 0.1});
    for (std::uint32_t each = 0; each < 5; ++each) (void)tested.failed(start, tested.epoch(), 1);
    EXPECT_EQ(tested.ask(start).retry_at, start + 5500ms);
}

// Whatever the endpoint does: never more trials at once than are missing, and after it has been
// well for a while it is used.
TEST(breaker_property, a_dead_endpoint_gets_few_calls_and_a_live_one_is_used_again) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        breaker tested(plain);
        time_point now = start;
        for (int phase = 0; phase < 6; ++phase) {
            const bool is_dead = phase % 2 == 0;
            const time_point until = now + 1s * random.between(20, 90);
            const time_point from = now;
            int late_calls = 0, late_asked = 0;
            for (; now < until; now += 10ms) {
                const bool is_late = now - from > 2s;
                late_asked += is_late;
                if (!tested.ask(now).admitted) continue;
                tested.begin(now);
                late_calls += is_late;
                if (is_dead) {
                    (void)tested.failed(now, tested.epoch(), random.unit());
                } else {
                    (void)tested.succeeded(now, tested.epoch());
                }
            }
            if (is_dead) {
                EXPECT_LE(late_calls * 100, late_asked);
            }
            const time_point last = now;
            if (!is_dead && last - from > 70s) {
                EXPECT_EQ(tested.current(now), state::closed);
            }
        }
    }
}

TEST(retry_budget, is_a_tenth_of_what_went_through_and_one_a_second) {
    retry_budget tested({});
    for (int each = 0; each < 10; ++each) EXPECT_EQ(tested.spend(start), duration::zero());
    EXPECT_EQ(tested.spend(start), 1s) << "the burst is spent";
    EXPECT_EQ(tested.spend(start), 2s);
    for (int each = 0; each < 20; ++each) tested.succeeded();
    EXPECT_NEAR(std::chrono::duration<double>(tested.spend(start)).count(), 1, 1e-6);
    EXPECT_EQ(tested.spend(start + 2s), duration::zero());
}

TEST(retry_budget, keeps_no_more_than_its_burst) {
    retry_budget tested({});
    for (int each = 0; each < 1'000; ++each) tested.succeeded();
    for (int each = 0; each < 10; ++each) EXPECT_EQ(tested.spend(start + 1h), duration::zero());
    EXPECT_GT(tested.spend(start + 1h), duration::zero());
}

}  // namespace
}  // namespace baudot
