#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "schedule/admission.hpp"

namespace baudot {

struct breaker_options {
    std::uint32_t failures_min = 5;  // in the window; fewer say nothing
    double share = 0.5;              // of the calls in the window that must have failed
    std::uint32_t in_a_row = 10;     // enough, whatever went well before
    duration open_for = std::chrono::seconds(5);
    duration open_for_max = std::chrono::seconds(60);  // it doubles up to this
    double jitter = 0.1;                               // stretched by up to this share
    std::uint32_t trials = 4;                          // successes that close it
};

/// Keeps calls from an endpoint that is down: one for each account and endpoint, or external API;
/// not for a chat, whose refusals are no outage. A wait that the other side asks for (429) is no
/// failure: it answers.
///
///     closed --calls fail, by share or in a row--> open --its time is over--> half open
///                                                   ^                           |  |
///                                                   +-------a trial fails-------+  |
///     closed <------------------options.trials of them went through----------------+
///
/// Half open it lets one trial through, then two at once, and no more than are missing.
///
/// Every call that was admitted ends with one of succeeded(), failed() and abandoned(), with the
/// epoch() that was right when it was admitted: what was begun before it opened says nothing about
/// now. Pure: time and jitter are passed in. 120 bytes; not thread-safe.
class breaker {
public:
    enum class state : std::uint8_t { closed, open, half_open };

    explicit breaker(const breaker_options& options);

    /// May a call go? Half open, the trial counts as begun only with begin(). A retry_at of
    /// time_point::max() means: when a trial has ended.
    admission ask(time_point now) const;
    void begin(time_point now);

    std::uint32_t epoch() const { return epoch_; }

    /// True: others may be asked again, because it closed or wants more trials.
    bool succeeded(time_point now, std::uint32_t epoch);
    /// `jitter`: 0..1, drawn by the caller. True: it opened.
    bool failed(time_point now, std::uint32_t epoch, double jitter);
    /// It ended without a word about the endpoint: cancelled, or not begun after all. True: others
    /// may be asked again.
    bool abandoned(std::uint32_t epoch);

    state current(time_point now) const;

private:
    struct bucket {
        std::int64_t second = -1;
        std::uint32_t calls = 0;
        std::uint32_t failures = 0;
    };
    static constexpr std::size_t buckets = 10;  // of a second each

    bucket& bucket_of(time_point now);
    bool is_failing(time_point now) const;
    void open(time_point now, double jitter);

    breaker_options options_;
    std::array<bucket, buckets> window_{};
    duration pause_;
    time_point open_until_ = time_point::min();
    std::uint32_t epoch_ = 0;
    std::uint32_t in_a_row_ = 0;  // failures
    bool is_tripped_ = false;     // open or half open
    std::uint32_t trials_in_flight_ = 0;
    std::uint32_t trials_done_ = 0;
};

}  // namespace baudot
