#include "schedule/pace_curve.hpp"

#include <algorithm>
#include <cmath>

namespace baudot {
namespace {

constexpr double step_factor = 1.5;
constexpr double step_seconds = 3;
constexpr double step_calls = 4;
constexpr double pace_max = 1000;
constexpr double slow = step_calls / step_seconds;  // below it a step is step_calls long
constexpr double burst_min = 3;
constexpr double burst_seconds = 1;
constexpr double overshoot_max = 6;

}  // namespace

double climbed(double pace, double seconds) {
    const double growth = std::log(step_factor);
    if (pace < slow) {  // d(pace)/dt = growth / step_calls * pace^2
        const double until_quick = (1 / pace - 1 / slow) * step_calls / growth;
        if (seconds < until_quick) return 1 / (1 / pace - seconds * growth / step_calls);
        seconds -= until_quick;
        pace = slow;
    }
    return std::min(pace_max, pace * std::exp(growth * seconds / step_seconds));
}

double rate_before_climb(double pace, double burst) {
    const double growth = std::log(step_factor);
    double over = 1;
    for (; over < overshoot_max; over *= 1.02) {
        const double rate = pace / over;
        const double used = rate < slow
                                ? step_calls / growth * (std::log(over) - 1 + 1 / over)
                                : step_seconds / growth * rate * (over - 1 - std::log(over));
        if (used >= (burst > 1 ? burst : std::max(burst_min, rate * burst_seconds))) break;
    }
    return pace / over;
}

double slope_of_run(double below, double burst, double seconds) {
    // below / s + sqrt(2 burst / s) = seconds, a quadratic equation for 1 / sqrt(s)
    const double root = std::sqrt(2 * burst);
    const double q = (std::sqrt(root * root + 4 * below * seconds) - root) / (2 * below);
    return 1 / (q * q);
}

}  // namespace baudot
