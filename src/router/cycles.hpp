#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/rule_set.hpp"
#include "router/router.hpp"

namespace baudot::router {

/// One step of posts on their way round: a route that brings them from one chat to the next.
struct cycle_step {
    chat_id from{};
    std::uint32_t route = 0;  // its place in the rule set
    chat_id to{};
    rule_error::field where = rule_error::field::to;  // or check, or other
    std::size_t item = 0;                             // place in `to`

    friend bool operator==(const cycle_step&, const cycle_step&) = default;
};

/// The steps in their order; the last one leads to where the first one begins.
using route_cycle = std::vector<cycle_step>;

/// Routes by which posts come back to the chat that they are from, whatever filters say: one of the
/// shortest for each group of chats that are reached from one another, in file order. In time
/// linear in the chats that routes name.
std::vector<route_cycle> find_cycles(const rule_set& rules);

}  // namespace baudot::router
