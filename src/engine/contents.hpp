#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <list>
#include <memory>

#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::engine {

/// What a plan takes in memory, about.
std::size_t bytes_in_memory(const deliveries_planned& plan);

/// Plans that were made or used lately, by position, so that a live post is not read back from the
/// journal, and one of a backlog once for all its chats. Bounded by bytes; what was used longest
/// ago goes first. By age it must not go: the oldest are those whose turn has come, or those of a
/// chat that is held.
class contents {
public:
    explicit contents(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void put(sequence position, std::shared_ptr<const deliveries_planned> plan);
    std::shared_ptr<const deliveries_planned> find(sequence position);
    void erase(sequence position);

    std::size_t bytes() const { return bytes_; }

private:
    struct held {
        sequence position{};
        std::shared_ptr<const deliveries_planned> plan;
        std::size_t bytes = 0;
    };

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::list<held> plans_;  // used last: first
    boost::unordered_flat_map<sequence, std::list<held>::iterator> by_position_;
};

}  // namespace baudot::engine
