#pragma once

#include <string_view>

#include "base/time.hpp"

namespace baudot::observe {

/// Writes whole lines to a descriptor that it does not own, without ever waiting longer than
/// `stall_max` for a reader that is stuck (a full pipe, a stopped terminal), whether or not the
/// descriptor is blocking. While the reader is stuck, further lines are refused at once.
///
/// One thread.
class descriptor_writer {
public:
    descriptor_writer(int descriptor, duration stall_max)
        : descriptor_(descriptor), stall_max_(stall_max) {}

    /// False when the line, or the end of it, could not be written.
    bool write(std::string_view line) noexcept;

private:
    bool wait_writable() noexcept;

    int descriptor_;
    duration stall_max_;
    bool stalled_ = false;
    bool inside_line_ = false;  // the reader has the beginning of a line that was given up
};

}  // namespace baudot::observe
