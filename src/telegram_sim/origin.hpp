#pragma once

#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

/// Where a forward or an answer from elsewhere says that `what` of `where` comes from: who first
/// wrote it, however often it was forwarded since.
forward_origin origin_of(const world& in, const chat& where, const message& what);

}  // namespace baudot::telegram_sim
