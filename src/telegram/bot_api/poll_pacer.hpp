#pragma once

#include <algorithm>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace baudot::telegram::bot_api {

/// When the next getUpdates may go out. Pure; of one account.
///
/// Telegram punishes a client that asks again with the offset it had: within 0.5 s it gives one
/// update at a time (TELEGRAM.md 2.1). That happens when a poll failed, and when what was read
/// is not durable yet; neither gets better by hurrying. A wait that Telegram asked for counts
/// for all offsets.
class poll_pacer {
public:
    /// A little more than the 0.5 s, for the way to the server.
    static constexpr duration same_offset_pause = std::chrono::milliseconds(600);

    time_point earliest(update_id offset) const {
        const bool again = has_asked_ && offset == last_offset_;
        return again ? std::max(hold_until_, asked_at_ + same_offset_pause) : hold_until_;
    }
    time_point hold_until() const { return hold_until_; }

    void asked(update_id offset, time_point now) {
        has_asked_ = true;
        last_offset_ = offset;
        asked_at_ = now;
    }
    void hold(time_point until) { hold_until_ = std::max(hold_until_, until); }

private:
    bool has_asked_ = false;
    update_id last_offset_{};
    time_point asked_at_{};
    time_point hold_until_{};
};

}  // namespace baudot::telegram::bot_api
