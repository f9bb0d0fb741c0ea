#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "model/outcome.hpp"

namespace baudot::dispatch {

/// What follows from the outcome of one request. Exactly one of `again` and a fate in `settled`.
struct verdict {
    /// To be journaled: a fate, or `refused`/`not_sent`, which undo the start. Empty for an
    /// uncertain delivery that is repeated: it stays started.
    std::optional<settlement> settled;
    bool again = false;                 // goes again, in its place
    duration delay = duration::zero();  // not before this has passed; its source waits

    /// The server is in trouble and says how long: the whole account rests.
    std::optional<duration> rest;
    bool account_lost = false;  // 401: nothing of this account goes until its token is mended
    chat_id migrate_to{};       // the lane moves there first
};

/// Waits double from 1 s to 60 s with the attempts made before; not jittered: the pacer of the
/// account spreads its lanes.
duration backoff(std::uint32_t attempts) noexcept;

/// Pure. `attempts`: tries of this delivery (uncertain, not sent) or, for a server in
/// trouble, refusals in a row of its account before this one. A wait that Telegram asked for is not
/// in here: the pacer holds the scope, and the delivery keeps its place.
verdict judge(const delivery_ref& delivery, const outcome& what, uncertain_policy policy,
              std::uint32_t attempts);

}  // namespace baudot::dispatch
