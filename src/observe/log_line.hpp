#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "observe/log.hpp"

namespace baudot::observe {

// The text of a log line. Pure. Whatever bytes come in, a line is one line of valid UTF-8 without
// control characters (but our own colours): a message cannot forge a line or steer a terminal.

/// `text` between quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `key=value key="two words"`. Strings longer than `value_bytes_max` are cut on a character.
void append_fields_for_people(std::string& out, const log_record& record,
                              std::size_t value_bytes_max);

/// Without the time and the end, so that equal bodies are equal lines:
/// `"level":"info","component":"app","event":"ready","port":80`. Keys that are ours get a `_`.
std::string json_body(const log_record& record, std::size_t value_bytes_max);

/// `info    app  ready  port=80`, the level in colour if asked.
std::string people_body(const log_record& record, std::size_t value_bytes_max, bool colour);

/// The whole lines, with their newline. `suppressed` is left out when 0.
std::string json_line(wall_time time, std::string_view body, std::uint64_t suppressed);
std::string people_line(wall_time time, std::string_view body, std::uint64_t suppressed);

}  // namespace baudot::observe
