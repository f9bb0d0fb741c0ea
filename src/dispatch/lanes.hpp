#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/slab.hpp"
#include "base/slot_index.hpp"
#include "base/time.hpp"
#include "dispatch/class_turns.hpp"
#include "model/event.hpp"
#include "schedule/admission.hpp"
#include "schedule/timer_wheel.hpp"

namespace baudot::dispatch {

/// Limits, holds and health of accounts, as the lanes see them. A positive answer spends the
/// permit. Urgent is the highest class, and what has its turn for having been passed too often.
class gate {
public:
    virtual ~gate() = default;
    virtual admission ask(time_point now, account_id sender, chat_id destination, urgency how) = 0;

    /// False: there is nobody beside this account, and others() need not be asked.
    virtual bool has_others(account_id) const { return false; }

    /// Who beside `own` may send to `destination` what comes from `source`, in order of preference:
    /// none of them is lost, or barred from there. Valid until the next call.
    virtual std::span<const account_id> others(account_id /*own*/, chat_id /*destination*/,
                                               chat_id /*source*/, bool /*needs_source*/) {
        return {};
    }

    /// The account may not post there any more.
    virtual bool is_barred(account_id, chat_id) const { return false; }

    /// Nothing of this account goes any more, as far as is known.
    virtual bool is_lost(account_id) const { return false; }
};

/// Who may send a delivery beside the account that it is for.
enum class tie : std::uint8_t {
    none,     // whoever may post there
    source,   // whoever sees its source, too
    account,  // nobody: it was refused to that account, or may have been sent by it (P7)
};

/// A route and its terms, as the lanes know them. Zero: a route without a name, of the default
/// terms.
enum class flow_id : std::uint16_t {};

/// Which deliveries may be started now, in an order that P4 allows.
///
/// A lane per destination chat: one request in flight, and a FIFO for each source and stream
/// (backfill is one, all the rest the other). A delivery that must be repeated keeps its place.
/// The FIFOs whose head may go stand in rings, by account, class and route; an account's permits
/// go to its classes by class_turns, inside a class to the routes by deficit round robin over the
/// cost of deliveries and the weight of routes, inside a route to one chat after the other. So
/// order comes before class: what waits behind another delivery of its FIFO waits with it. In one
/// lane a FIFO is passed by higher classes at most passes_max times in a row.
///
/// A lane that may not send yet has one timer. A chat or an account that refuses is asked once,
/// whatever waits for it, and again for a class above the one that it refused.
///
/// Guarantee (P4, P5): per (source, destination, stream) the order of push() is the order of
/// permits, and the next one comes only after finished() or repeat() of the one before; a lane that
/// waits delays no other.
///
/// What is not tied may be sent by another account (lanes_others.cpp): at once where its own one
/// has to wait as a whole and another has nothing to do, and anyway where its own one is lost,
/// barred from the chat, or away for longer than `patience`. Its place in its lane stays. Nothing
/// hops because a chat refuses. All of this costs something only while an account refuses.
///
/// Limits (P8): 64 bytes for each chat that has something to wait for, its first delivery included,
/// and 11 to 22 to find it; 64 for each further source of it, 16 for each further delivery; nothing
/// for any other chat; 16 for each planned event that may expire, until it would. Positions below
/// 2^44, a million pairs of account and route. Pure: time is passed in. Owned by one shard.
class lanes {
public:
    lanes();
    lanes(const lanes&) = delete;
    lanes& operator=(const lanes&) = delete;

    struct permit {
        delivery_ref delivery;
        chat_id destination{};
        chat_id source{};
        account_id sender{};
        slot lane = no_slot;    // of its destination, while it is in flight
        bool is_tied = false;   // to its sender, by what happened before
        bool is_moved = false;  // it was for another account once
    };

    /// The same for the same route and terms.
    flow_id flow(std::string_view route, const delivery_terms& terms);

    /// In order of planning. `expires`: heeded where the flow's terms say that it may. `cost`: what
    /// it takes of its route's share, above zero and below cost_end.
    void push(chat_id destination, chat_id source, delivery_ref delivery, account_id sender,
              flow_id of = {}, time_point expires = time_point::max(), std::uint8_t cost = 1,
              tie ties = tie::account);

    struct arrival {
        chat_id destination{};
        account_id sender{};
        delivery_ref delivery;
        tie ties = tie::account;
    };
    /// The same for all that a post owes by one route: several times faster for many, because what
    /// each needs is fetched from memory while others are pushed.
    void push(chat_id source, flow_id of, time_point expires, std::span<const arrival> all);

    /// At most `most` permits; each occupies its lane until finished() or repeat().
    void take(time_point now, gate& limits, std::size_t most, std::vector<permit>& permits);

    /// What take() found expired when its turn came: it is in no lane any more and has spent no
    /// permit. At most `most` of each take(), and each is told once.
    std::vector<delivery_ref> take_expired() { return std::exchange(expired_, {}); }

