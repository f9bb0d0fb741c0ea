#include "simulation/deadlines.hpp"

#include <algorithm>

namespace baudot::simulation {
namespace {

duration offset_of(time_point now, wall_time wall) {
    return std::chrono::duration_cast<duration>(wall.time_since_epoch()) - now.time_since_epoch();
}

time_point at(wall_time until, duration ahead) {
    return time_point(std::chrono::duration_cast<duration>(until.time_since_epoch()) - ahead);
}

}  // namespace

void deadlines::clock(time_point now, wall_time wall) {
    offsets_.push_back({now, offset_of(now, wall)});
}

void deadlines::set(const delivery_key& which, time_point now, wall_time until) {
    all_[which] = {now, until};
}

std::pair<duration, duration> deadlines::offsets_since(time_point told) const {
    duration least = duration::max();
    duration most = duration::min();
    for (auto each = offsets_.rbegin(); each != offsets_.rend(); ++each) {
        least = std::min(least, each->ahead);
        most = std::max(most, each->ahead);
        if (each->from < told) break;
    }
    return {least, most};
}

bool deadlines::may_have_expired(const delivery_key& which, time_point now) const {
    const auto found = all_.find(which);
    if (found == all_.end() || offsets_.empty()) return true;
    return now >= at(found->second.until, offsets_since(found->second.told).second);
}

duration deadlines::surely_late(const delivery_key& which, time_point now) const {
    const auto found = all_.find(which);
    if (found == all_.end() || offsets_.empty()) return duration::zero();
    return now - at(found->second.until, offsets_since(found->second.told).first);
}

}  // namespace baudot::simulation
