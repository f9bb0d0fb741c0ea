#pragma once

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/rights.hpp"

namespace baudot::telegram_sim {

/// The argument `permissions`, a ChatPermissions. What it does not name is not allowed, but
/// broader permissions imply narrower ones unless use_independent_chat_permissions says no.
/// `old_form`: without it, the four arguments from before it existed. Errors are 400 in the words
/// of the real server.
api_result<permissions> read_permissions(const params& from, bool old_form);

}  // namespace baudot::telegram_sim
