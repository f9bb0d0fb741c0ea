#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "schedule/admission.hpp"

namespace baudot::dispatch {

/// Limits, holds and health of accounts, as the lanes see them. A positive answer spends the
/// permit.
class gate {
public:
    virtual ~gate() = default;
    virtual admission ask(time_point now, account_id sender, chat_id destination) = 0;
};

/// Which deliveries may be started now, in an order that P4 allows.
///
/// A lane per destination chat: one request in flight, and a FIFO for each source, of which
/// each turn takes the next one that may go. A delivery that must be repeated keeps its place.
/// A lane that may not send waits in one ordered set, and lanes that wait for the same account
/// wait behind that account, so a held account costs nothing per lane.
///
/// Guarantee (P4, P5): per (source, destination) the order of push() is the order of permits,
/// and the next one comes only after finished() or repeat() of the one before; a lane that waits
/// delays no other.
///
/// Pure: time is passed in. Owned by one shard.
class lanes {
public:
    struct permit {
        delivery_ref delivery;
        chat_id destination{};
        chat_id source{};
        account_id sender{};
    };

    void push(chat_id destination, chat_id source, delivery_ref delivery, account_id sender);

    /// At most `most` permits; each occupies its lane until finished() or repeat().
    void take(time_point now, gate& limits, std::size_t most, std::vector<permit>& permits);

    /// The delivery in flight in this lane has its fate.
    void finished(chat_id destination);

    /// It goes again, in its place, not before `not_before`. Its source alone waits.
    void repeat(chat_id destination, time_point not_before);

    /// The account may be asked again at once.
    void resume_account(account_id sender);

    /// When take() may have something to give; empty: only after push(), finished(), repeat()
    /// or resume_account().
    std::optional<time_point> next_due() const;

    std::size_t waiting() const { return waiting_; }  // not in flight
    std::size_t in_flight() const { return in_flight_; }

private:
    struct item {
        delivery_ref delivery;
        account_id sender{};
    };
    struct fifo {
        chat_id source{};
        time_point not_before = time_point::min();
        std::deque<item> items;
    };
    struct lane {
        std::vector<fifo> fifos;  // none is empty
        std::size_t next = 0;     // whose turn it is
        bool busy = false;        // fifos[next].items.front() is in flight
        bool queued = false;      // stands in due_ or behind an account
        time_point queued_at{};   // its place in due_; meaningless behind an account
        account_id behind{};      // the account it waits for; 0: it stands in due_
    };
    struct account_wait {
        time_point retry_at{};
        std::deque<chat_id> behind;
    };
    using place = std::pair<time_point, chat_id>;

    bool try_lane(time_point now, gate& limits, chat_id destination, lane& at,
                  std::vector<permit>& permits);
    void take_behind(account_id sender, time_point now, gate& limits, std::vector<permit>& permits);
    admission ask(time_point now, gate& limits, account_id sender, chat_id destination) const;
    void queue(chat_id destination, lane& at, time_point when);
    void unqueue(chat_id destination, lane& at);
    void park(chat_id destination, lane& at, account_id sender, time_point retry_at);

    boost::unordered_flat_map<chat_id, lane> lanes_;
    std::set<place> due_;
    boost::unordered_flat_map<account_id, account_wait> accounts_;
    std::set<std::pair<time_point, account_id>> accounts_due_;
    std::size_t waiting_ = 0;
    std::size_t in_flight_ = 0;
};

}  // namespace baudot::dispatch
