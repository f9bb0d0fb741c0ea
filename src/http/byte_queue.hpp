#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "base/assert.hpp"

namespace baudot::http {

/// Bytes that were read and not yet parsed, in one piece. Unlike std::string it does not write
/// zeros into the room that the next read overwrites.
class byte_queue {
public:
    std::string_view data() const { return {bytes_.get() + begin_, end_ - begin_}; }
    std::size_t size() const { return end_ - begin_; }
    bool empty() const { return begin_ == end_; }

    /// At least `wanted` writable bytes behind the data; invalidates data().
    std::span<char> prepare(std::size_t wanted) {
        if (capacity_ - end_ < wanted) make_room(wanted);
        return {bytes_.get() + end_, capacity_ - end_};
    }

    /// The first `count` bytes of prepare()'s answer are data now.
    void commit(std::size_t count) {
        BAUDOT_ASSERT(count <= capacity_ - end_, "more committed than prepared");
        end_ += count;
    }

    void consume(std::size_t count) {
        BAUDOT_ASSERT(count <= size(), "more consumed than there is");
        begin_ += count;
        if (begin_ == end_) begin_ = end_ = 0;
    }

private:
    void make_room(std::size_t wanted) {
        const std::size_t kept = size();
        if (capacity_ - kept >= wanted) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, kept);
        } else {
            const std::size_t larger = std::max(kept + wanted, capacity_ * 2);
            auto moved = std::make_unique_for_overwrite<char[]>(larger);
            if (kept > 0) std::memcpy(moved.get(), bytes_.get() + begin_, kept);
            bytes_ = std::move(moved);
            capacity_ = larger;
        }
        begin_ = 0;
        end_ = kept;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace baudot::http
