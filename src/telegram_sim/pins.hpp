#pragma once

#include <cstdint>
#include <optional>

#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

// Pinned messages: facts, for whoever may pin. Ids are the chat's own.

/// The newest pinned message that was not deleted, or nullptr.
const message* newest_pinned(const world& in, const chat& where) noexcept;

/// Tells of it with a service message in the topic of what is pinned. One that is pinned already
/// stays so, and nothing is told.
void pin(world& in, chat& where, message_id what, user_id actor, wall_time now,
         std::uint64_t request);

/// Nobody is told.
void unpin(world& in, chat& where, message_id what, user_id actor, wall_time now,
           std::uint64_t request);
/// All, or those of one topic; of General those that are in no other.
void unpin_all(world& in, chat& where, std::optional<message_id> thread, user_id actor,
               wall_time now, std::uint64_t request);

}  // namespace baudot::telegram_sim
