#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "base/time.hpp"

namespace baudot::observe {

/// Lets the first `identical_max` of equal lines pass in each window and counts the rest. Pure.
///
/// Guarantee: every line is either passed or counted in exactly one `suppressed`, of a later
/// equal line or of a summary. Bounded: it follows at most `lines_max` different lines; when
/// they are all in their window, a new one passes unlimited. A clock that jumps ends windows.
///
/// Not thread-safe.
class repeat_limiter {
public:
    static constexpr std::size_t lines_max = 1024;

    repeat_limiter(std::size_t identical_max, duration window)
        : identical_max_(identical_max), window_(window) {
        BAUDOT_ASSERT(identical_max > 0, "a line that never passes could not say so");
    }

    struct verdict {
        bool pass;
        std::uint64_t suppressed;  // equal lines held back before this one
    };
    verdict judge(std::string_view body, wall_time now);

    struct summary {
        std::string body;
        std::uint64_t suppressed;
    };
    /// Forgets lines whose window is over, and reports those of them that were held back.
    /// Costs nothing while no window can have ended.
    std::vector<summary> expire(wall_time now);

    /// As if every window were over.
    std::vector<summary> expire_all();

private:
    struct entry {
        explicit entry(wall_time now) : start(now) {}

        wall_time start;
        std::size_t passed = 0;
        std::uint64_t suppressed = 0;
        std::string body;  // kept once something was held back
    };

    bool is_over(const entry& each, wall_time now) const {
        return now < each.start || now - each.start >= window_;
    }

    std::size_t identical_max_;
    duration window_;
    wall_time last_sweep_{};
    std::unordered_map<hash128, entry> lines_;
};

}  // namespace baudot::observe
