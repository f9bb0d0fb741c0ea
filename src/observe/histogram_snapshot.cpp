#include <algorithm>
#include <numeric>

#include "base/assert.hpp"
#include "observe/metrics.hpp"

namespace baudot::observe {

std::uint64_t histogram_snapshot::count() const {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double histogram_snapshot::quantile(double q) const {
    const auto total = static_cast<double>(count());
    if (total == 0) return 0;
    const double rank = std::clamp(q, 0.0, 1.0) * total;
    double below = 0;
    for (std::size_t i = 0; i < upper_bounds.size(); ++i) {
        const auto inside = static_cast<double>(counts[i]);
        if (inside > 0 && below + inside >= rank) {
            const double lower = i == 0 ? 0 : upper_bounds[i - 1];
            return lower + (upper_bounds[i] - lower) * (rank - below) / inside;
        }
        below += inside;
    }
    return upper_bounds.empty() ? 0 : upper_bounds.back();
}

histogram_snapshot histogram_snapshot::since(const histogram_snapshot& earlier) const {
    BAUDOT_ASSERT(earlier.counts.size() == counts.size(), "snapshots of two histograms");
    histogram_snapshot difference = *this;
    for (std::size_t i = 0; i < counts.size(); ++i) difference.counts[i] -= earlier.counts[i];
    difference.sum -= earlier.sum;
    return difference;
}

const std::vector<double>& latency_buckets() {
    static const std::vector<double> seconds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
                                                0.2,   0.5,   1,     2,    5,    10,   20,
                                                60,    120,   300,   600,  1200, 3600};
    return seconds;
}

}  // namespace baudot::observe
