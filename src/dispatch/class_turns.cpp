#include "dispatch/class_turns.hpp"

#include "base/assert.hpp"

namespace baudot::dispatch {

void class_turns::waits(std::size_t rank) {
    if (!waits_[rank].is) waits_[rank] = {.is = true, .order = ++order_};
}

void class_turns::rests(std::size_t rank) {
    waits_[rank].is = false;
}

std::size_t class_turns::highest() const {
    std::size_t rank = 0;
    while (rank < class_count && !waits_[rank].is) ++rank;
    return rank;
}

// class_count: no lower one waits.
std::size_t class_turns::longest_below(std::size_t rank) const {
    std::size_t longest = class_count;
    for (std::size_t each = rank + 1; each < class_count; ++each) {
        if (!waits_[each].is) continue;
        if (longest == class_count || waits_[each].order < waits_[longest].order) longest = each;
    }
    return longest;
}

std::size_t class_turns::next(time_point now) {
    for (waiting& each : waits_) {
        if (each.is && !each.since) each.since = now;
    }
    const std::size_t first = highest();
    BAUDOT_ASSERT(first < class_count, "nobody's turn is asked for");
    const std::size_t longest = longest_below(first);
    if (longest == class_count) return first;
    const bool is_its_turn =
        given_ >= turns_of_the_highest || now - *waits_[longest].since >= longest_wait;
    return is_its_turn ? longest : first;
}

void class_turns::served(std::size_t rank, time_point now) {
    const bool others_wait = rank == highest() && longest_below(rank) < class_count;
    given_ = others_wait ? given_ + 1 : 0;
    waits_[rank].since = now;
    waits_[rank].order = ++order_;
}

}  // namespace baudot::dispatch
