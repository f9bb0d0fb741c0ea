#pragma once

#include <cstdint>
#include <random>

namespace baudot {

/// Seeded random numbers: the same seed gives the same numbers with every standard library
/// (no std::*_distribution, whose output is unspecified). Not for secrets. Not thread-safe.
class random_source {
public:
    explicit random_source(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t next() { return engine_(); }

    /// Uniform in [0, bound); bound > 0. The bias of the remainder is below 2^-32 for
    /// bounds below 2^32.
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

    /// Uniform in [low, high], both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
    }

    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

    bool chance(double probability) { return unit() < probability; }

private:
    std::mt19937_64 engine_;
};

}  // namespace baudot
