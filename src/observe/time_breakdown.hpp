#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/time.hpp"

namespace baudot::observe {

/// Where the time of a delivery goes. Names are stored and shown: append only.
enum class stage : std::uint8_t {
    inbox,         // from the post's arrival until it was durable and routed
    rules,         // filters and transforms
    external_api,  // an answer from somebody else's service
    media,         // bytes fetched or uploaded
    limit_wait,    // a Telegram limit or hold
    account_wait,  // behind others in the lane, or no account was free
    wire,          // from the first byte of the request to the answer
    storage,       // appends to the journal and point state
};
constexpr std::size_t stage_count = 8;

constexpr std::string_view name(stage value) noexcept {
    constexpr std::array<std::string_view, stage_count> names = {
        "inbox", "rules", "external_api", "media", "limit_wait", "account_wait", "wire", "storage"};
    return names[static_cast<std::size_t>(std::to_underlying(value))];
}

/// Microseconds per stage. A plain value; not thread-safe.
struct time_breakdown {
    std::array<std::uint64_t, stage_count> microseconds{};

    /// Negative time (a clock that was set) counts as none.
    constexpr void add(stage where, duration time) noexcept {
        const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
        microseconds[std::to_underlying(where)] +=
            static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
    }

    constexpr std::uint64_t operator[](stage where) const noexcept {
        return microseconds[std::to_underlying(where)];
    }

    constexpr std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t each : microseconds) sum += each;
        return sum;
    }

    /// The stage that took most; the first of equals.
    constexpr stage largest() const noexcept {
        return static_cast<stage>(std::max_element(microseconds.begin(), microseconds.end()) -
                                  microseconds.begin());
    }

    constexpr time_breakdown& operator+=(const time_breakdown& other) noexcept {
        for (std::size_t i = 0; i < stage_count; ++i) microseconds[i] += other.microseconds[i];
        return *this;
    }

    friend constexpr bool operator==(const time_breakdown&, const time_breakdown&) = default;
};

/// Splits a span of time into stages without a gap: each mark() gives what passed since the
/// one before to a stage.
class stage_clock {
public:
    explicit constexpr stage_clock(time_point start) noexcept : last_(start) {}

    constexpr void mark(stage ended, time_point now) noexcept {
        times_.add(ended, now - last_);
        last_ = std::max(last_, now);
    }
    constexpr const time_breakdown& times() const noexcept { return times_; }

private:
    time_point last_;
    time_breakdown times_;
};

}  // namespace baudot::observe
