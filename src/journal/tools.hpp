#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "journal/disk.hpp"
#include "journal/format.hpp"

namespace baudot::journal {

// `baudot journal verify|stat|dump`: for people, read-only, also beside a running Baudot. They
// need no lock. What takes longer than two seconds shows its progress when `progress` is a
// terminal. Blocking.

/// Exit codes of the three.
enum class tool_exit : std::uint8_t {
    good = 0,
    damaged = 1,    // something does not match its checksum, chain or grammar
    unreadable = 2  // no journal there, or it cannot be read
};

struct tool_context {
    disk& files;
    timer_service& timers;
    std::string directory;
    std::FILE* out = stdout;
    std::FILE* progress = stderr;
};

/// The journal does not know what its records hold; whoever does may say so.
struct payload_decoder {
    /// "update_received"; empty for an unknown type. Null: numbers only.
    std::function<std::string(std::uint8_t type)> type_name;
    /// One line: plain text, or a JSON value. Null: hexadecimal.
    std::function<result<std::string>(std::uint8_t type, std::string_view payload, bool json)> text;
};

/// Checks every frame of every segment; prints a line per segment, the place of each damage and
/// a summary.
tool_exit verify_journal(const tool_context& with);

/// How many of what: segments, records by type, sizes.
tool_exit print_journal_stat(const tool_context& with, const payload_decoder& decoder);

/// Every record from the oldest kept to the newest; nothing is printed but progress. Stops early
/// with the visitor's error. errc::not_found: no journal there.
result<void> visit_journal(const tool_context& with,
                           const std::function<result<void>(const record_view&)>& visit);

struct dump_options {
    sequence from{};  // 0: the oldest kept
    sequence to{};    // 0: the newest
    bool json = false;
};

/// One line per record. Stops at the first damage.
tool_exit dump_journal(const tool_context& with, const dump_options& options,
                       const payload_decoder& decoder);

}  // namespace baudot::journal
