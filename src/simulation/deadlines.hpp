#pragma once

#include <map>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace baudot::simulation {

/// Until when deliveries may be started, by the plans that were told: wall time, and clocks jump.
/// What the process makes of a deadline depends on the clock of the moment in which it learned of
/// it, so one is surely over, or surely not, only by all clocks that there were since.
class deadlines {
public:
    using source_key = std::pair<chat_id, message_id>;
    using delivery_key = std::pair<source_key, chat_id>;

    /// Told at the start and after each jump.
    void clock(time_point now, wall_time wall);

    void set(const delivery_key& which, time_point now, wall_time until);

    /// An operator asks for it: it has none any more.
    void lift(const delivery_key& which) { all_.erase(which); }

    /// It was told that it expired. Not surely too early.
    bool may_have_expired(const delivery_key& which, time_point now) const;

    /// How long it is surely over; zero or less: perhaps not at all, or nothing is known.
    duration surely_late(const delivery_key& which, time_point now) const;

private:
    struct offset {
        time_point from{};
        duration ahead{};  // of the wall clock
    };
    struct deadline {
        time_point told{};
        wall_time until{};
    };
    std::pair<duration, duration> offsets_since(time_point told) const;

    std::vector<offset> offsets_;
    std::map<delivery_key, deadline> all_;
};

}  // namespace baudot::simulation
