#pragma once

#include <string>
#include <string_view>

#include "model/event.hpp"

namespace baudot {

// Events for people and scripts: `baudot journal dump`. Pure; any thread. Events hold no secrets
// of ours; they do hold texts of posts, and what looks like a bot token in them is hidden.

/// The name in ARCHITECTURE.md ("update_received"); empty for a type this program does not know.
std::string_view name(event_type type) noexcept;

/// One line: what happened, shortened texts.
std::string to_text(const event& what);

/// "4711.0": how people and commands name a delivery, and so a dead letter.
std::string to_text(const delivery_ref& ref);

/// What is sent, as to_json() of its planned event has it.
std::string to_json(const operation& what);

/// One line of JSON with everything. 64-bit ids are numbers, delivery ids 32 hex digits.
std::string to_json(const event& what);

/// The rules as rules_changed records them: JSON in a fixed order, and a hash of it in hex. Equal
/// rules give equal bytes. No secrets: accounts are no part of a rule set.
rules_changed snapshot(const rule_set& rules);

}  // namespace baudot
