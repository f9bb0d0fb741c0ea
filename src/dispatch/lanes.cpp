#include "dispatch/lanes.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace baudot::dispatch {

slot lanes::lane_of(chat_id destination) const {
    const auto found = by_chat_.find(destination);
    return found == by_chat_.end() ? no_slot : *found;
}

std::uint16_t lanes::intern(account_id sender) {
    const auto found = std::ranges::find(senders_, sender, &sender_state::account);
    if (found != senders_.end()) return static_cast<std::uint16_t>(found - senders_.begin());
    BAUDOT_ASSERT(senders_.size() < no_sender, "no configuration has so many accounts");
    senders_.push_back({.account = sender});
    return static_cast<std::uint16_t>(senders_.size() - 1);
}

void lanes::push(chat_id destination, chat_id source, delivery_ref delivery, account_id sender) {
    slot which = lane_of(destination);
    if (which == no_slot) {
        which = lanes_.add({.destination = destination,
                            .queued_at = {},
                            .last = no_slot,
                            .place = no_slot,
                            .later = no_slot,
                            .behind = no_sender,
                            .busy = false,
                            .queued = false});
        by_chat_.insert(which);
    }
    const std::uint16_t from = intern(sender);
    const bool is_head = append(which, source, delivery, from);
    ++waiting_;
    ++senders_[from].waiting;
    // A lane that waits in due_ may wait for another source's delay; this one may go at once.
    lane& at = lanes_[which];
    if (at.busy || !is_head) return;
    if (at.queued && at.behind != no_sender) {
        if (at.behind == from) return;
        unqueue(which);
    }
    queue(which, time_point::min());
}

// True: it is the head of its FIFO.
bool lanes::append(slot which, chat_id source, delivery_ref delivery, std::uint16_t sender) {
    const std::uint64_t position = std::to_underlying(delivery.planned);
    BAUDOT_ASSERT(position < std::uint64_t{1} << 48, "positions of centuries");
    lane& at = lanes_[which];
    const slot added = items_.add(
        {.planned = position, .sender = sender, .index = delivery.index, .next = no_slot});
    for (slot of = at.last; of != no_slot;) {
        fifo& each = fifos_[of];
        if (each.source == source) {
            items_[added].next = items_[each.newest].next;
            items_[each.newest].next = added;
            each.newest = added;
            return false;
        }
        of = each.next == at.last ? no_slot : each.next;
    }
    items_[added].next = added;
    const slot made = fifos_.add({.source = source, .newest = added, .next = no_slot});
    if (at.last == no_slot) {
        fifos_[made].next = made;
    } else {
        fifos_[made].next = fifos_[at.last].next;
        fifos_[at.last].next = made;
    }
    at.last = made;
    return true;
}

// The item after `previous_item` in the FIFO after `previous_fifo`; the lane goes with its last.
void lanes::remove_item(slot which, slot previous_fifo, slot previous_item) {
    const slot of = fifos_[previous_fifo].next;
    const slot removed = items_[previous_item].next;
    if (removed != previous_item) {
        items_[previous_item].next = items_[removed].next;
        if (fifos_[of].newest == removed) fifos_[of].newest = previous_item;
        items_.remove(removed);
        return;
    }
    items_.remove(removed);
    delays_.erase(of);
    lane& at = lanes_[which];
    fifos_[previous_fifo].next = fifos_[of].next;
    if (at.last == of) at.last = previous_fifo;
    fifos_.remove(of);
    if (previous_fifo != of) return;
    unqueue(which);
    by_chat_.erase(which);
    lanes_.remove(which);
}

