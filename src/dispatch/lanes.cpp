// What waits in which lane. Whose turn it is: lanes_turns.cpp.
#include "dispatch/lanes.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "dispatch/lane_ticks.hpp"

namespace baudot::dispatch {
namespace {

std::uint32_t hash_of(chat_id chat) {
    auto bits = static_cast<std::uint64_t>(std::to_underlying(chat));
    bits = (bits ^ bits >> 32) * 0x9E3779B97F4A7C15;
    bits = (bits ^ bits >> 29) * 0xBF58476D1CE4E5B9;
    return static_cast<std::uint32_t>(bits >> 32);
}

}  // namespace

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
    return lane_of_.find(hash_of(destination),
                         [&](slot leader) { return fifos_[leader].destination == destination; });
}

// Looks at no FIFO, and so may mistake another chat of the same hash for it.
slot lanes::likely_lane_of(chat_id destination) const {
    return lane_of_.find(hash_of(destination), [](slot) { return true; });
}

std::uint16_t lanes::intern(account_id sender) {
    const auto made = static_cast<std::uint16_t>(senders_.size());
    const auto [found, is_new] = sender_of_.try_emplace(sender, made);
    if (!is_new) return found->second;
    BAUDOT_ASSERT(senders_.size() < 0xFFFF, "no configuration has so many accounts");
    senders_.push_back({.account = sender});
    return made;
}

std::uint32_t lanes::queue_of(account_id sender, flow_id flow) {
    if (newest_queue_ != no_queue && newest_pair_ == std::pair(sender, flow)) return newest_queue_;
    newest_queue_ = queue_of(intern(sender), std::to_underlying(flow));
    newest_pair_ = {sender, flow};
    return newest_queue_;
}

std::uint32_t lanes::queue_of(std::uint16_t sender, std::uint16_t flow) {
    const auto made = static_cast<std::uint32_t>(queues_.size());
    const auto [found, is_new] = queue_of_.try_emplace(std::uint32_t{sender} << 16 | flow, made);
    if (is_new) {
        BAUDOT_ASSERT(queues_.size() < 1 << 20, "no configuration has so many pairs of them");
        queues_.push_back({.sender = sender, .flow = flow});
    }
    return found->second;
}

void lanes::push(chat_id destination, chat_id source, delivery_ref delivery, account_id sender,
                 flow_id of, time_point expires, std::uint8_t cost, tie ties) {
    const std::uint64_t position = std::to_underlying(delivery.planned);
    BAUDOT_ASSERT(position < std::uint64_t{1} << 44, "positions of years");
    BAUDOT_ASSERT(delivery.index < 1 << 24, "no plan has so many deliveries");
    BAUDOT_ASSERT(cost > 0 && cost < cost_end, "an album has ten parts");
    flow_state& by = flows_[std::to_underlying(of)];
    if (by.terms.expire_after.count() > 0) remember_expiry(by, position, expires);
    const std::uint32_t queue = queue_of(sender, of);
    const item what{.planned = position,
                    .queue = queue & 0xFFFFF,
                    .index = delivery.index & 0xFFFFFF,
                    .cost = static_cast<std::uint32_t>(cost & 31),
                    .ties = bits_of(ties) & 3,
                    .is_moved = 0,
                    .next = no_slot};
    ++waiting_;
    ++senders_[queues_[queue].sender].waiting;
    const slot leader = lane_of(destination);
    if (leader == no_slot) {
        refresh(add_fifo(destination, source, what));
    } else if (append(leader, source, what)) {
        refresh(leader);
    }
}