    /// What is tied to an account that is lost, where others could go on with its lane: in no lane
    /// any more, each told once.
    std::vector<delivery_ref> take_given_up() { return std::exchange(given_up_, {}); }

    /// The delivery in flight has its fate.
    void finished(const permit& of) { finish(of.lane); }
    void finished(chat_id destination) { finish(lane_of(destination)); }

    /// It goes again, in its place, not before `not_before`. Its source alone waits. `ties`: from
    /// now on it is for the account that had it in flight alone.
    void repeat(chat_id destination, time_point not_before, bool ties = false);

    /// It is for this account, and tied so: so recovery found. Its lane has nothing in flight.
    void assign(chat_id destination, chat_id source, delivery_ref delivery, account_id sender,
                tie ties);

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

    static constexpr std::uint32_t passes_max = 9;
    static constexpr std::uint8_t cost_end = 32;
    static constexpr duration patience = std::chrono::seconds(2);  // with an account that is away
    static constexpr std::size_t looks_max = 1'000;  // at heads for others, in a take()
    static constexpr duration look_again = std::chrono::seconds(60);  // for who can do without it

private:
    // Slots of 32 bits instead of pointers keep these small: there may be millions of each. Each is
    // within one cache line, because what they cost in time is what has to be fetched from memory.
    struct item {
        std::uint64_t planned : 44;  // a position of the journal: years of the fastest disk
        std::uint64_t queue : 20;    // index into queues_
        std::uint32_t index : 24;
        std::uint32_t cost : 5;
        std::uint32_t ties : 2;      // a tie
        std::uint32_t is_moved : 1;  // to another account than it was pushed for
        slot next;                   // of the same FIFO
    };
    static constexpr std::uint64_t nowhere = 0, in_ring = 1, in_wheel = 2;
    // The first FIFO of a lane leads it, and its slot names the lane. It stays, empty, while there
    // are others.
    struct alignas(64) fifo {
        chat_id destination;
        chat_id source;
        item head;
        std::uint64_t ready_at : 48;  // a tick
        std::uint64_t passes : 4;     // by permits of higher classes in its lane
        std::uint64_t rank : 3;       // of the ring in which it stands
        std::uint64_t stands : 2;     // nowhere, in_ring or in_wheel
        std::uint64_t is_backfill : 1;
        std::uint64_t is_empty : 1;  // it has no head
        std::uint64_t is_busy : 1;   // of the leader: the head whose turn it is is in flight
        slot newest;                 // an item; no_slot: the head is all there is
        slot leader;
        slot next;          // of the same lane; they form a ring
        slot last;          // of the leader: the FIFO before the one whose turn it is
        timer_links links;  // where it stands, in a ring of equals or in the wheel
    };
    static_assert(sizeof(item) == 16 && sizeof(fifo) == 64);

    static constexpr std::uint32_t no_queue = 0xFFFFFFFF;
    static constexpr std::uint16_t no_sender = 0xFFFF;

    struct ring {
        slot first = no_slot;
        std::uint32_t deficit = 0;
        std::uint32_t next = no_queue;  // the queue whose turn comes after this one
        bool is_active = false;         // stands among those that have turns
    };
    struct queue {  // what one flow wants of one account
        std::uint16_t sender;
        std::uint16_t flow;
        std::array<ring, class_count> rings{};
    };
    struct turn_order {
        std::uint32_t first = no_queue;
        std::uint32_t last = no_queue;
        std::size_t fifos = 0;  // in its rings
    };
    struct sender_state {
        account_id account{};
        std::size_t waiting = 0;
        time_point retry_at{};                   // while is_held; max: until resume_account()
        std::size_t refused_rank = class_count;  // the highest that it refused
        bool is_held = false;
        bool is_ready = false;  // stands in ready_
        class_turns turns{};
        std::array<turn_order, class_count> ranks{};
        // lanes_others.cpp
        bool is_down = false;  // while is_held: its rings are cleared out
        bool is_open = false;  // while is_held: there is somebody who has nothing to do
        std::vector<std::uint16_t> wanted_by{};  // those who wait for it to have nothing to do
        // Where the heads stand that nobody else may send while this one is down: so they are not
        // looked at for each one that comes.
        std::uint16_t twin = no_sender;
        std::uint16_t twin_of = no_sender;
        time_point look_at{};     // of a twin: when its heads are looked at again
        std::size_t to_look = 0;  // of a twin: heads, until it has been done
    };
    struct flow_state {
        delivery_terms terms;
        std::size_t rank = 0;
        std::uint64_t expired_through = 0;                        // positions
        std::deque<std::pair<std::uint64_t, time_point>> expiry;  // of positions after that
    };

    struct links_of {
        slab<fifo>* all;
        timer_links& operator()(slot of) const { return (*all)[of].links; }
    };
    struct tick_of {
        const slab<fifo>* all;
        std::uint64_t operator()(slot of) const { return (*all)[of].ready_at; }
    };