void lanes::drop(chat_id destination, chat_id source, delivery_ref delivery) {
    const slot which = lane_of(destination);
    if (which == no_slot) return;
    BAUDOT_ASSERT(!lanes_[which].busy, "what is in flight cannot be dropped");
    const slot last = lanes_[which].last;
    for (slot before = last;;) {
        const slot of = fifos_[before].next;
        if (fifos_[of].source == source) {
            // They stand in order of planning: what would stand behind the newest is not here.
            if (delivery.planned > sequence{items_[fifos_[of].newest].planned}) return;
            slot previous = fifos_[of].newest;
            do {
                const item& each = items_[items_[previous].next];
                if (each.planned == std::to_underlying(delivery.planned) &&
                    each.index == delivery.index) {
                    --waiting_;
                    --senders_[each.sender].waiting;
                    remove_item(which, before, previous);
                    return;
                }
                previous = items_[previous].next;
            } while (previous != fifos_[of].newest);
            return;
        }
        before = of;
        if (before == last) return;
    }
}

void lanes::take(time_point now, gate& limits, std::size_t most, std::vector<permit>& permits) {
    const std::size_t limit = permits.size() + most;
    while (permits.size() < limit && !senders_due_.empty() && senders_due_.begin()->first <= now) {
        take_behind(senders_due_.begin()->second, now, limits, permits);
    }
    while (permits.size() < limit && !due_.empty() && lanes_[due_.front()].queued_at <= now) {
        const slot which = due_.front();
        unqueue(which);
        try_lane(now, limits, which, permits);
    }
}

// The lane that has waited longest for the account; a refusal puts it back in front, with a new
// time, so that one refusal is the whole cost of a held account.
void lanes::take_behind(std::uint16_t sender, time_point now, gate& limits,
                        std::vector<permit>& permits) {
    const slot which = senders_[sender].first;
    leave(which);
    if (try_lane(now, limits, which, permits) || lanes_[which].behind != sender) return;
    const time_point retry_at = senders_[sender].retry_at;
    leave(which);
    park(which, sender, retry_at, true);
}

// Asks for each source once, beginning with the one whose turn it is. What refuses last decides
// where the lane waits: behind an account only if every head waits for that same account.
bool lanes::try_lane(time_point now, gate& limits, slot which, std::vector<permit>& permits) {
    lane& at = lanes_[which];
    time_point earliest = time_point::max();
    std::optional<std::uint16_t> common;
    bool same_account = true;
    for (slot before = at.last;;) {
        const slot of = fifos_[before].next;
        const item& head = items_[items_[fifos_[of].newest].next];
        admission answer{.retry_at = not_before(of)};
        if (answer.retry_at <= now) answer = ask(now, limits, head.sender, at.destination);
        if (answer.admitted) {
            at.last = before;
            at.busy = true;
            --waiting_;
            --senders_[head.sender].waiting;
            ++in_flight_;
            permits.push_back({{sequence{head.planned}, head.index},
                               at.destination,
                               fifos_[of].source,
                               senders_[head.sender].account});
            return true;
        }
        earliest = std::min(earliest, answer.retry_at);
        same_account =
            same_account && answer.account_wide && common.value_or(head.sender) == head.sender;
        common = head.sender;
        before = of;
        if (before == at.last) break;
    }
    if (same_account) {
        park(which, *common, earliest, false);
    } else {
        queue(which, earliest);
    }
    return false;
}

void lanes::finished(chat_id destination) {
    const slot which = lane_of(destination);
    BAUDOT_ASSERT(which != no_slot && lanes_[which].busy, "a lane finished what it had not begun");
    lane& at = lanes_[which];
    at.busy = false;
    --in_flight_;
    const slot before = at.last;
    const slot of = fifos_[before].next;
    const bool is_last_item = items_[fifos_[of].newest].next == fifos_[of].newest;
    const bool is_last_fifo = before == of;
    delays_.erase(of);
    if (!is_last_item) at.last = of;  // the next source has its turn
    remove_item(which, before, fifos_[of].newest);
    if (!is_last_item || !is_last_fifo) queue(which, time_point::min());
}

