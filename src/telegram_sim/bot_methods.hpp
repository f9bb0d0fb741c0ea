#pragma once

#include <span>
#include <string>
#include <string_view>

#include "telegram_sim/local_telegram.hpp"
#include "telegram_sim/method_arguments.hpp"

namespace baudot::telegram_sim {

/// One call of a bot, when it acts.
struct method_call {
    local_telegram& at;
    const params& args;
    call by;
};

/// A method of the Bot API: appends its result as JSON. On an error it has changed nothing;
/// `out` may then hold anything.
using bot_method = api_result<void> (*)(method_call& what, std::string& out);

struct method_entry {
    std::string_view name;  // as documented
    bot_method run = nullptr;
};

/// In any case. nullptr: Telegram would say "method not found". getUpdates is not here: it
/// waits, so it belongs to the door.
const method_entry* find_method(std::string_view name) noexcept;

/// All of them; docs/telegram-sim.md lists the same.
std::span<const method_entry> all_methods() noexcept;

// The parts of it, one a file.
std::span<const method_entry> topic_methods() noexcept;
std::span<const method_entry> pin_methods() noexcept;
std::span<const method_entry> member_methods() noexcept;    // and what a chat is called
std::span<const method_entry> invite_methods() noexcept;    // and requests to join
std::span<const method_entry> reaction_methods() noexcept;  // and presses on buttons

}  // namespace baudot::telegram_sim
