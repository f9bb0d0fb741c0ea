#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "model/event.hpp"
#include "model/post_plan.hpp"

namespace baudot::engine {

/// A durable post, and what of its plan is wanted.
struct plan_wish {
    const update& what;
    std::uint32_t version = 0;  // assigned by the journal's order
    sequence position{};        // of its update_received
    std::string_view only{};    // this route alone; empty: all of them

    /// Whether earlier posts of the same chat wait for this route: so does this one, whatever it
    /// needs itself. Empty: none does.
    std::function<bool(std::string_view route)> is_behind{};
};

/// The router, already compiled. It does not block; whom it waits for calls relay::answers_came().
using planner = std::function<post_plan(const plan_wish&)>;

}  // namespace baudot::engine