void lanes::repeat(chat_id destination, time_point not_before) {
    const slot which = lane_of(destination);
    BAUDOT_ASSERT(which != no_slot && lanes_[which].busy, "a lane repeats what it had not begun");
    lane& at = lanes_[which];
    at.busy = false;
    --in_flight_;
    ++waiting_;
    const slot of = fifos_[at.last].next;
    ++senders_[items_[items_[fifos_[of].newest].next].sender].waiting;
    delays_.insert_or_assign(of, not_before);
    at.last = of;
    queue(which, time_point::min());
}

time_point lanes::not_before(slot of) const {
    const auto found = delays_.find(of);
    return found == delays_.end() ? time_point::min() : found->second;
}

void lanes::resume_account(account_id sender) {
    const std::uint16_t from = intern(sender);
    while (senders_[from].first != no_slot) {
        const slot which = senders_[from].first;
        leave(which);
        queue(which, time_point::min());
    }
}

// Who came first to a busy account goes first: newcomers line up without asking.
admission lanes::ask(time_point now, gate& limits, std::uint16_t sender,
                     chat_id destination) const {
    const sender_state& from = senders_[sender];
    if (from.first != no_slot && from.retry_at > now) {
        return {.account_wide = true, .retry_at = from.retry_at};
    }
    return limits.ask(now, from.account, destination);
}

void lanes::queue(slot which, time_point when) {
    lane& at = lanes_[which];
    if (at.queued && at.behind == no_sender && at.queued_at <= when) return;
    unqueue(which);
    at.queued = true;
    at.queued_at = when;
    if (when != time_point::max()) due_.push(which);
}

void lanes::unqueue(slot which) {
    lane& at = lanes_[which];
    if (!at.queued) return;
    if (at.behind != no_sender) {
        leave(which);
        return;
    }
    at.queued = false;
    if (at.queued_at != time_point::max()) due_.erase(which);
    at.place = no_slot;
}

void lanes::park(slot which, std::uint16_t sender, time_point retry_at, bool in_front) {
    sender_state& from = senders_[sender];
    if (from.first == no_slot || retry_at != from.retry_at) {
        senders_due_.erase({from.retry_at, sender});
        from.retry_at = retry_at;
        if (retry_at != time_point::max()) senders_due_.emplace(retry_at, sender);
    }
    lane& at = lanes_[which];
    at.queued = true;
    at.behind = sender;
    at.place = in_front ? no_slot : from.last;
    at.later = in_front ? from.first : no_slot;
    (at.place == no_slot ? from.first : lanes_[at.place].later) = which;
    (at.later == no_slot ? from.last : lanes_[at.later].place) = which;
}

// Out of the line behind its account.
void lanes::leave(slot which) {
    lane& at = lanes_[which];
    sender_state& from = senders_[at.behind];
    (at.place == no_slot ? from.first : lanes_[at.place].later) = at.later;
    (at.later == no_slot ? from.last : lanes_[at.later].place) = at.place;
    if (from.first == no_slot) senders_due_.erase({from.retry_at, at.behind});
    at.place = at.later = no_slot;
    at.behind = no_sender;
    at.queued = false;
}

std::optional<time_point> lanes::next_due() const {
    std::optional<time_point> earliest;
    if (!due_.empty()) earliest = lanes_[due_.front()].queued_at;
    if (!senders_due_.empty() && (!earliest || senders_due_.begin()->first < *earliest)) {
        earliest = senders_due_.begin()->first;
    }
    return earliest;
}

std::vector<std::pair<account_id, std::size_t>> lanes::waiting_by_account() const {
    std::vector<std::pair<account_id, std::size_t>> all;
    for (const sender_state& each : senders_) {
        if (each.waiting > 0) all.emplace_back(each.account, each.waiting);
    }
    return all;
}

std::size_t lanes::bytes() const {
    return items_.bytes() + fifos_.bytes() + lanes_.bytes() + due_.bytes() +
           by_chat_.bucket_count() * (sizeof(slot) + 1);
}

}  // namespace baudot::dispatch
