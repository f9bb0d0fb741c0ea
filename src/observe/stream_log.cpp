#include "observe/stream_log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <string>
#include <unistd.h>
#include <utility>

#include "base/assert.hpp"
#include "observe/descriptor_writer.hpp"
#include "observe/log_line.hpp"
#include "observe/repeat_limiter.hpp"

namespace baudot::observe {
namespace {

// Lines accepted and not yet written, of the log named to flush_on_crash(). A plain atomic,
// because a signal handler may touch nothing else.
std::atomic<const std::atomic<std::uint64_t>*> crash_pending{nullptr};

wall_time system_clock_now() {
    return std::chrono::time_point_cast<wall_time::duration>(
        std::chrono::system_clock::now());  // style-ok: the log's own clock decides nothing
}

bool wants_colour(const stream_log_options& options) {
    if (options.colour != log_colour::automatic) return options.colour == log_colour::always;
    const char* refused = std::getenv("NO_COLOR");  // no-color.org: set and not empty
    return (!refused || !*refused) && ::isatty(options.descriptor) == 1;
}

// What the caller's side and the log's thread share. `pending` counts what is in the queue, so
// that the queue itself (spdlog's, of queued_lines_max slots) never overruns and never blocks.
struct queue_state {
    std::atomic<std::uint64_t> pending_lines{0};
    std::atomic<std::uint64_t> pending_bytes{0};
    std::atomic<std::uint64_t> dropped{0};
    std::mutex mutex;
    std::condition_variable progress;
    std::uint64_t written = 0;  // guarded by mutex; lines that left the queue

    void drop() noexcept { dropped.fetch_add(1, std::memory_order_relaxed); }
};

// Runs on spdlog's thread. It gets finished lines; spdlog's patterns do not escape.
class descriptor_sink final : public spdlog::sinks::sink {
public:
    descriptor_sink(const stream_log_options& options, queue_state& state,
                    std::function<std::string(std::uint64_t)> loss_line)
        : writer_(options.descriptor, options.stall_max),
          state_(state),
          loss_line_(std::move(loss_line)) {}

    void log(const spdlog::details::log_msg& message) override {
        const std::string_view line(message.payload.data(), message.payload.size());
        report_loss();
        if (!writer_.write(line)) state_.drop();
        state_.pending_bytes.fetch_sub(line.size(), std::memory_order_relaxed);
        state_.pending_lines.fetch_sub(1, std::memory_order_release);
        const std::lock_guard lock(state_.mutex);
        ++state_.written;
        state_.progress.notify_all();
    }
    void flush() override {}
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

private:
    void report_loss() {
        const std::uint64_t dropped = state_.dropped.load(std::memory_order_relaxed);
        if (dropped == reported_) return;
        if (writer_.write(loss_line_(dropped - reported_))) reported_ = dropped;
    }

    descriptor_writer writer_;
    queue_state& state_;
    std::function<std::string(std::uint64_t)> loss_line_;
    std::uint64_t reported_ = 0;
};

class spdlog_stream_log final : public stream_log {
public:
    explicit spdlog_stream_log(stream_log_options options)
        : options_(std::move(options)),
          colour_(wants_colour(options_)),
          limiter_(options_.identical_max, options_.identical_window),
          pool_(std::make_shared<spdlog::details::thread_pool>(options_.queued_lines_max, 1)) {
        if (!options_.clock) options_.clock = system_clock_now;
        auto loss_line = [this](std::uint64_t lines) { return loss(lines); };
        logger_ = std::make_shared<spdlog::async_logger>(
            "baudot", std::make_shared<descriptor_sink>(options_, state_, std::move(loss_line)),
            pool_, spdlog::async_overflow_policy::block);
        logger_->set_level(spdlog::level::trace);
    }

    // The members' order does the rest: the pool's destructor writes what is queued and joins.
    ~spdlog_stream_log() override {
        const std::atomic<std::uint64_t>* mine = &state_.pending_lines;
        crash_pending.compare_exchange_strong(mine, nullptr);
        write_summaries();
    }

    bool enabled(level severity) const noexcept override { return severity >= options_.lowest; }

