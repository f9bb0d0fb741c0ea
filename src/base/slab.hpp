#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/assert.hpp"
#include "base/huge_pages.hpp"

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
            if (at / block_values == blocks_.size()) grow();
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

    /// It will be used soon. Any slot will do.
    void prefetch(slot at) const {
        if (at < end_) __builtin_prefetch(&(*this)[at]);
    }

    std::size_t size() const { return size_; }
    std::size_t bytes() const {
        return blocks_.size() * block_bytes + blocks_.capacity() * sizeof(void*) +
               regions_.capacity() * sizeof(region);
    }

private:
    static constexpr std::size_t block_values = 4096;
    static constexpr std::size_t block_bytes = block_values * sizeof(T);
    static constexpr std::size_t blocks_per_huge_page =
        std::max<std::size_t>(huge_page_bytes / block_bytes, 1);

    struct give_back {
        std::size_t count = 0;
        void operator()(T* values) const { huge_page_allocator<T>().deallocate(values, count); }
    };
    using region = std::unique_ptr<T[], give_back>;

    // The first blocks one by one, and when there are some, a page of them.
    void grow() {
        const std::size_t blocks = blocks_.size() < blocks_per_huge_page ? 1 : blocks_per_huge_page;
        const std::size_t count = blocks * block_values;
        regions_.push_back(region(huge_page_allocator<T>().allocate(count), give_back{count}));
        for (std::size_t each = 0; each < blocks; ++each) {
            blocks_.push_back(regions_.back().get() + each * block_values);
        }
    }

    std::vector<T*> blocks_;
    std::vector<region> regions_;
    slot end_ = 0;  // never used from here on
    slot free_ = no_slot;
    std::size_t size_ = 0;
};

}  // namespace baudot
