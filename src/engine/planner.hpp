#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "model/event.hpp"

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

/// What routes make of a post.
struct post_plan {
    post_plan() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a plan for which nothing waits
    post_plan(std::vector<deliveries_planned> made) : plans(std::move(made)) {}

    std::vector<deliveries_planned> plans;
    std::vector<std::string> waiting;  // routes whose plan needs an answer that is not there yet
};

/// The router, already compiled. It does not block; whom it waits for calls relay::answers_came().
using planner = std::function<post_plan(const plan_wish&)>;

}  // namespace baudot::engine
