#pragma once

#include <chrono>

namespace baudot {

// Monotonic time inside the process. Code under src/ never calls a clock's now(): it is
// handed a time_point, or a timer_service to ask. tools/check_style.py enforces this.
using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

// Wall-clock time (UTC): dates of messages and holds that must survive a restart. It may
// jump; never used to measure a wait inside one run.
using wall_time = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace baudot
