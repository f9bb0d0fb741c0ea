// What others may do for an account that cannot: P7 says for what.
#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "dispatch/lanes.hpp"

namespace baudot::dispatch {
namespace {

// Heads of an account that has to wait a moment, looked at for one that another may send now.
constexpr int looks_for_a_loan = 8;

}  // namespace

// The account refuses whatever it is asked for. True: something may go all the same.
bool lanes::do_without(std::uint16_t sender, std::size_t rank, const admission& answer,
                       gate& limits, std::vector<permit>& permits) {
    const account_id account = senders_[sender].account;
    const bool is_twin = senders_[sender].twin_of != no_sender;
    if (!limits.has_others(account) || (is_twin && !is_long(account, answer, limits))) {
        hold(sender, rank, answer.retry_at);
        return false;
    }
    if (is_twin) {
        sender_state& twin = senders_[sender];
        if (now_ < twin.look_at) {
            hold(sender, rank, std::min(answer.retry_at, twin.look_at));
            return false;
        }
        twin.look_at = now_ + look_again;
        for (const turn_order& each : twin.ranks) twin.to_look += each.fifos;
        return true;
    }
    senders_[sender].is_open = false;
    for (std::size_t each = rank; !is_long(account, answer, limits) && each < class_count; ++each) {
        if (lend(sender, each, limits, permits)) return true;
    }
    hold(sender, rank, answer, limits);
    return senders_[sender].is_down;
}

bool lanes::is_long(account_id sender, const admission& answer, const gate& limits) const {
    if (limits.is_lost(sender)) return true;
    // Until something happens: that may be soon.
    if (answer.retry_at == time_point::max()) return false;
    return answer.retry_at - now_ >= patience;
}

void lanes::hold(std::uint16_t sender, std::size_t rank, const admission& answer,
                 const gate& limits) {
    const bool is_open = senders_[sender].is_open;
    hold(sender, rank, answer.retry_at);
    senders_[sender].is_open = is_open;
    senders_[sender].is_down = is_long(senders_[sender].account, answer, limits);
}

// The first of its heads, in its order, that somebody may send who has nothing to do.
bool lanes::lend(std::uint16_t sender, std::size_t rank, gate& limits,
                 std::vector<permit>& permits) {
    for (int looks = 0; looks < looks_for_a_loan; ++looks) {
        turn_order& order = senders_[sender].ranks[rank];
        if (order.fifos == 0) {
            senders_[sender].is_open = true;  // the next one to come may be one
            return false;
        }
        const slot of = next_fifo(order, rank);
        if (fifos_[fifos_[of].leader].is_busy) {
            leave_ring(of);
            continue;
        }
        if (is_expired(fifos_[of].head)) {
            expire(of);
            return true;
        }
        if (lend(of, rank, limits, permits)) return true;
        queues_[fifos_[of].head.queue].rings[rank].first = fifos_[of].links.next;
    }
    return false;
}

bool lanes::lend(slot of, std::size_t rank, gate& limits, std::vector<permit>& permits) {
    if (is_tied(fifos_[of].head)) return false;
    const std::uint16_t sender = sender_of(of);
    for (const account_id other : others_for(of, limits)) {
        const std::uint16_t by = intern(other);
        if (by == sender || senders_[by].is_down) continue;
        const bool is_idle = !senders_[by].is_held && senders_[by].turns.highest() == class_count;
        const auto ask = [&] {
            const urgency how = rank == 0 ? urgency::urgent : urgency::ordinary;
            return limits.ask(now_, other, fifos_[of].destination, how);
        };
        const admission answer = is_idle ? ask() : admission{.account_wide = true};
        if (answer.admitted) {
            queue& from = queues_[fifos_[of].head.queue];
            from.rings[rank].deficit -= fifos_[of].head.cost;
            senders_[sender].turns.served(rank, now_);
            leave_ring(of);
            rehome(fifos_[of].head, by);
            launch(of, answer.retry_at, permits);
            return true;
        }
        if (!answer.account_wide) {
            senders_[sender].is_open = true;  // only this chat will not have it
            continue;
        }
        if (is_idle) hold(by, rank, answer, limits);
        std::vector<std::uint16_t>& waiting = senders_[by].wanted_by;
        if (std::ranges::find(waiting, sender) == waiting.end()) waiting.push_back(sender);
    }
    return false;
}

// It has nothing to do: those who wait for that may try again.
void lanes::tell_who_waits(std::uint16_t sender) {
    if (senders_[sender].wanted_by.empty()) return;
    for (const std::uint16_t each : std::exchange(senders_[sender].wanted_by, {})) {
        make_ready(each);
    }
}

// One head of an account that is away: to another one, or aside. False: none is left.
bool lanes::give_away(std::uint16_t sender, gate& limits) {
    const std::size_t rank = senders_[sender].turns.highest();
    if (rank == class_count) return false;
    --looks_left_;
    const slot of = next_fifo(senders_[sender].ranks[rank], rank);
    const item& head = fifos_[of].head;
    if (fifos_[fifos_[of].leader].is_busy) {
        leave_ring(of);
    } else if (is_expired(head)) {
        expire(of);
    } else if (!pass_on(of, limits, false)) {
        const bool is_lost = is_tied(head) && limits.is_lost(senders_[sender].account);
        if (is_lost && !others_for(of, limits).empty()) {
            given_up_.push_back({sequence{head.planned}, head.index});
            discard(of);
        } else {
            move(of, twin_of(sender));
        }
    }
    return true;
}

// To the one that has least to do, if there is one. `also_down`: also to one that is away.
bool lanes::pass_on(slot of, gate& limits, bool also_down) {
    if (is_tied(fifos_[of].head)) return false;
    std::uint16_t best = no_sender;
    for (const account_id other : others_for(of, limits)) {
        const std::uint16_t by = intern(other);
        if (by == sender_of(of)) continue;
        const bool is_better = best == no_sender || senders_[by].is_down < senders_[best].is_down ||
                               (senders_[by].is_down == senders_[best].is_down &&
                                senders_[by].waiting < senders_[best].waiting);
        if ((also_down || !senders_[by].is_down) && is_better) best = by;
    }
    if (best == no_sender) return false;
    move(of, best);
    return true;
}

// One head of a twin goes back where it came from, and is looked at there.
bool lanes::look_again_at(std::uint16_t twin) {
    sender_state& from = senders_[twin];
    const std::size_t rank = from.turns.highest();
    --looks_left_;
    if (rank == class_count) {
        from.to_look = 0;
        return false;
    }
    --from.to_look;
    const slot of = next_fifo(from.ranks[rank], rank);
    if (fifos_[fifos_[of].leader].is_busy) {
        leave_ring(of);
    } else {
        move(of, from.twin_of);
    }
    return true;
}

// Of what is tied nobody asks who could copy it: whether there is anybody.
std::span<const account_id> lanes::others_for(slot of, gate& limits) const {
    const fifo& which = fifos_[of];
    const bool needs_source = which.head.ties == bits_of(tie::source);
    return limits.others(senders_[sender_of(of)].account, which.destination, which.source,
                         needs_source);
}

void lanes::rehome(item& what, std::uint16_t to) {
    const std::uint16_t from = queues_[what.queue].sender;
    if (senders_[from].account != senders_[to].account) what.is_moved = 1;
    --senders_[from].waiting;
    ++senders_[to].waiting;
    what.queue = queue_of(to, queues_[what.queue].flow) & 0xFFFFF;
}

// The head of a FIFO, not in flight.
void lanes::move(slot of, std::uint16_t to) {
    fifo& moved = fifos_[of];
    leave(of);
    if (senders_[sender_of(of)].account != senders_[to].account) {
        moved.ready_at = 0;  // what the other waited for
    }
    rehome(moved.head, to);
    refresh(moved.leader);
}

std::uint16_t lanes::twin_of(std::uint16_t sender) {
    if (senders_[sender].twin != no_sender) return senders_[sender].twin;
    BAUDOT_ASSERT(senders_.size() < no_sender, "no configuration has so many accounts");
    const auto made = static_cast<std::uint16_t>(senders_.size());
    senders_.push_back({.account = senders_[sender].account, .twin_of = sender});
    senders_[made].look_at = now_ + look_again;
    senders_[sender].twin = made;
    return made;
}

}  // namespace baudot::dispatch
