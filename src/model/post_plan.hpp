#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/event.hpp"

namespace baudot {

/// What routes make of a post.
struct post_plan {
    post_plan() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a plan for which nothing waits
    post_plan(std::vector<deliveries_planned> made) : plans(std::move(made)) {}

    std::vector<deliveries_planned> plans;
    std::vector<std::string> waiting;  // routes whose plan needs an answer that is not there yet
};

}  // namespace baudot
