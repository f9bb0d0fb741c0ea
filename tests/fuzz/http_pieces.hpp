#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "http/byte_queue.hpp"

namespace baudot::http {

inline void append(byte_queue& queue, std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(queue.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    queue.commit(bytes.size());
}

/// Calls `take` with `bytes` in pieces of `step`; once with nothing when there are none.
template <class Take>
void for_pieces(std::string_view bytes, std::size_t step, Take take) {
    do {
        const std::string_view piece = bytes.substr(0, std::max<std::size_t>(step, 1));
        bytes.remove_prefix(piece.size());
        take(piece);
    } while (!bytes.empty());
}

}  // namespace baudot::http
