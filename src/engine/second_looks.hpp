#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace baudot::engine {

/// When Telegram is asked again whether an account may post to a chat that was forbidden to it: a
/// minute after it was, then after twice as long each time, up to an hour.
///
/// Guarantee: of many, none is asked more often than that, and those that are due longest are
/// asked first. Pure. Owned by one shard.
class second_looks {
public:
    using place = std::pair<account_id, chat_id>;

    static constexpr duration first = std::chrono::minutes(1);
    static constexpr duration longest = std::chrono::hours(1);

    /// Which of `barred` are asked about now, `most` at the most; they count as asked. What is in
    /// `barred` no more is forgotten.
    std::vector<place> due(time_point now, std::span<const place> barred, std::size_t most);

private:
    struct look {
        time_point at{};
        duration pause = first;
    };
    boost::unordered_flat_map<place, look> known_;
};

}  // namespace baudot::engine
