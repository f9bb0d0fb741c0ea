#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "journal/segmented_journal.hpp"

namespace crash {

using namespace baudot;

/// What the writer says on its standard output for each answered append.
struct acknowledgement {
    std::uint64_t position;  // of the first record
    std::uint64_t number;    // of the first record; the others follow by one
    std::uint64_t count;
};

/// Small segments, so that a life of some milliseconds begins, retires and overwrites several.
inline journal::journal_options options_for(std::string directory) {
    journal::journal_options options;
    options.directory = std::move(directory);
    options.segment_bytes = 128 << 10;
    options.keep_age = std::chrono::hours(1000);
    options.keep_bytes = 512 << 10;
    return options;
}

/// The payload of record `number`: the number, then bytes that follow from it. Some are so large
/// that a kill can hit their write half-way.
inline std::string payload_of(std::uint64_t number) {
    random_source random(number);
    const std::uint64_t most = random.chance(0.02) ? 400'000 : 1200;
    std::string payload(8 + random.below(most), static_cast<char>(random.next()));
    store_little_endian(payload.data(), number);
    return payload;
}

/// Appends until it is killed.
int write_until_killed(const std::string& directory, std::uint64_t first_number);

}  // namespace crash
