#pragma once

#include "router/explain.hpp"
#include "router/filter_program.hpp"
#include "router/post_facts.hpp"

namespace baudot::router {

/// What of the post decided this condition. `node`: of the condition in the program.
evidence evidence_of(const post_condition& what, const filter_program& program, std::uint32_t node,
                     post_facts& facts);

}  // namespace baudot::router
