#pragma once

#include "base/time.hpp"

namespace baudot {

/// Calls a function once a time has come; for what need not be a coroutine of its own. Made by
/// timer_service::make_alarm(), used on one shard.
///
/// The function is called from the shard's loop, never from inside set(). It is never called
/// after clear(), after the alarm is destroyed, or twice for one set(); it may do all three.
class alarm {
public:
    virtual ~alarm() = default;

    /// At `when`, or soon when that has passed. Replaces the time that was set.
    virtual void set(time_point when) = 0;
    virtual void clear() = 0;
};

}  // namespace baudot
