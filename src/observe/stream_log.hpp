#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/time.hpp"
#include "observe/log.hpp"

namespace baudot::observe {

enum class log_format : std::uint8_t {
    people,  // 12:30:01.123 warning bot_api  another instance polls  account=7 wait=3s
    json,    // one object per line: time, level, component, event, then the fields
};

enum class log_colour : std::uint8_t { automatic, never, always };

struct stream_log_options {
    log_format format = log_format::people;
    level lowest = level::info;
    int descriptor = 2;                         // stderr; not closed
    log_colour colour = log_colour::automatic;  // a terminal, and NO_COLOR is not set
    std::size_t queued_lines_max = 4096;
    std::size_t queued_bytes_max = 4 << 20;
    std::size_t value_bytes_max = 4096;  // a longer string is cut, and says so
    std::size_t identical_max = 5;       // warnings and errors, per window
    duration identical_window = std::chrono::seconds(10);
    duration stall_max = std::chrono::seconds(1);  // a reader stuck for longer loses lines
    std::function<wall_time()> clock;              // empty: the system's
};

/// Writes lines to a descriptor from a thread of its own; the caller only formats and queues.
///
/// Bounded: when the queue is full, or the reader has been stuck for `stall_max`, lines are
/// dropped, and the next line that gets through is preceded by one that says how many. Of
/// identical warnings and errors (component, event and all fields) only `identical_max` per
/// window pass; the next one carries `suppressed`, and a summary follows if none comes.
///
/// Destruction writes what is queued (bounded by `stall_max`).
class stream_log : public log_sink {
public:
    /// Waits until what was written before the call has left (true), or `stall_max` has passed.
    virtual bool flush() = 0;

    virtual std::uint64_t dropped_lines() const noexcept = 0;
};

std::shared_ptr<stream_log> make_stream_log(stream_log_options options);

/// After SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT the queued lines of `log` are still written
/// (waits at most half a second), then the signal takes its usual course. One log per process;
/// kept alive until the end.
void flush_on_crash(std::shared_ptr<stream_log> log);

}  // namespace baudot::observe