    void write(const log_record& record) noexcept override {
        if (!enabled(record.severity)) return;
        try {
            const wall_time now = options_.clock();
            const std::string body = this->body(record);
            std::uint64_t suppressed = 0;
            if (record.severity >= level::warning) {
                const std::lock_guard lock(limiter_mutex_);
                const auto verdict = limiter_.judge(body, now);
                if (!verdict.pass) return;
                suppressed = verdict.suppressed;
            }
            enqueue(line(now, body, suppressed));
            write_expired(now);
        } catch (...) {
            state_.drop();  // out of memory: a lost line is the smaller harm
        }
    }

    bool flush() override {
        write_summaries();
        std::unique_lock lock(state_.mutex);
        const std::uint64_t goal =
            state_.written + state_.pending_lines.load(std::memory_order_relaxed);
        return state_.progress.wait_for(lock, options_.stall_max,
                                        [&] { return state_.written >= goal; });
    }

    std::uint64_t dropped_lines() const noexcept override {
        return state_.dropped.load(std::memory_order_relaxed);
    }

    const std::atomic<std::uint64_t>& pending() const { return state_.pending_lines; }

private:
    std::string body(const log_record& record) const {
        return options_.format == log_format::json
                   ? json_body(record, options_.value_bytes_max)
                   : people_body(record, options_.value_bytes_max, colour_);
    }

    std::string line(wall_time now, std::string_view body, std::uint64_t suppressed) const {
        return options_.format == log_format::json ? json_line(now, body, suppressed)
                                                   : people_line(now, body, suppressed);
    }

    std::string loss(std::uint64_t lines) const {
        const field count("lines", lines);
        return line(
            options_.clock(),
            body({level::warning, "log", "lines were lost: the reader is too slow", &count, 1}), 0);
    }

    void enqueue(const std::string& text) {
        const std::uint64_t lines = state_.pending_lines.fetch_add(1, std::memory_order_relaxed);
        const std::uint64_t bytes =
            state_.pending_bytes.fetch_add(text.size(), std::memory_order_relaxed);
        if (lines >= options_.queued_lines_max || bytes + text.size() > options_.queued_bytes_max) {
            state_.pending_bytes.fetch_sub(text.size(), std::memory_order_relaxed);
            state_.pending_lines.fetch_sub(1, std::memory_order_relaxed);
            state_.drop();
            return;
        }
        logger_->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
    }

    void write_expired(wall_time now) {
        std::vector<repeat_limiter::summary> over;
        {
            const std::lock_guard lock(limiter_mutex_);
            over = limiter_.expire(now);
        }
        for (const auto& each : over) enqueue(line(now, each.body, each.suppressed));
    }

    void write_summaries() noexcept {
        try {
            std::vector<repeat_limiter::summary> over;
            {
                const std::lock_guard lock(limiter_mutex_);
                over = limiter_.expire_all();
            }
            for (const auto& each : over) {
                enqueue(line(options_.clock(), each.body, each.suppressed));
            }
        } catch (...) {
            state_.drop();
        }
    }

    stream_log_options options_;
    bool colour_;
    std::mutex limiter_mutex_;
    repeat_limiter limiter_;  // guarded by limiter_mutex_
    queue_state state_;
    std::shared_ptr<spdlog::async_logger> logger_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;  // its thread uses the members above
};

extern "C" void write_queued_lines_and_die(int signal) {
    // If the log's own thread crashed, nobody writes: hence the bound. nanosleep, load and
    // raise are async-signal-safe; a mutex is not.
    const timespec pause{.tv_sec = 0, .tv_nsec = 5'000'000};
    for (int tries = 0; tries < 100; ++tries) {
        const auto* pending = crash_pending.load();
        if (!pending || pending->load(std::memory_order_acquire) == 0) break;
        ::nanosleep(&pause, nullptr);
    }
    ::raise(signal);  // SA_RESETHAND: the usual course
}

}  // namespace

std::shared_ptr<stream_log> make_stream_log(stream_log_options options) {
    return std::make_shared<spdlog_stream_log>(std::move(options));
}

void flush_on_crash(std::shared_ptr<stream_log> log) {
    const auto& chosen = dynamic_cast<const spdlog_stream_log&>(*log);
    BAUDOT_ASSERT(!crash_pending.load(), "one log per process is flushed on a crash");
    crash_pending = &chosen.pending();
    // Never destroyed: a crash may come while statics are.
    [[maybe_unused]] static auto& kept = *new std::shared_ptr<stream_log>(std::move(log));
    struct sigaction action{};
    action.sa_handler = write_queued_lines_and_die;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
        ::sigaction(signal, &action, nullptr);
    }
}

}  // namespace baudot::observe
