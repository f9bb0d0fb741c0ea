#include "simulation/run.hpp"

#include <gtest/gtest.h>

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

run_options small(std::uint64_t seed) {
    return {.seed = seed, .posts = 200, .chats = 20, .faults = 12, .crashes = 3, .length = 10min};
}

std::string first_of(const run_report& report) {
    return report.broken.empty() ? "" : report.broken.front();
}

TEST(simulation, a_seed_gives_the_same_run_every_time) {
    const run_report first = run(small(11));
    const run_report second = run(small(11));
    EXPECT_EQ(first.trace_hash, second.trace_hash);
    EXPECT_NE(first.trace_hash, run(small(12)).trace_hash);
}

TEST(simulation, keeps_every_promise_through_crashes_and_faults) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const run_report report = run(small(seed));
        EXPECT_TRUE(report.broken.empty()) << "seed " << seed << ": " << first_of(report);
        EXPECT_GE(report.posts, 200U);
        EXPECT_GE(report.faults, 12U);
        EXPECT_GT(report.lives, report.crashes);
        EXPECT_GT(report.delivered, 0U);
    }
}

TEST(simulation, an_undisturbed_run_doubles_and_skips_nothing) {
    run_options calm = small(3);
    calm.faults = 0;
    calm.crashes = 0;
    const run_report report = run(calm);
    EXPECT_TRUE(report.broken.empty()) << first_of(report);
    EXPECT_EQ(report.lives, 1U);
    EXPECT_EQ(report.accepted, report.posts);
}

}  // namespace
}  // namespace baudot::simulation
