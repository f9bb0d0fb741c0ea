#include "schedule/pace_curve.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace baudot {
namespace {

TEST(pace_curve, a_climb_gains_half_every_three_seconds) {
    EXPECT_NEAR(climbed(10, 3), 15, 1e-9);
    EXPECT_NEAR(climbed(10, 6), 22.5, 1e-9);
}

TEST(pace_curve, a_slow_climb_gains_half_in_about_four_calls) {
    double pace = 0.1;
    double seconds = 0;
    for (int calls = 0; calls < 4; ++calls) {
        seconds += 1 / pace;
        pace = climbed(0.1, seconds);
    }
    EXPECT_GT(pace, 0.145);
    EXPECT_LT(pace, 0.16);
}

TEST(pace_curve, no_climb_goes_beyond_a_thousand_a_second) {
    EXPECT_EQ(climbed(1, 1e6), 1000);
}

// Against a bucket that is emptied step by step.
TEST(pace_curve, the_rate_before_a_climb_is_found_where_the_burst_is_known) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const double rate = 3 + 40 * random.unit();
        const double burst = rate * (0.2 + 2 * random.unit());
        double used = 0;
        double time = 0;
        for (; used < burst; time += 0.001) used += (climbed(rate, time) - rate) * 0.001;
        const double found = rate_before_climb(climbed(rate, time), burst);
        EXPECT_NEAR(found / rate, 1, 0.04);
    }
}

TEST(pace_curve, a_run_takes_the_time_that_it_was_made_for) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const double below = 0.01 + 5 * random.unit();
        const double burst = 1 + 100 * random.unit();
        const double seconds = 60 + 1000 * random.unit();
        const double slope = slope_of_run(below, burst, seconds);
        const double beyond = seconds - below / slope;
        EXPECT_GT(beyond, 0);
        EXPECT_NEAR(slope * beyond * beyond / 2 / burst, 1, 0.001);
    }
}

}  // namespace
}  // namespace baudot
