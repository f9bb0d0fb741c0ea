// What may go, and whose turn it is. What waits: lanes.cpp.
#include <algorithm>

#include "base/assert.hpp"
#include "dispatch/lane_ticks.hpp"
#include "dispatch/lanes.hpp"

namespace baudot::dispatch {

// The FIFO of a lane that higher classes have passed too often; no_slot: there is none.
slot lanes::starved(slot leader) const {
    const slot last = fifos_[leader].last;
    if (fifos_[last].next == last) return no_slot;
    slot of = last;
    do {
        of = fifos_[of].next;
        if (fifos_[of].passes >= passes_max && is_ready(of)) return of;
    } while (of != last);
    return no_slot;
}

std::size_t lanes::highest_rank(slot leader) const {
    std::size_t highest = class_count - 1;
    slot of = leader;
    do {
        if (is_ready(of)) highest = std::min(highest, own_rank(of));
        of = fifos_[of].next;
    } while (of != leader);
    return highest;
}

// Of a free lane each FIFO that may go stands in a ring, and a timer waits for the first of the
// others.
void lanes::refresh(slot leader) {
    if (fifos_[leader].is_busy) return;
    const slot hungry = starved(leader);
    slot holder = no_slot;
    slot soonest = no_slot;
    const slot last = fifos_[leader].last;
    slot of = last;
    do {
        of = fifos_[of].next;
        const fifo& each = fifos_[of];
        if (each.is_empty) continue;
        if (each.stands == in_wheel) holder = of;
        if (is_ready(of)) {
            line_up(of, hungry);
        } else {
            leave_ring(of);
            if (soonest == no_slot || each.ready_at < fifos_[soonest].ready_at) soonest = of;
        }
    } while (of != last);
    set_timer(holder, soonest);
}

// Where one is starved, those of the same account wait for it, and it stands with the highest of
// them, so that nobody waits longer for it than for an equal.
void lanes::line_up(slot of, slot hungry) {
    std::size_t rank = own_rank(of);
    if (hungry != no_slot && sender_of(of) == sender_of(hungry)) {
        if (of != hungry) return leave_ring(of);
        rank = highest_rank(fifos_[of].leader);
        if (fifos_[of].rank != rank) leave_ring(of);
    }
    if (fifos_[of].stands == nowhere) enter(of, rank);
}

void lanes::set_timer(slot holder, slot soonest) {
    if (holder == soonest) return;
    if (holder != no_slot) leave(holder);
    if (soonest == no_slot) return;
    fifos_[soonest].stands = in_wheel;
    timers_.add(soonest);
}

void lanes::enter(slot of, std::size_t rank) {
    fifo& entering = fifos_[of];
    const std::uint32_t by = entering.head.queue;
    ring& to = queues_[by].rings[rank];
    entering.stands = in_ring;
    entering.rank = rank & 7;
    if (to.first == no_slot) {
        entering.links = {.next = of, .previous = of};
        to.first = of;
    } else {
        timer_links& first = fifos_[to.first].links;
        entering.links = {.next = to.first, .previous = first.previous};
        fifos_[first.previous].links.next = of;
        first.previous = of;
    }
    sender_state& from = senders_[queues_[by].sender];
    turn_order& order = from.ranks[rank];
    if (order.fifos++ == 0) from.turns.waits(rank);
    if (!to.is_active) {
        to.is_active = true;
        line_up(order, rank, by);
    }
    const bool may_go = !from.is_held || rank < from.refused_rank || from.is_down || from.is_open;
    if (may_go) make_ready(queues_[by].sender);
}

void lanes::leave_ring(slot of) {
    fifo& leaving = fifos_[of];
    if (leaving.stands != in_ring) return;
    leaving.stands = nowhere;
    queue& by = queues_[leaving.head.queue];
    ring& from = by.rings[leaving.rank];
    const timer_links links = leaving.links;
    if (links.next == of) {
        from.first = no_slot;
    } else {
        if (from.first == of) from.first = links.next;
        fifos_[links.next].links.previous = links.previous;
        fifos_[links.previous].links.next = links.next;
    }
    sender_state& sender = senders_[by.sender];
    if (--sender.ranks[leaving.rank].fifos == 0) sender.turns.rests(leaving.rank);
}

void lanes::leave(slot of) {
    leave_ring(of);
    if (fifos_[of].stands != in_wheel) return;
    timers_.remove(of);
    fifos_[of].stands = nowhere;
}

void lanes::line_up(turn_order& order, std::size_t rank, std::uint32_t which) {
    queues_[which].rings[rank].next = no_queue;
    if (order.first == no_queue) {
        order.first = which;
    } else {
        queues_[order.last].rings[rank].next = which;
    }
    order.last = which;
}

void lanes::make_ready(std::uint16_t sender) {
    if (senders_[sender].is_ready) return;
    senders_[sender].is_ready = true;
    ready_.push_back(sender);
}

void lanes::hold(std::uint16_t sender, std::size_t rank, time_point retry_at) {
    release(sender);
    sender_state& held = senders_[sender];
    held.is_held = true;
    held.refused_rank = rank;
    held.retry_at = retry_at;
    if (retry_at != time_point::max()) senders_due_.emplace(retry_at, sender);
}

void lanes::release(std::uint16_t sender) {
    sender_state& held = senders_[sender];
    if (held.is_held) senders_due_.erase({held.retry_at, sender});
    held.is_held = held.is_down = held.is_open = false;
}

void lanes::resume_account(account_id sender) {
    const std::uint16_t from = intern(sender);
    release(from);
    make_ready(from);
    const std::uint16_t twin = senders_[from].twin;
    if (twin == no_sender) return;
    release(twin);
    senders_[twin].look_at = now_;
    make_ready(twin);
}

void lanes::wake(time_point now) {
    now_ = now;
    now_tick_ = tick_at(now);
    while (!senders_due_.empty() && senders_due_.begin()->first <= now) {
        const std::uint16_t sender = senders_due_.begin()->second;
        release(sender);
        make_ready(sender);
    }
    timers_.advance(now_tick_, [this](slot of) {
        fifos_[of].stands = nowhere;
        refresh(fifos_[of].leader);
    });
}

// One permit of each account in turn, so that none takes all that may be in flight.
void lanes::take(time_point now, gate& limits, std::size_t most, std::vector<permit>& permits) {
    wake(now);
    looks_left_ = looks_max;
    const std::size_t limit = permits.size() + most;
    while (permits.size() < limit && expired_.size() < most && looks_left_ > 0 && !ready_.empty()) {
        const std::uint16_t sender = ready_.front();
        ready_.pop_front();
        senders_[sender].is_ready = false;
        if (serve(sender, limits, permits)) make_ready(sender);
    }
}

// At most one delivery. False: the account has nothing to give, or nothing waits for it.
bool lanes::serve(std::uint16_t sender, gate& limits, std::vector<permit>& permits) {
    if (senders_[sender].is_down) return give_away(sender, limits);
    if (senders_[sender].to_look > 0) return look_again_at(sender);
    bool only_highest = false;
    for (;;) {
        sender_state& from = senders_[sender];
        const std::size_t highest = from.turns.highest();
        if (highest == class_count) {
            tell_who_waits(sender);
            return false;
        }
        const std::size_t rank = only_highest ? highest : from.turns.next(now_);
        const slot of = next_fifo(from.ranks[rank], rank);
        const fifo& next = fifos_[of];
        if (fifos_[next.leader].is_busy) {  // back with its end
            leave_ring(of);
            continue;
        }
        fifos_.prefetch(next.links.next);
        if (is_expired(next.head)) {
            expire(of);
            return true;
        }
        if (limits.is_barred(from.account, next.destination) && pass_on(of, limits, true)) {
            --looks_left_;
            return true;
        }
        // Where the highest class waits, whoever has the turn that is due instead of it has what is
        // kept for it, or there would never be two permits, and so none for the others.
        const urgency how = highest == 0 ? urgency::urgent : urgency::ordinary;
        const admission answer = limits.ask(now_, from.account, next.destination, how);
        if (answer.admitted) {
            grant(of, answer.retry_at, permits);
            return true;
        }
        if (!answer.account_wide) {
            refuse(of, answer.retry_at);
            continue;
        }
        // What it refuses to one class it may still give to a higher one.
        if (rank == highest) return do_without(sender, rank, answer, limits, permits);
        only_highest = true;
    }
}

// Deficit round robin: the first of the routes whose turn it is that can pay for its next delivery.
// Something stands in a ring of this rank.
slot lanes::next_fifo(turn_order& order, std::size_t rank) {
    for (;;) {
        const std::uint32_t which = order.first;
        ring& of = queues_[which].rings[rank];
        if (of.first != no_slot && of.deficit >= fifos_[of.first].head.cost) return of.first;
        order.first = of.next;
        if (of.first == no_slot) {
            of.is_active = false;
            of.deficit = 0;
            continue;
        }
        of.deficit += flows_[queues_[which].flow].terms.weight;
        line_up(order, rank, which);
    }
}

void lanes::expire(slot of) {
    const item& what = fifos_[of].head;
    expired_.push_back({sequence{what.planned}, what.index});
    discard(of);
}

// The chat refuses the account: so it would the FIFOs beside, but for those of higher classes.
void lanes::refuse(slot of, time_point retry_at) {
    const std::uint64_t due = std::max(tick_from(retry_at), now_tick_ + 1);
    const std::size_t rank = own_rank(of);
    slot each = of;
    do {
        if (is_ready(each) && sender_of(each) == sender_of(of) && own_rank(each) >= rank) {
            leave_ring(each);
            fifos_[each].ready_at = due;
        }
        each = fifos_[each].next;
    } while (each != of);
    refresh(fifos_[of].leader);
}

// `next_at`: as of refuse(), from when the chat may be asked for the next.
void lanes::grant(slot of, time_point next_at, std::vector<permit>& permits) {
    const fifo& granted = fifos_[of];
    queue& by = queues_[granted.head.queue];
    by.rings[granted.rank].deficit -= granted.head.cost;
    senders_[by.sender].turns.served(granted.rank, now_);
    leave_ring(of);
    launch(of, next_at, permits);
}

// It stands in no ring.
void lanes::launch(slot of, time_point next_at, std::vector<permit>& permits) {
    fifo& granted = fifos_[of];
    granted.passes = 0;
    const std::size_t rank = own_rank(of);
    const std::uint64_t due = std::max(tick_from(next_at), now_tick_);
    for (slot each = granted.next; each != of; each = fifos_[each].next) {
        fifo& other = fifos_[each];
        if (!is_ready(each)) continue;
        const std::size_t other_rank = own_rank(each);
        if (other.passes < passes_max && other_rank > rank) ++other.passes;
        if (sender_of(each) == sender_of(of) && other_rank >= rank) other.ready_at = due;
    }
    granted.ready_at = due;
    fifo& lane = fifos_[granted.leader];
    lane.last = fifo_before(of);
    lane.is_busy = 1;
    forget(granted.head);
    ++in_flight_;
    permits.push_back({{sequence{granted.head.planned}, granted.head.index},
                       granted.destination,
                       granted.source,
                       senders_[sender_of(of)].account,
                       granted.leader,
                       is_tied(granted.head),
                       granted.head.is_moved != 0});
    items_.prefetch(granted.head.next);  // the next head
}

std::optional<time_point> lanes::next_due() const {
    if (!ready_.empty()) return time_point::min();
    std::optional<time_point> earliest;
    if (const auto tick = timers_.next()) earliest = time_of(*tick);
    if (!senders_due_.empty() && (!earliest || senders_due_.begin()->first < *earliest)) {
        earliest = senders_due_.begin()->first;
    }
    return earliest;
}

}  // namespace baudot::dispatch
