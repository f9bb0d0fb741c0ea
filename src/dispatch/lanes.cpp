// What waits in which lane. Whose turn it is: lanes_turns.cpp.
#include "dispatch/lanes.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "dispatch/lane_ticks.hpp"

namespace baudot::dispatch {

lanes::lanes() {
    (void)flow("", {});  // flow_id 0
}

flow_id lanes::flow(std::string_view route, const delivery_terms& terms) {
    const auto key =
        std::tuple(route, terms.traffic, terms.weight, std::int64_t{terms.expire_after.count()});
    const auto found = flow_of_.find(key);
    if (found != flow_of_.end()) return found->second;
    BAUDOT_ASSERT(flows_.size() < 0xFFFF, "no configuration has so many routes");
    const flow_id made{static_cast<std::uint16_t>(flows_.size())};
    flows_.push_back({.terms = terms, .rank = rank_of(terms.traffic), .expiry = {}});
    flow_of_.emplace(key, made);
    return made;
}

slot lanes::lane_of(chat_id destination) const {
    const auto found = by_chat_.find(destination);
    return found == by_chat_.end() ? no_slot : *found;
}

std::uint16_t lanes::intern(account_id sender) {
    const auto made = static_cast<std::uint16_t>(senders_.size());
    const auto [found, is_new] = sender_of_.try_emplace(sender, made);
    if (!is_new) return found->second;
    BAUDOT_ASSERT(senders_.size() < 0xFFFF, "no configuration has so many accounts");
    senders_.push_back({.account = sender});
    return made;
}

std::uint32_t lanes::queue_of(std::uint16_t sender, flow_id flow) {
    const auto by = std::to_underlying(flow);
    const auto made = static_cast<std::uint32_t>(queues_.size());
    const auto [found, is_new] = queue_of_.try_emplace(std::uint32_t{sender} << 16 | by, made);
    if (!is_new) return found->second;
    BAUDOT_ASSERT(queues_.size() < 1 << 20, "no configuration has so many pairs of them");
    queues_.push_back({.sender = sender, .flow = by});
    return made;
}

void lanes::push(chat_id destination, chat_id source, delivery_ref delivery, account_id sender,
                 flow_id of, time_point expires, std::uint8_t cost) {
    const std::uint64_t position = std::to_underlying(delivery.planned);
    BAUDOT_ASSERT(position < std::uint64_t{1} << 44, "positions of years");
    BAUDOT_ASSERT(delivery.index < 1 << 24 && cost > 0, "no plan has so many deliveries");
    slot which = lane_of(destination);
    if (which == no_slot) {
        which = lanes_.add({.destination = destination,
                            .due_at = 0,
                            .has_timer = 0,
                            .busy = 0,
                            .last = no_slot,
                            .timer = {}});
        by_chat_.insert(which);
    }
    const std::uint16_t from = intern(sender);
    flow_state& by = flows_[std::to_underlying(of)];
    if (by.terms.expire_after.count() > 0) remember_expiry(by, position, expires);
    const bool is_head = append(which, source,
                                {.planned = position,
                                 .queue = queue_of(from, of),
                                 .index = delivery.index,
                                 .cost = cost,
                                 .next = no_slot});
    ++waiting_;
    ++senders_[from].waiting;
    if (is_head) refresh(which);
}

// Positions grow and so do their ends, even where a clock went back: so one position says what has
// expired.
void lanes::remember_expiry(flow_state& by, std::uint64_t position, time_point expires) {
    auto& ends = by.expiry;
    if (!ends.empty() && ends.back().first == position) return;
    ends.emplace_back(position, ends.empty() ? expires : std::max(expires, ends.back().second));
}

bool lanes::is_expired(const item& what) {
    flow_state& by = flows_[queues_[what.queue].flow];
    while (!by.expiry.empty() && by.expiry.front().second <= now_) {
        by.expired_through = by.expiry.front().first;
        by.expiry.pop_front();
    }
    return what.planned <= by.expired_through;
}

// True: it is the head of its FIFO.
bool lanes::append(slot which, chat_id source, item what) {
    lane& at = lanes_[which];
    const bool is_backfill =
        flows_[queues_[what.queue].flow].terms.traffic == traffic_class::backfill;
    const slot added = items_.add(what);
    for (slot of = at.last; of != no_slot;) {
        fifo& each = fifos_[of];
        if (each.source == source && each.is_backfill == is_backfill) {
            items_[added].next = items_[each.newest].next;
            items_[each.newest].next = added;
            each.newest = added;
            return false;
        }
        of = each.next == at.last ? no_slot : each.next;
    }
    items_[added].next = added;
    const slot made = fifos_.add({.source = source,
                                  .ready_at = 0,
                                  .passes = 0,
                                  .rank = 0,
                                  .in_ring = 0,
                                  .is_backfill = is_backfill,
                                  .queue = static_cast<std::uint32_t>(what.queue),
                                  .lane = which,
                                  .newest = added,
                                  .next = no_slot,
                                  .later = no_slot,
                                  .earlier = no_slot});
    if (at.last == no_slot) {
        fifos_[made].next = made;
    } else {
        fifos_[made].next = fifos_[at.last].next;
        fifos_[at.last].next = made;
    }
    at.last = made;
    return true;
}

// The item after `previous_item` in the FIFO after `previous_fifo`, which stands in no ring. False:
// it was the last of its lane, which is gone.
bool lanes::remove_item(slot which, slot previous_fifo, slot previous_item) {
    const slot of = fifos_[previous_fifo].next;
    const slot removed = items_[previous_item].next;
    if (removed != previous_item) {
        items_[previous_item].next = items_[removed].next;
        if (fifos_[of].newest == removed) fifos_[of].newest = previous_item;
        fifos_[of].queue = head(of).queue;
        items_.remove(removed);
        return true;
    }
    items_.remove(removed);
    lane& at = lanes_[which];
    fifos_[previous_fifo].next = fifos_[of].next;
    if (at.last == of) at.last = previous_fifo;
    fifos_.remove(of);
    if (previous_fifo != of) return true;
    set_timer(which, std::nullopt);
    by_chat_.erase(which);
    lanes_.remove(which);
    return false;
}

slot lanes::fifo_before(slot of) const {
    slot before = of;
    while (fifos_[before].next != of) before = fifos_[before].next;
    return before;
}

void lanes::forget(const item& what) {
    --waiting_;
    --senders_[queues_[what.queue].sender].waiting;
}

void lanes::drop(chat_id destination, chat_id source, delivery_ref delivery) {
    const slot which = lane_of(destination);
    if (which == no_slot) return;
    BAUDOT_ASSERT(!lanes_[which].busy, "what is in flight cannot be dropped");
    const slot last = lanes_[which].last;
    for (slot before = last;;) {
        const slot of = fifos_[before].next;
        if (fifos_[of].source == source) {
            const std::optional<slot> previous = find(of, delivery);
            if (previous) {
                forget(items_[items_[*previous].next]);
                leave(of);
                if (remove_item(which, before, *previous)) refresh(which);
                return;
            }
        }
        before = of;
        if (before == last) return;
    }
}

// The item before it.
std::optional<slot> lanes::find(slot of, delivery_ref delivery) const {
    const std::uint64_t position = std::to_underlying(delivery.planned);
    const slot newest = fifos_[of].newest;
    // They stand in order of planning: what would stand behind the newest is not here.
    if (position > items_[newest].planned) return std::nullopt;
    slot previous = newest;
    do {
        const item& each = items_[items_[previous].next];
        if (each.planned == position && each.index == delivery.index) return previous;
        previous = items_[previous].next;
    } while (previous != newest);
    return std::nullopt;
}

void lanes::finish(slot which) {
    BAUDOT_ASSERT(which != no_slot && lanes_[which].busy, "a lane finished what it had not begun");
    lane& at = lanes_[which];
    at.busy = 0;
    --in_flight_;
    const slot before = at.last;
    const slot of = fifos_[before].next;
    fifos_[of].ready_at = 0;
    const slot newest = fifos_[of].newest;
    if (items_[newest].next != newest) at.last = of;  // the next source has its turn
    if (remove_item(which, before, newest)) refresh(which);
}

void lanes::repeat(chat_id destination, time_point not_before) {
    const slot which = lane_of(destination);
    BAUDOT_ASSERT(which != no_slot && lanes_[which].busy, "a lane repeats what it had not begun");
    lane& at = lanes_[which];
    at.busy = 0;
    --in_flight_;
    ++waiting_;
    const slot of = fifos_[at.last].next;
    ++senders_[sender_of(of)].waiting;
    fifos_[of].ready_at = tick_from(not_before);
    at.last = of;
    refresh(which);
}

std::vector<std::pair<account_id, std::size_t>> lanes::waiting_by_account() const {
    std::vector<std::pair<account_id, std::size_t>> all;
    for (const sender_state& each : senders_) {
        if (each.waiting > 0) all.emplace_back(each.account, each.waiting);
    }
    return all;
}

std::size_t lanes::bytes() const {
    std::size_t beside = sizeof timers_ + queues_.capacity() * sizeof(queue) +
                         senders_.capacity() * sizeof(sender_state);
    for (const flow_state& each : flows_) {
        beside += sizeof each + each.expiry.size() * sizeof each.expiry.front();
    }
    return beside + items_.bytes() + fifos_.bytes() + lanes_.bytes() +
           by_chat_.bucket_count() * (sizeof(slot) + 1);
}

}  // namespace baudot::dispatch
