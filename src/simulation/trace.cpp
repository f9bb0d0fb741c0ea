#include "simulation/trace.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"

namespace baudot::simulation {

void trace::note(time_point when, std::string_view what, std::uint64_t detail) {
    char numbers[24];
    store_little_endian(numbers, hash_);
    store_little_endian(numbers + 8, static_cast<std::uint64_t>(when.time_since_epoch().count()));
    store_little_endian(numbers + 16, detail);
    hash_ = xxh3_128(std::string_view(numbers, sizeof numbers)).low ^ xxh3_128(what).low;
    if (print_) say(when, fmt::format("{} {}", what, detail));
}

void trace::say(time_point when, std::string_view line) const {
    if (!print_) return;
    const double seconds = std::chrono::duration<double>(when.time_since_epoch()).count();
    print_(fmt::format("{:12.3f}  {}", seconds, line));
}

}  // namespace baudot::simulation
