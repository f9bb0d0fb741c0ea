#pragma once

#include <cstddef>

#include "engine/relay_options.hpp"

namespace baudot::engine {

/// What may still be planned in one turn: memory of what is owed, and bytes appended together.
class planning_room {
public:
    planning_room(const relay_options& options, std::size_t owed)
        : owed_max_(options.pending_max), bytes_max_(options.plan_bytes_per_turn), owed_(owed) {}

    void take(std::size_t deliveries, std::size_t bytes) {
        owed_ += deliveries;
        bytes_ += bytes;
    }
    bool is_full() const { return owed_ >= owed_max_ || bytes_ >= bytes_max_; }

private:
    std::size_t owed_max_;
    std::size_t bytes_max_;
    std::size_t owed_;
    std::size_t bytes_ = 0;
};

}  // namespace baudot::engine