    // lanes.cpp: what waits in which lane
    slot lane_of(chat_id destination) const;
    slot likely_lane_of(chat_id destination) const;
    void finish(slot leader);
    std::uint16_t intern(account_id sender);
    std::uint32_t queue_of(account_id sender, flow_id flow);
    std::uint32_t queue_of(std::uint16_t sender, std::uint16_t flow);
    static void remember_expiry(flow_state& by, std::uint64_t position, time_point expires);
    bool is_expired(const item& what);
    slot add_fifo(chat_id destination, chat_id source, const item& head);
    bool append(slot leader, chat_id source, const item& what);
    bool pop(slot of);
    bool retire(slot of);
    slot fifo_before(slot of) const;
    bool remove(slot of, delivery_ref delivery);
    item* find(slot of, delivery_ref delivery);
    template <class Try>
    void each_of_source(chat_id destination, chat_id source, Try act);
    void forget(const item& what);
    bool is_backfill(const item& what) const;
    static constexpr std::uint32_t bits_of(tie of) { return std::to_underlying(of); }
    static bool is_tied(const item& what) { return what.ties == bits_of(tie::account); }
    std::size_t own_rank(slot of) const { return flows_[queues_[fifos_[of].head.queue].flow].rank; }
    std::uint16_t sender_of(slot of) const { return queues_[fifos_[of].head.queue].sender; }

    // lanes_turns.cpp: what may go, and whose turn it is
    bool is_ready(slot of) const {
        return !fifos_[of].is_empty && fifos_[of].ready_at <= now_tick_;
    }
    void refresh(slot leader);
    slot starved(slot leader) const;
    std::size_t highest_rank(slot leader) const;
    void line_up(slot of, slot hungry);
    void set_timer(slot holder, slot soonest);
    void enter(slot of, std::size_t rank);
    void leave_ring(slot of);
    void leave(slot of);
    void line_up(turn_order& order, std::size_t rank, std::uint32_t which);
    void make_ready(std::uint16_t sender);
    void hold(std::uint16_t sender, std::size_t rank, time_point retry_at);
    void release(std::uint16_t sender);
    void wake(time_point now);
    bool serve(std::uint16_t sender, gate& limits, std::vector<permit>& permits);
    slot next_fifo(turn_order& order, std::size_t rank);
    void expire(slot of);
    void discard(slot of);
    void refuse(slot of, time_point retry_at);
    void grant(slot of, time_point next_at, std::vector<permit>& permits);
    void launch(slot of, time_point next_at, std::vector<permit>& permits);

    // lanes_others.cpp: what others may do for an account that cannot
    bool do_without(std::uint16_t sender, std::size_t rank, const admission& answer, gate& limits,
                    std::vector<permit>& permits);
    bool is_long(account_id sender, const admission& answer, const gate& limits) const;
    void hold(std::uint16_t sender, std::size_t rank, const admission& answer, const gate& limits);
    bool lend(std::uint16_t sender, std::size_t rank, gate& limits, std::vector<permit>& permits);
    bool lend(slot of, std::size_t rank, gate& limits, std::vector<permit>& permits);
    bool give_away(std::uint16_t sender, gate& limits);
    bool pass_on(slot of, gate& limits, bool also_down);
    bool look_again_at(std::uint16_t twin);
    std::span<const account_id> others_for(slot of, gate& limits) const;
    void rehome(item& what, std::uint16_t to);
    void move(slot of, std::uint16_t to);
    std::uint16_t twin_of(std::uint16_t sender);
    void tell_who_waits(std::uint16_t sender);

    slab<item> items_;
    slab<fifo> fifos_;
    slot_index lane_of_;  // leaders by destination
    timer_wheel<links_of, tick_of> timers_{links_of{&fifos_}, tick_of{&fifos_}};
    std::vector<sender_state> senders_;
    std::vector<queue> queues_;
    std::vector<flow_state> flows_;
    boost::unordered_flat_map<account_id, std::uint16_t> sender_of_;
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> queue_of_;  // sender and flow
    std::pair<account_id, flow_id> newest_pair_{};  // what was asked for last, and its queue
    std::uint32_t newest_queue_ = no_queue;
    std::map<std::tuple<std::string, traffic_class, std::uint16_t, std::int64_t>, flow_id,
             std::less<>>
        flow_of_;
    std::deque<std::uint16_t> ready_;  // senders that may give permits, in turns
    std::set<std::pair<time_point, std::uint16_t>> senders_due_;  // of those that are held
    std::vector<delivery_ref> expired_;
    std::vector<delivery_ref> given_up_;
    std::size_t looks_left_ = 0;  // of this take()
    time_point now_{};            // of the newest take()
    std::uint64_t now_tick_ = 0;
    std::size_t waiting_ = 0;
    std::size_t in_flight_ = 0;
};

}  // namespace baudot::dispatch
