#pragma once

#include <cstdint>

#include "model/filter.hpp"
#include "router/filter_program.hpp"
#include "router/post_facts.hpp"

// The conditions that need no tables.

namespace baudot::router {

/// No medium has no size; the size of one may be unknown.
truth holds(const range_condition& what, post_facts& facts);

truth holds(const media_condition& what, const message& post);

/// Who administers a group is known only of posts as the group; posts of a channel are its
/// administrators', those of a private chat nobody's.
truth holds(const trait_condition& what, post_facts& facts);

bool holds(const time_condition& what, std::int64_t unix_seconds);

}  // namespace baudot::router
