#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "model/rule_set.hpp"

namespace baudot::dispatch {

inline constexpr std::size_t class_count = 5;

/// Who goes first: 0 is the highest.
constexpr std::size_t rank_of(traffic_class of) {
    constexpr std::array<std::size_t, class_count> ranks{1, 0, 2, 3, 4};
    return ranks[static_cast<std::size_t>(of)];
}

/// Which class gets the next permit of an account.
///
/// The highest that waits. But of ten permits one goes to the class below it that has waited
/// longest, and so does the next one when that was for longest_wait or more.
///
/// Guarantee: while a class waits, at most 10 for each class go to others, and after
/// longest_wait at most one for each of them.
class class_turns {
public:
    static constexpr duration longest_wait = std::chrono::seconds(10);
    static constexpr std::uint32_t turns_of_the_highest = 9;

    void waits(std::size_t rank);  // from now on something of it may go
    void rests(std::size_t rank);  // nothing any more

    std::size_t highest() const;       // that waits; class_count: none does
    std::size_t next(time_point now);  // something waits
    void served(std::size_t rank, time_point now);

private:
    struct waiting {
        bool is = false;
        std::uint64_t order = 0;            // the lower, the longer: times may be equal
        std::optional<time_point> since{};  // from the first next() on
    };
    std::size_t longest_below(std::size_t rank) const;

    std::array<waiting, class_count> waits_;
    std::uint64_t order_ = 0;  // of the newest to wait
    std::uint32_t given_ = 0;  // to the highest, while others waited
};

}  // namespace baudot::dispatch
