#include "schedule/gcra.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace baudot {

static_assert(sizeof(gcra) <= 32, "a million chats are budgeted at 32 MB");

gcra::gcra(gcra_limits limits)
    : limits_(limits), theoretical_arrival_(time_point::min()), newest_seen_(time_point::min()) {
    BAUDOT_ASSERT(limits.interval > duration::zero(), "an interval of zero admits everything");
    BAUDOT_ASSERT(limits.burst >= 1, "a burst below one admits nothing, ever");
}

duration gcra::wait(time_point now, urgency how) const {
    const bool keeps_one = how == urgency::ordinary && limits_.burst > 1;
    const time_point seen = std::max(newest_seen_, now);
    const time_point arrival = std::max(theoretical_arrival_, seen);
    const time_point allowed_at =
        arrival - burst_allowance() + (keeps_one ? limits_.interval : duration::zero());
    return seen < allowed_at ? allowed_at - seen : duration::zero();
}

gcra_decision gcra::try_acquire(time_point now) {
    const duration refused_for = wait(now);
    newest_seen_ = std::max(newest_seen_, now);
    if (refused_for > duration::zero()) return {false, refused_for};
    theoretical_arrival_ = std::max(theoretical_arrival_, newest_seen_) + limits_.interval;
    return {true, duration::zero()};
}

void gcra::block_until(time_point until) {
    const time_point empty_bucket_at = until + burst_allowance();
    theoretical_arrival_ = std::max(theoretical_arrival_, empty_bucket_at);
}

duration gcra::burst_allowance() const {
    return limits_.interval * (limits_.burst - 1);
}

}  // namespace baudot
