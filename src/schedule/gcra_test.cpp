#include "schedule/gcra.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace baudot {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

TEST(gcra, admits_the_burst_then_one_per_interval) {
    gcra limiter({.interval = 100ms, .burst = 3});

    EXPECT_TRUE(limiter.try_acquire(start).admitted);
    EXPECT_TRUE(limiter.try_acquire(start).admitted);
    EXPECT_TRUE(limiter.try_acquire(start).admitted);

    const gcra_decision refused = limiter.try_acquire(start);
    EXPECT_FALSE(refused.admitted);
    EXPECT_EQ(refused.retry_after, 100ms);
    EXPECT_TRUE(limiter.try_acquire(start + refused.retry_after).admitted);
}

TEST(gcra, after_a_429_waits_and_does_not_burst) {
    gcra limiter({.interval = 100ms, .burst = 3});
    limiter.block_until(start + 5s);

    EXPECT_EQ(limiter.try_acquire(start).retry_after, 5s);
    EXPECT_TRUE(limiter.try_acquire(start + 5s).admitted);
    EXPECT_FALSE(limiter.try_acquire(start + 5s).admitted);
}

TEST(gcra, a_clock_that_goes_backwards_refills_nothing) {
    gcra limiter({.interval = 100ms, .burst = 1});
    EXPECT_TRUE(limiter.try_acquire(start).admitted);
    EXPECT_EQ(limiter.try_acquire(start - 10s).retry_after, 100ms);
}

// Goal: the guarantee in the header, for random limits and random arrivals.
// Method: record every admission, then check all windows that begin at an admission.
TEST(gcra, never_exceeds_burst_plus_window_over_interval) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const gcra_limits limits{.interval = std::chrono::milliseconds(1 + random() % 50),
                                 .burst = static_cast<int>(1 + random() % 8)};
        gcra limiter(limits);

        std::vector<time_point> admitted;
        time_point now = start;
        for (int i = 0; i < 400; ++i) {
            now += std::chrono::milliseconds(random() % 30);
            if (limiter.try_acquire(now).admitted) admitted.push_back(now);
        }
        for (std::size_t first = 0; first < admitted.size(); ++first) {
            for (std::size_t last = first; last < admitted.size(); ++last) {
                const auto window = admitted[last] - admitted[first];
                const auto allowed = limits.burst + window / limits.interval;
                ASSERT_LE(static_cast<long>(last - first + 1), allowed);
            }
        }
    }
}

}  // namespace
}  // namespace baudot
