#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/slab.hpp"
#include "base/time.hpp"
#include "dispatch/due_queue.hpp"
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
/// Limits (P8): 16 bytes for each delivery that waits, about 64 for each chat that has one, nothing
/// for any other. Pure: time is passed in. Owned by one shard.
class lanes {
public:
    lanes() = default;
    lanes(const lanes&) = delete;
    lanes& operator=(const lanes&) = delete;

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

    /// It has its fate, or will get it, without having been taken: so recovery found. Its lane has
    /// nothing in flight. What is near the head is found at once.
    void drop(chat_id destination, chat_id source, delivery_ref delivery);

    /// The account may be asked again at once.
    void resume_account(account_id sender);

    /// When take() may have something to give; empty: only after push(), finished(), repeat()
    /// or resume_account().
    std::optional<time_point> next_due() const;

    std::size_t waiting() const { return waiting_; }  // not in flight
    std::size_t in_flight() const { return in_flight_; }

    /// How much waits for each account.
    std::vector<std::pair<account_id, std::size_t>> waiting_by_account() const;

    /// What all of this takes in memory.
    std::size_t bytes() const;

private:
    // Slots of 32 bits instead of pointers, and rings that are entered at their end, keep these
    // small: there may be millions of each.
    struct item {
        std::uint64_t planned : 48;  // a position of the journal: enough for centuries
        std::uint64_t sender : 16;   // index into senders_
        std::uint32_t index;
        slot next;  // of the same FIFO; after the newest comes the oldest
    };
    struct fifo {
        chat_id source;
        slot newest;  // an item; there is one
        slot next;    // of the same lane; after the last comes the one whose turn it is
    };
    struct lane {
        chat_id destination;
        time_point queued_at;  // its place in time in due_; meaningless behind an account
        slot last;             // the FIFO before the one whose turn it is
        slot place;            // in due_, or the lane before it behind an account; else no_slot
        slot later;            // behind an account: the next lane
        std::uint16_t behind;  // the account it waits for; no_sender: it stands in due_
        bool busy;             // the head whose turn it is is in flight
        bool queued;           // stands in due_ or behind an account
    };
    static_assert(sizeof(item) == 16 && sizeof(fifo) == 16 && sizeof(lane) == 32);
    static constexpr std::uint16_t no_sender = 0xFFFF;

    struct sender_state {
        account_id account{};
        std::size_t waiting = 0;
        time_point retry_at{};
        slot first = no_slot;  // lanes behind it, in the order in which they go
        slot last = no_slot;
    };
    struct earlier {
        const slab<lane>* all;
        bool operator()(slot left, slot right) const {
            const lane &a = (*all)[left], &b = (*all)[right];
            return a.queued_at != b.queued_at ? a.queued_at < b.queued_at
                                              : a.destination < b.destination;
        }
    };
    struct place_of {
        slab<lane>* all;
        slot& operator()(slot of) const { return (*all)[of].place; }
    };
    struct by_chat {
        using is_transparent = void;
        const slab<lane>* all;
        std::size_t operator()(chat_id chat) const { return boost::hash<chat_id>()(chat); }
        std::size_t operator()(slot of) const { return (*this)((*all)[of].destination); }
    };
    struct same_chat {
        using is_transparent = void;
        const slab<lane>* all;
        bool operator()(slot a, slot b) const { return a == b; }
        bool operator()(chat_id a, slot b) const { return a == (*all)[b].destination; }
        bool operator()(slot a, chat_id b) const { return (*all)[a].destination == b; }
    };

    slot lane_of(chat_id destination) const;
    std::uint16_t intern(account_id sender);
    bool append(slot which, chat_id source, delivery_ref delivery, std::uint16_t sender);
    void remove_item(slot which, slot previous_fifo, slot previous_item);
    time_point not_before(slot of) const;

    bool try_lane(time_point now, gate& limits, slot which, std::vector<permit>& permits);
    void take_behind(std::uint16_t sender, time_point now, gate& limits,
                     std::vector<permit>& permits);
    admission ask(time_point now, gate& limits, std::uint16_t sender, chat_id destination) const;
    void queue(slot which, time_point when);
    void unqueue(slot which);
    void park(slot which, std::uint16_t sender, time_point retry_at, bool in_front);
    void leave(slot which);

    slab<item> items_;
    slab<fifo> fifos_;
    slab<lane> lanes_;
    boost::unordered_flat_set<slot, by_chat, same_chat> by_chat_{0, by_chat{&lanes_},
                                                                 same_chat{&lanes_}};
    boost::unordered_flat_map<slot, time_point> delays_;  // of FIFOs whose head goes again later
    due_queue<earlier, place_of> due_{earlier{&lanes_}, place_of{&lanes_}};
    std::vector<sender_state> senders_;
    std::set<std::pair<time_point, std::uint16_t>> senders_due_;  // of those with lanes behind them
    std::size_t waiting_ = 0;
    std::size_t in_flight_ = 0;
};

}  // namespace baudot::dispatch
