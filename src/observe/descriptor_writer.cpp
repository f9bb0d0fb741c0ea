#include "observe/descriptor_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace baudot::observe {

bool descriptor_writer::wait_writable() noexcept {
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(stall_max_).count();
    const int timeout_ms =
        stalled_ ? 0 : static_cast<int>(std::clamp<std::int64_t>(limit, 0, INT_MAX));
    pollfd waiting{descriptor_, POLLOUT, 0};
    int ready;
    do {
        ready = ::poll(&waiting, 1, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    stalled_ = ready <= 0;
    return !stalled_;
}

bool descriptor_writer::write(std::string_view line) noexcept {
    if (inside_line_) {
        if (!wait_writable() || ::write(descriptor_, "\n", 1) != 1) return false;
        inside_line_ = false;
    }
    const std::size_t whole = line.size();
    while (!line.empty()) {
        if (!wait_writable()) break;
        // A pipe that poll() calls writable takes PIPE_BUF bytes without blocking, not more.
        const ssize_t written =
            ::write(descriptor_, line.data(), std::min<std::size_t>(line.size(), PIPE_BUF));
        if (written > 0) {
            line.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR && errno != EAGAIN) {
            break;  // closed by the reader
        }
    }
    if (line.empty()) return true;
    inside_line_ = line.size() < whole;
    return false;
}

}  // namespace baudot::observe
