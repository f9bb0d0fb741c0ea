#include "simulation/campaign.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "async/blocking_pool.hpp"

namespace baudot::simulation {

void run_seeds(const run_options& options, std::size_t count, std::size_t jobs,
               const std::function<void(const seed_result&)>& each) {
    std::mutex one_at_a_time;
    blocking_pool threads(std::max<std::size_t>(1, jobs));
    for (std::size_t at = 0; at < count; ++at) {
        threads.post([&, at] {
            run_options mine = options;
            mine.seed = options.seed + at;
            const seed_result ended{.seed = mine.seed, .report = run(mine)};
            const std::lock_guard lock(one_at_a_time);
            each(ended);
        });
    }
    threads.stop();
}

void campaign_totals::add(const run_report& report) {
    ++seeds;
    failed += report.broken.empty() ? 0 : 1;
    posts += report.posts;
    deliveries += report.deliveries;
    delivered += report.delivered;
    doubled += report.doubled;
    skipped += report.skipped;
    rejected += report.rejected;
    crashes += report.crashes;
    faults += report.faults;
    lives += report.lives;
    posts_min = std::min(posts_min, report.posts);
    crashes_min = std::min(crashes_min, report.crashes);
    faults_min = std::min(faults_min, report.faults);
    measured_min = std::min(measured_min, report.measured);
    measured_max = std::max(measured_max, report.measured);
    simulated_s += std::chrono::duration<double>(report.simulated).count();
}

}  // namespace baudot::simulation
