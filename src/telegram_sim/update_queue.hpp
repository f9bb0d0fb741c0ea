#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "telegram_sim/update_kind.hpp"

namespace baudot::telegram_sim {

/// Numbers of the official server (TELEGRAM.md 2.1); tests shrink some of them.
struct update_queue_limits {
    std::size_t updates_max = 100'000;
    std::size_t bytes_max = 128 << 20;
    std::size_t update_bytes_max = 512 << 10;
    std::size_t answer_bytes_max = 4 << 20;
};

/// The updates of one bot that wait for getUpdates or a webhook, and the one request that waits
/// for updates: every rule of TELEGRAM.md 2.1 and 7.4.
///
/// Pure: no timer, no I/O. A request is begun, and resumed when the time it was told to wait
/// for has come or when a call returned `wakes`. One clock: callers turn wall-clock dates
/// into a remaining lifetime.
///
/// Guarantee: ids grow by one with each queued update until a week of silence or the end of
/// the int32 range; what a request returned is returned again until a later offset is above it.
/// Not thread-safe.
class update_queue {
public:
    explicit update_queue(std::uint64_t seed, update_queue_limits limits = {});

    enum class pushed { queued, not_allowed, expired, too_large, full };
    struct push_result {
        pushed what;
        bool wakes = false;  // the waiting request must be resumed
    };

    /// `object` is the JSON of the kind's field. All that is not `queued` is dropped for ever,
    /// and the bot is not told, as with Telegram. `lifetime` <= 0 is expired. `lane` groups what a
    /// webhook must get in order; 0: nothing.
    push_result push(update_kind kind, std::string_view object, time_point now, duration lifetime,
                     std::int64_t lane = 0);

    struct request {
        std::int64_t offset = 0;
        std::int64_t limit = 100;
        std::int64_t timeout_s = 0;
        std::optional<update_mask> allowed{};  // absent: keep what was asked before
    };
    enum class ticket : std::uint64_t {};
    enum class verdict {
        answer,    // `updates` is the result array, as JSON
        conflict,  // 409: another request took over
        replaced,  // 409: a webhook took over
        wait,      // resume at `at`, or earlier when told
    };
    struct step {
        verdict what;
        ticket id{};
        time_point at{};
        std::string updates{};
        bool wakes = false;  // another request was displaced: resume it
    };

    /// Confirms at once, whatever becomes of the answer.
    step begin(const request& what, time_point now);

    /// Of a request that was told to wait. After any answer but `wait` the ticket is gone.
    step resume(ticket id, time_point now);

    /// The client left. Updates stay.
    void abandon(ticket id);

    /// A webhook takes over from the request that waits. True: that one must be resumed.
    bool hand_over(time_point now);

    /// One update, as a webhook sees the queue.
    struct queued {
        std::int64_t id = 0;
        std::int64_t lane = 0;
        std::string_view json;  // its field, without braces; until the next change of the queue
        time_point expires{};
    };
    /// The oldest with this id or a later one. An id that the queue cannot have is of another
    /// life of the bot: then the oldest of all.
    std::optional<queued> at_or_after(std::int64_t id, time_point now) const;
    /// It was delivered, or never will be.
    void forget(std::int64_t id);

    void allow(update_mask kinds) noexcept { allowed_ = kinds; }

    /// deleteWebhook?drop_pending_updates, and a bot that starts afresh.
    void clear();

    /// Unconfirmed and not expired.
    std::size_t pending(time_point now);
    std::uint64_t dropped() const noexcept { return dropped_; }
    std::size_t bytes() const noexcept { return bytes_; }
    update_mask allowed() const noexcept { return allowed_; }

private:
    struct entry {
        std::string json;  // empty: expired or forgotten
        time_point expires;
        std::int64_t lane;
    };
    struct waiter {
        ticket id;
        std::int64_t offset;
        std::size_t limit;
        time_point gives_up;
        std::optional<time_point> first_wake;  // of the 2 ms that a batch may gather
        time_point wake;
    };
    struct loser {
        ticket id;
        time_point answered;
        verdict why;
    };

    void expire(time_point now);
    void drop_front();
    void drop_empty();
    void choose_next_id();
    void confirm(std::int64_t offset);
    std::string collect(std::int64_t offset, std::size_t limit, time_point now);
    time_point displace(time_point now);

    update_queue_limits limits_;
    random_source random_;
    update_mask allowed_ = default_updates;

    std::deque<entry> entries_;  // ids first_id_, first_id_ + 1, ...
    std::int64_t first_id_ = 0;  // int32 on the wire
    std::size_t live_ = 0;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
    time_point earliest_expiry_ = time_point::max();  // no later than that of any live entry
    std::optional<time_point> last_push_;

    std::optional<waiter> waiter_;
    std::vector<loser> losers_;
    std::uint64_t next_ticket_ = 1;
    std::optional<std::int64_t> previous_offset_;
    time_point previous_start_{};
    time_point quiet_until_{};  // a conflict before it is answered late
};

}  // namespace baudot::telegram_sim
