#pragma once

#include <string_view>
#include <vector>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/objects.hpp"

namespace baudot::telegram_sim {

/// An array of ReactionType; none: no reaction. Errors are 400 in the words of the real server.
api_result<std::vector<reaction>> read_reactions(std::string_view json);

/// Whether messages may show it: an emoji of ReactionTypeEmoji, or any custom emoji. Not a paid
/// one, which nobody here buys.
bool is_offered(const reaction& what) noexcept;

}  // namespace baudot::telegram_sim
