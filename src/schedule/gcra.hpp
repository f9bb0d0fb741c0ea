#pragma once

#include "base/time.hpp"
#include "schedule/admission.hpp"

namespace baudot {

struct gcra_limits {
    duration interval;  // time one request costs in steady state; > 0
    int burst;          // requests that may be admitted back to back; >= 1
};

struct [[nodiscard]] gcra_decision {
    bool admitted;
    duration retry_after;  // zero when admitted; otherwise ask again no sooner than this
};

/// Generic cell rate limiter: one per chat, per bot and per method class.
///
/// It is 32 bytes of state and no timer, so the scheduler can keep one for each of a
/// million chats. It never sleeps and never reads a clock; the caller passes `now`.
///
/// Guarantee: in any window of length W it admits at most burst + W / interval requests.
/// A `now` that goes backwards is treated as the newest time seen.
///
/// Not thread-safe. Owned by the scheduler shard that owns the key.
class gcra {
public:
    explicit gcra(gcra_limits limits);

    gcra_decision try_acquire(time_point now);

    /// How long try_acquire() would refuse; zero: it would admit. Spends nothing. For an ordinary
    /// request so long that one for an urgent one is left, where the burst is more than one.
    duration wait(time_point now, urgency how = urgency::urgent) const;

    /// As good as new: nothing is remembered that would change an answer.
    bool is_full(time_point now) const { return theoretical_arrival_ <= now; }

    /// Telegram answered 429 with retry_after: admit nothing before `until`, and start
    /// with an empty burst then, because the server has just shown our model was wrong.
    void block_until(time_point until);

private:
    duration burst_allowance() const;

    gcra_limits limits_;
    time_point theoretical_arrival_;  // when the bucket would be full again
    time_point newest_seen_;
};

}  // namespace baudot
