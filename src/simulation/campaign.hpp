#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "simulation/run.hpp"

namespace baudot::simulation {

struct seed_result {
    std::uint64_t seed = 0;
    run_report report;
};

/// Runs `count` seeds from options.seed on, `jobs` at once. `each` is called for every seed in the
/// order in which they end, one call at a time, on whatever thread. Blocking.
void run_seeds(const run_options& options, std::size_t count, std::size_t jobs,
               const std::function<void(const seed_result&)>& each);

/// The figures of many runs.
struct campaign_totals {
    std::size_t seeds = 0, failed = 0, posts = 0, deliveries = 0, delivered = 0, doubled = 0,
                skipped = 0, rejected = 0, crashes = 0, faults = 0, lives = 0;
    std::size_t posts_min = SIZE_MAX, crashes_min = SIZE_MAX, faults_min = SIZE_MAX;
    double measured_min = std::numeric_limits<double>::max(), measured_max = 0;
    double simulated_s = 0;

    void add(const run_report& report);
};

}  // namespace baudot::simulation
