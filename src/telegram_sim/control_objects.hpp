#pragma once

#include <string>

#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/local_telegram.hpp"
#include "telegram_sim/replay.hpp"

namespace baudot::telegram_sim {

// What the control API shows of the world: all of it, not only what one bot may see. Times are
// both `time` (RFC 3339, microseconds) and `unix_us`.

void append_time(json_writer& json, wall_time when);
/// A chat without its messages; `whole`: with its members.
void append_control_chat(json_writer& json, const world& in, const chat& which, bool whole);
/// A message with its history: versions, deletion, and the cause of each.
void append_history(json_writer& json, const world& in, const message& what);
void append_bot(json_writer& json, local_telegram& at, const user& bot);
void append_stats(json_writer& json, local_telegram& at);
void append_faults(json_writer& json, const fault_source& faults);
void append_progress(json_writer& json, const replay::progress& of);

}  // namespace baudot::telegram_sim
