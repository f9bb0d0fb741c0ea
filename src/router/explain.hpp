#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "model/filter.hpp"
#include "model/operation.hpp"
#include "model/text.hpp"
#include "router/filter_program.hpp"
#include "router/router.hpp"

// Why a post is relayed, or not: every part of every filter of its routes, for people.

namespace baudot::router {

/// What of a post decided a condition.
struct evidence {
    std::optional<std::string> value;      // of the condition's values, the one that holds
    std::vector<std::string> post;         // what the post has there; of a pattern, what it found
    std::optional<std::string> trouble{};  // of a script that failed

    friend bool operator==(const evidence&, const evidence&) = default;
};

/// A filter with what it says to one post. Unlike when posts are planned, each part was asked.
struct explained_filter {
    post_filter::kind how = post_filter::kind::condition;
    post_condition what;  // of a condition
    truth is = truth::unknown;
    evidence found;
    std::vector<explained_filter> parts;
};

/// `exclude`, `refuse`, `include` or `filter` of a route.
struct explained_clause {
    rule_error::field of = rule_error::field::filter;
    explained_filter filter;
};

/// What a step of a transform has made of the post's text.
struct explained_step {
    std::size_t step = 0;  // its place in the route's transform, or in the destination's
    bool is_changed = false;
    bool is_too_long = false;  // it grew beyond what a transform may make; nothing goes on
    formatted_text after;
    std::optional<std::string> trouble;  // of a script that failed
};

/// A chat that a route may bring the post into.
struct explained_target {
    enum class role : std::uint8_t { destination, check, other };

    chat_id chat{};
    role as = role::destination;
    /// The route that brings it there, or takes it, instead; then nothing is sent by this one.
    std::optional<std::string> left_to;
    reject_class why = reject_class::none;  // it cannot be sent there
    std::vector<operation> messages;
    std::vector<explained_step> steps;  // of the destination alone, behind those of the route
};

struct explained_route {
    std::uint32_t route = 0;
    compiled_rules::judgement::said how = compiled_rules::judgement::said::passed_over;
    std::vector<explained_clause> clauses{};  // what it refuses first
    std::vector<explained_step> steps{};
    std::vector<explained_target> targets{};
};

}  // namespace baudot::router
