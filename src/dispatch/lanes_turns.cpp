// What may go, and whose turn it is. What waits: lanes.cpp.
#include <algorithm>

#include "base/assert.hpp"
#include "dispatch/lane_ticks.hpp"
#include "dispatch/lanes.hpp"

namespace baudot::dispatch {

bool lanes::is_ready(slot of) const {
    return fifos_[of].ready_at <= tick_at(now_);
}

// The FIFO of a lane that higher classes have passed too often; no_slot: there is none.
slot lanes::starved(slot which) const {
    const slot last = lanes_[which].last;
    if (fifos_[last].next == last) return no_slot;
    slot of = last;
    do {
        of = fifos_[of].next;
        if (fifos_[of].passes >= passes_max && is_ready(of)) return of;
    } while (of != last);
    return no_slot;
}

std::size_t lanes::highest_rank(slot which) const {
    const slot last = lanes_[which].last;
    std::size_t highest = class_count - 1;
    slot of = last;
    do {
        of = fifos_[of].next;
        if (is_ready(of)) highest = std::min(highest, own_rank(of));
    } while (of != last);
    return highest;
}

// Of a free lane each FIFO that may go stands in a ring, and a timer waits for the next of the
// others. Where one is starved, those of the same account wait for it, and it stands with the
// highest of them, so that nobody waits longer for it than for an equal.
void lanes::refresh(slot which) {
    const lane& at = lanes_[which];
    if (at.busy) return;
    const slot hungry = starved(which);
    std::optional<std::uint64_t> due;
    slot of = at.last;
    do {
        of = fifos_[of].next;
        if (!is_ready(of)) {
            due = std::min<std::uint64_t>(due.value_or(UINT64_MAX), fifos_[of].ready_at);
            continue;
        }
        std::size_t rank = own_rank(of);
        if (hungry != no_slot && sender_of(of) == sender_of(hungry)) {
            if (of == hungry) rank = highest_rank(which);
            if (of != hungry || fifos_[of].rank != rank) leave(of);
            if (of != hungry) continue;
        }
        if (!fifos_[of].in_ring) enter(of, rank);
    } while (of != at.last);
    set_timer(which, due);
}

void lanes::set_timer(slot which, std::optional<std::uint64_t> due) {
    lane& at = lanes_[which];
    if (at.has_timer && due == at.due_at) return;
    if (at.has_timer) timers_.remove(which);
    at.has_timer = due.has_value();
    if (!due) return;
    at.due_at = *due;
    timers_.add(which);
}

void lanes::enter(slot of, std::size_t rank) {
    fifo& entering = fifos_[of];
    const std::uint32_t by = entering.queue;
    ring& to = queues_[by].rings[rank];
    entering.in_ring = 1;
    entering.rank = rank & 7;
    if (to.first == no_slot) {
        entering.later = entering.earlier = to.first = of;
    } else {
        fifo& first = fifos_[to.first];
        entering.later = to.first;
        entering.earlier = first.earlier;
        fifos_[first.earlier].later = of;
        first.earlier = of;
    }
    sender_state& from = senders_[queues_[by].sender];
    turn_order& order = from.ranks[rank];
    if (order.fifos++ == 0) from.turns.waits(rank);
    if (!to.is_active) {
        to.is_active = true;
        line_up(order, rank, by);
    }
    if (!from.is_held || rank < from.refused_rank) make_ready(queues_[by].sender);
}

void lanes::leave(slot of) {
    fifo& leaving = fifos_[of];
    if (!leaving.in_ring) return;
    queue& by = queues_[leaving.queue];
    ring& from = by.rings[leaving.rank];
    if (leaving.later == of) {
        from.first = no_slot;
    } else {
        if (from.first == of) from.first = leaving.later;
        fifos_[leaving.later].earlier = leaving.earlier;
        fifos_[leaving.earlier].later = leaving.later;
    }
    leaving.in_ring = 0;
    sender_state& sender = senders_[by.sender];
    if (--sender.ranks[leaving.rank].fifos == 0) sender.turns.rests(leaving.rank);
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
    held.is_held = false;
}

void lanes::resume_account(account_id sender) {
    const std::uint16_t from = intern(sender);
    release(from);
    make_ready(from);
}

void lanes::wake(time_point now) {
    now_ = now;
    while (!senders_due_.empty() && senders_due_.begin()->first <= now) {
        const std::uint16_t sender = senders_due_.begin()->second;
        release(sender);
        make_ready(sender);
    }
    timers_.advance(tick_at(now), [this](slot which) {
        lanes_[which].has_timer = 0;
        refresh(which);
    });
}

// One permit of each account in turn, so that none takes all that may be in flight.
void lanes::take(time_point now, gate& limits, std::size_t most, std::vector<permit>& permits) {
    wake(now);
    const std::size_t limit = permits.size() + most;
    while (permits.size() < limit && expired_.size() < most && !ready_.empty()) {
        const std::uint16_t sender = ready_.front();
        ready_.pop_front();
        senders_[sender].is_ready = false;
        if (serve(sender, limits, permits)) make_ready(sender);
    }
}

// At most one delivery. False: the account has nothing to give, or nothing waits for it.
bool lanes::serve(std::uint16_t sender, gate& limits, std::vector<permit>& permits) {
    sender_state& from = senders_[sender];
    bool only_highest = false;
    for (;;) {
        const std::size_t highest = from.turns.highest();
        if (highest == class_count) return false;
        const std::size_t rank = only_highest ? highest : from.turns.next(now_);
        const slot of = next_fifo(from.ranks[rank], rank);
        lane& at = lanes_[fifos_[of].lane];
        if (at.busy) {  // back with its end
            leave(of);
            continue;
        }
        if (is_expired(head(of))) {
            expire(of);
            return true;
        }
        const admission answer = limits.ask(now_, from.account, at.destination);
        if (answer.admitted) {
            grant(of, permits);
            return true;
        }
        if (!answer.account_wide) {
            leave(of);
            const std::uint64_t due = std::max(tick_from(answer.retry_at), tick_at(now_) + 1);
            fifos_[of].ready_at = due;
            set_timer(fifos_[of].lane,
                      at.has_timer ? std::min<std::uint64_t>(at.due_at, due) : due);
            continue;
        }
        // What it refuses to one class it may still give to a higher one.
        if (rank == highest) {
            hold(sender, rank, answer.retry_at);
            return false;
        }
        only_highest = true;
    }
}

// Deficit round robin: the first of the routes whose turn it is that can pay for its next delivery.
// Something stands in a ring of this rank.
slot lanes::next_fifo(turn_order& order, std::size_t rank) {
    for (;;) {
        const std::uint32_t which = order.first;
        ring& of = queues_[which].rings[rank];
        if (of.first != no_slot && of.deficit >= head(of.first).cost) return of.first;
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
    const slot which = fifos_[of].lane;
    const item& what = head(of);
    expired_.push_back({sequence{what.planned}, what.index});
    forget(what);
    leave(of);
    if (remove_item(which, fifo_before(of), fifos_[of].newest)) refresh(which);
}

void lanes::grant(slot of, std::vector<permit>& permits) {
    const item& what = head(of);
    queue& by = queues_[what.queue];
    sender_state& from = senders_[by.sender];
    fifo& granted = fifos_[of];
    lane& at = lanes_[granted.lane];
    by.rings[granted.rank].deficit -= what.cost;
    from.turns.served(granted.rank, now_);
    leave(of);
    granted.passes = 0;
    const std::size_t rank = own_rank(of);
    for (slot each = granted.next; each != of; each = fifos_[each].next) {
        fifo& other = fifos_[each];
        if (other.passes < passes_max && is_ready(each) && own_rank(each) > rank) ++other.passes;
    }
    set_timer(granted.lane, std::nullopt);
    at.last = fifo_before(of);
    at.busy = 1;
    forget(what);
    ++in_flight_;
    permits.push_back({{sequence{what.planned}, what.index},
                       at.destination,
                       granted.source,
                       from.account,
                       granted.lane});
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
