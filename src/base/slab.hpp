#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/assert.hpp"

namespace baudot {

/// Names a value in a slab. Half the size of a pointer, and it stays valid when the slab grows.
using slot = std::uint32_t;
inline constexpr slot no_slot = 0xFFFFFFFF;

/// Many small values of one kind that come and go: no allocation and no header for each.
///
/// Slots are used again, the newest first. Room is given back when the last value goes. At most
/// 2^32 - 1 values. Not thread-safe.
template <class T>
class slab {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) >= sizeof(slot));

public:
    slot add(const T& value) {
        slot at = free_;
        if (at != no_slot) {
            std::memcpy(&free_, &(*this)[at], sizeof free_);
        } else {
            BAUDOT_ASSERT(end_ != no_slot, "a bound of the owner comes long before");
            at = end_++;
            if (at / block_values == blocks_.size()) {
                blocks_.push_back(std::make_unique_for_overwrite<T[]>(block_values));
            }
        }
        (*this)[at] = value;
        ++size_;
        return at;
    }

    void remove(slot at) {
        if (--size_ == 0) {
            *this = {};
            return;
        }
        std::memcpy(static_cast<void*>(&(*this)[at]), &free_, sizeof free_);
        free_ = at;
    }

    T& operator[](slot at) { return blocks_[at / block_values][at % block_values]; }
    const T& operator[](slot at) const { return blocks_[at / block_values][at % block_values]; }

    std::size_t size() const { return size_; }
    std::size_t bytes() const {
        return blocks_.size() * block_values * sizeof(T) + blocks_.capacity() * sizeof(void*);
    }

private:
    static constexpr std::size_t block_values = 4096;

    std::vector<std::unique_ptr<T[]>> blocks_;
    slot end_ = 0;  // never used from here on
    slot free_ = no_slot;
    std::size_t size_ = 0;
};

}  // namespace baudot
