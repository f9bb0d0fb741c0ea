#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace baudot::script {

/// What one run of a script may use. Beyond it the run ends with a failure.
struct limits {
    /// Instructions of the virtual machine, and what functions of the box do in the time of one.
    std::uint64_t steps = 1'000'000;

    /// Bytes that are held at once, and of one block: a string, the slots of a table.
    std::size_t memory = 16UL << 20;
    std::size_t block = 520UL << 10;  // 65,536 slots of a list, and what belongs to them

    /// Of the processor. A guard: what ends by steps takes a tenth of it, so that only what makes
    /// single instructions slow on purpose (long strings) ends by it, and only there it depends on
    /// the machine where a script ends.
    std::chrono::nanoseconds time = std::chrono::milliseconds(200);

    /// Bytes of the source.
    std::size_t source = 256UL << 10;
};

}  // namespace baudot::script
