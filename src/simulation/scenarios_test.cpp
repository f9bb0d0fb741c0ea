// The scenarios: each holds for some seeds here, and for many in tests/simulation.
#include <gtest/gtest.h>

#include "simulation/run.hpp"

namespace baudot::simulation {
namespace {

run_report play(scenario which, std::uint64_t seed) {
    return run({.seed = seed, .plays = which});
}

void expect_to_hold(scenario which) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        const run_report report = play(which, seed);
        EXPECT_TRUE(report.broken.empty()) << "seed " << seed << ": " << report.broken.front();
        EXPECT_GT(report.delivered, 100U) << "it measures something";
    }
}

TEST(scenarios, routes_of_a_class_share_an_account_by_weight) {
    expect_to_hold(scenario::shares);
    EXPECT_GE(play(scenario::shares, 1).measured, 0.99);
}

TEST(scenarios, a_held_chat_costs_the_others_one_percent_at_most) {
    expect_to_hold(scenario::isolation);
}

TEST(scenarios, no_class_starves) {
    expect_to_hold(scenario::classes);
}

TEST(scenarios, nothing_goes_into_a_hold) {
    expect_to_hold(scenario::holds);
}

TEST(scenarios, an_account_that_dies_costs_what_it_had_in_flight) {
    expect_to_hold(scenario::deaths);
}

TEST(scenarios, the_highest_class_waits_twice_as_long_as_alone_at_most) {
    const run_report report = play(scenario::urgency, 1);
    EXPECT_TRUE(report.broken.empty()) << report.broken.front();
    EXPECT_GE(report.measured, 1);
}

TEST(scenarios, a_seed_gives_the_same_run_every_time) {
    EXPECT_EQ(play(scenario::holds, 5).trace_hash, play(scenario::holds, 5).trace_hash);
    EXPECT_NE(play(scenario::holds, 5).trace_hash, play(scenario::holds, 6).trace_hash);
}

}  // namespace
}  // namespace baudot::simulation