void lanes::push(chat_id source, flow_id of, time_point expires, std::span<const arrival> all) {
    // Each fetch needs the one before: the place in the index, the FIFO, its newest item.
    constexpr std::size_t step = 8;
    for (std::size_t at = 0; at < all.size() + 3 * step; ++at) {
        if (at < all.size()) lane_of_.prefetch(hash_of(all[at].destination));
        if (const std::size_t second = at - step; second < all.size()) {
            fifos_.prefetch(likely_lane_of(all[second].destination));
        }
        if (const std::size_t third = at - 2 * step; third < all.size()) {
            const slot leader = likely_lane_of(all[third].destination);
            if (leader != no_slot) items_.prefetch(fifos_[leader].newest);
        }
        if (const std::size_t last = at - 3 * step; last < all.size()) {
            const arrival& each = all[last];
            push(each.destination, source, each.delivery, each.sender, of, expires, 1, each.ties);
        }
    }
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

bool lanes::is_backfill(const item& what) const {
    return flows_[queues_[what.queue].flow].terms.traffic == traffic_class::backfill;
}

slot lanes::add_fifo(chat_id destination, chat_id source, const item& head) {
    const slot made = fifos_.add({.destination = destination,
                                  .source = source,
                                  .head = head,
                                  .ready_at = 0,
                                  .passes = 0,
                                  .rank = 0,
                                  .stands = nowhere,
                                  .is_backfill = is_backfill(head),
                                  .is_empty = 0,
                                  .is_busy = 0,
                                  .newest = no_slot,
                                  .leader = no_slot,
                                  .next = no_slot,
                                  .last = no_slot,
                                  .links = {}});
    fifo& added = fifos_[made];
    const slot leader = lane_of(destination);
    if (leader == no_slot) {
        added.leader = added.next = added.last = made;
        lane_of_.add(hash_of(destination), made);
        return made;
    }
    fifo& lane = fifos_[leader];
    added.leader = leader;
    added.next = fifos_[lane.last].next;
    fifos_[lane.last].next = made;
    lane.last = made;
    return made;
}

// True: it is the head of its FIFO.
bool lanes::append(slot leader, chat_id source, const item& what) {
    const bool backfill = is_backfill(what);
    slot of = leader;
    do {
        fifo& each = fifos_[of];
        if (!each.is_empty && each.source == source && each.is_backfill == backfill) {
            const slot added = items_.add(what);
            (each.newest == no_slot ? each.head : items_[each.newest]).next = added;
            each.newest = added;
            return false;
        }
        of = each.next;
    } while (of != leader);
    fifo& first = fifos_[leader];
    if (!first.is_empty) {
        add_fifo(first.destination, source, what);
        return true;
    }
    first.source = source;
    first.head = what;
    first.is_backfill = backfill;
    first.is_empty = 0;
    first.ready_at = 0;
    first.passes = 0;
    return true;
}

// The head of a FIFO that stands nowhere is over. False: so is its lane.
bool lanes::pop(slot of) {
    fifo& from = fifos_[of];
    const slot second = from.head.next;
    if (second == no_slot) return retire(of);
    const std::uint16_t sender = sender_of(of);
    from.head = items_[second];
    if (from.newest == second) from.newest = no_slot;
    items_.remove(second);
    if (sender_of(of) != sender) from.ready_at = 0;  // what another account waited for
    return true;
}

// A FIFO is empty. False: it was the last of its lane, which is gone.
bool lanes::retire(slot of) {
    const slot leader = fifos_[of].leader;
    if (of == leader) {
        fifos_[of].is_empty = 1;
    } else {
        const slot before = fifo_before(of);
        fifos_[before].next = fifos_[of].next;
        if (fifos_[leader].last == of) fifos_[leader].last = before;
        fifos_.remove(of);
    }
    const fifo& lane = fifos_[leader];
    if (!lane.is_empty || lane.next != leader) return true;
    lane_of_.remove(hash_of(lane.destination), leader);
    fifos_.remove(leader);
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

// Until one says yes.
template <class Try>
void lanes::each_of_source(chat_id destination, chat_id source, Try act) {
    const slot leader = lane_of(destination);
    if (leader == no_slot) return;
    BAUDOT_ASSERT(!fifos_[leader].is_busy, "what is in flight cannot be changed");
    slot of = leader;
    do {
        const fifo& each = fifos_[of];
        const slot next = each.next;
        if (!each.is_empty && each.source == source && act(of)) return;
        of = next;
    } while (of != leader);
}

void lanes::drop(chat_id destination, chat_id source, delivery_ref delivery) {
    each_of_source(destination, source, [&](slot of) { return remove(of, delivery); });
}

void lanes::assign(chat_id destination, chat_id source, delivery_ref delivery, account_id sender,
                   tie ties) {
    const std::uint16_t to = intern(sender);
    each_of_source(destination, source, [&](slot of) {
        item* found = find(of, delivery);
        if (!found) return false;
        found->ties = bits_of(ties) & 3;
        if (found == &fifos_[of].head) {
            move(of, to);
        } else {
            rehome(*found, to);
        }
        return true;
    });
}

// Null: it is not in this FIFO.
lanes::item* lanes::find(slot of, delivery_ref delivery) {
    const auto is_it = [&](const item& each) {
        return each.planned == std::to_underlying(delivery.planned) && each.index == delivery.index;
    };
    fifo& in = fifos_[of];
    if (is_it(in.head)) return &in.head;
    // They stand in order of planning: what would stand behind the newest is not here.
    if (in.newest == no_slot) return nullptr;
    if (std::to_underlying(delivery.planned) > items_[in.newest].planned) return nullptr;
    for (slot each = in.head.next; each != no_slot; each = items_[each].next) {
        if (is_it(items_[each])) return &items_[each];
    }
    return nullptr;
}

// False: it is not in this FIFO.
bool lanes::remove(slot of, delivery_ref delivery) {
    fifo& from = fifos_[of];
    const item* found = find(of, delivery);
    if (!found) return false;
    if (found == &from.head) {
        discard(of);
        return true;
    }
    item* before = &from.head;
    slot previous = no_slot;
    slot each = before->next;
    for (; &items_[each] != found; each = before->next) {
        before = &items_[each];
        previous = each;
    }
    forget(*found);
    before->next = found->next;
    if (from.newest == each) from.newest = previous;
    items_.remove(each);
    return true;
}

// The head, which was not in flight, is over.
void lanes::discard(slot of) {
    const slot leader = fifos_[of].leader;
    forget(fifos_[of].head);
    leave(of);
    if (pop(of)) refresh(leader);
}

void lanes::finish(slot leader) {
    BAUDOT_ASSERT(leader != no_slot && fifos_[leader].is_busy,
                  "a lane finished what it had not begun");
    fifo& lane = fifos_[leader];
    lane.is_busy = 0;
    --in_flight_;
    const slot of = fifos_[lane.last].next;
    lane.last = of;  // the next source has its turn
    if (pop(of)) refresh(leader);
}

void lanes::repeat(chat_id destination, time_point not_before, bool ties) {
    const slot leader = lane_of(destination);
    BAUDOT_ASSERT(leader != no_slot && fifos_[leader].is_busy,
                  "a lane repeats what it had not begun");
    fifo& lane = fifos_[leader];
    lane.is_busy = 0;
    --in_flight_;
    ++waiting_;
    const slot of = fifos_[lane.last].next;
    ++senders_[sender_of(of)].waiting;
    fifos_[of].ready_at = std::max<std::uint64_t>(fifos_[of].ready_at, tick_from(not_before));
    if (ties) fifos_[of].head.ties = bits_of(tie::account) & 3;
    lane.last = of;
    refresh(leader);
}

std::vector<std::pair<account_id, std::size_t>> lanes::waiting_by_account() const {
    std::vector<std::pair<account_id, std::size_t>> all;
    for (const sender_state& each : senders_) {
        if (each.twin_of != no_sender) continue;
        const std::size_t beside = each.twin == no_sender ? 0 : senders_[each.twin].waiting;
        if (each.waiting + beside > 0) all.emplace_back(each.account, each.waiting + beside);
    }
    return all;
}

std::size_t lanes::bytes() const {
    std::size_t beside = sizeof timers_ + queues_.capacity() * sizeof(queue) +
                         senders_.capacity() * sizeof(sender_state);
    for (const flow_state& each : flows_) {
        beside += sizeof each + each.expiry.size() * sizeof each.expiry.front();
    }
    return beside + items_.bytes() + fifos_.bytes() + lane_of_.bytes();
}

}  // namespace baudot::dispatch
