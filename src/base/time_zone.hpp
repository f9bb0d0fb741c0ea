#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace baudot {

/// What clocks on a wall show, from the file of a zone in /usr/share/zoneinfo (RFC 8536).
class time_zone {
public:
    time_zone() = default;  // UTC

    static result<time_zone> parse(std::string_view tzif);

    /// Seconds east of UTC at `unix_seconds`. Leap seconds are not counted.
    std::int32_t offset_at(std::int64_t unix_seconds) const noexcept;

    friend bool operator==(const time_zone&, const time_zone&) = default;

private:
    struct change {
        std::int64_t at = 0;
        std::int32_t offset = 0;
        friend bool operator==(const change&, const change&) = default;
    };
    /// "The last Sunday of March at 2": week 5 is the last.
    struct yearly {
        int month = 0, week = 0, weekday = 0;
        std::int32_t seconds = 0;  // after midnight, by the clock before the change
        friend bool operator==(const yearly&, const yearly&) = default;
    };
    class footer;

    std::int32_t rule_at(std::int64_t unix_seconds) const noexcept;
    static std::int64_t day_of(const yearly& rule, int year) noexcept;

    std::int32_t first_ = 0;       // before all changes
    std::vector<change> changes_;  // ascending
    std::int32_t standard_ = 0;    // after them
    std::int32_t summer_ = 0;
    bool has_summer_ = false;
    yearly begins_, ends_;
};

}  // namespace baudot
