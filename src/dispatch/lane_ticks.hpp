#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace baudot::dispatch {

// Timers of lanes count in milliseconds, and never come early.

constexpr duration lane_tick = std::chrono::milliseconds(1);

/// The newest tick that has come.
constexpr std::uint64_t tick_at(time_point now) {
    return static_cast<std::uint64_t>(now.time_since_epoch() / lane_tick);
}

/// The first tick that is not before `when`; what lies before all ticks is due with the first.
constexpr std::uint64_t tick_from(time_point when) {
    const duration since = std::max(when.time_since_epoch(), duration::zero());
    const bool is_between = since % lane_tick != duration::zero() && when != time_point::max();
    return static_cast<std::uint64_t>(since / lane_tick) + (is_between ? 1 : 0);
}

constexpr time_point time_of(std::uint64_t tick) {
    const std::uint64_t last = tick_at(time_point::max());
    return time_point{} + lane_tick * static_cast<std::int64_t>(std::min(tick, last));
}

}  // namespace baudot::dispatch
