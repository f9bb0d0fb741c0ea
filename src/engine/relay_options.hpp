#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.hpp"
#include "engine/dead_letters.hpp"

namespace baudot::engine {

struct relay_options {
    std::size_t updates_per_turn = 1'000;  // appended together at most
    std::size_t plans_per_turn = 1'000;    // posts planned together at most
    std::size_t moves_per_turn = 100;      // planned events copied forward together at most
    // Of plans appended together, about: some thousand deliveries. What is in flight ends while a
    // turn plans and is followed only by the next, so long turns cost what the wire could do.
    std::size_t plan_bytes_per_turn = 256 << 10;
    std::size_t pending_max = 1'000'000;       // deliveries owed; beyond it posts wait in
                                               // the journal, unplanned
    std::size_t in_flight_max = 1'000;         // requests of all accounts together
    std::size_t posts_max = 10'000;            // without a plan that memory knows of; the
                                               // others are rows of the store
    std::size_t post_bytes_max = 8 << 20;      // of posts without a plan in memory; the others
                                               // are read back from the journal, one by one
    std::size_t content_bytes_max = 16 << 20;  // of plans kept in memory
    std::size_t commit_changes = 10'000;       // rows per batch of the store
    letters_kept dead_letters{};
    std::size_t letters_per_turn = 1'000;  // dropped together, beyond what is kept
    duration commit_interval = std::chrono::seconds(1);
    duration no_space_pause = std::chrono::seconds(1);
};

}  // namespace baudot::engine
