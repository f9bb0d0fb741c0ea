#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::engine {

/// What a plan takes in memory, about.
std::size_t bytes_in_memory(const deliveries_planned& plan);

/// Plans that were made lately, by position, so that a live post is not read back from the
/// journal. Bounded by bytes; the oldest goes first, because lanes move in order of planning.
class contents {
public:
    explicit contents(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void put(sequence position, std::shared_ptr<const deliveries_planned> plan);
    std::shared_ptr<const deliveries_planned> find(sequence position) const;
    void erase(sequence position);

    std::size_t bytes() const { return bytes_; }

private:
    struct held {
        std::shared_ptr<const deliveries_planned> plan;
        std::size_t bytes = 0;
    };

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::map<sequence, held> plans_;
};

}  // namespace baudot::engine
