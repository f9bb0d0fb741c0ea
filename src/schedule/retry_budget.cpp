#include "schedule/retry_budget.hpp"

#include <algorithm>

namespace baudot {

void retry_budget::succeeded() {
    kept_ = std::min(options_.burst, kept_ + options_.share);
}

duration retry_budget::spend(time_point now) {
    if (filled_at_ == time_point::min()) filled_at_ = now;
    const double seconds = std::chrono::duration<double>(now - filled_at_).count();
    filled_at_ = now;
    kept_ = std::min(options_.burst, kept_ + seconds * options_.per_second) - 1;
    if (kept_ >= 0) return duration::zero();
    const std::chrono::duration<double> wait(-kept_ / options_.per_second);
    return std::chrono::ceil<duration>(wait);
}

}  // namespace baudot
