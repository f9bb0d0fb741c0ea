#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "base/huge_pages.hpp"
#include "base/slab.hpp"

namespace baudot {

/// Finds slots by a key that the values they name hold: a hash table of 8 bytes for each place,
/// which never looks at a value whose hash differs, not even to grow.
///
/// Open addressing with linear probing, at most three quarters full. Room is given back when the
/// last slot goes. Hashes must be well mixed. Not thread-safe.
class slot_index {
public:
    /// The slot of this hash for which `is(slot)` holds, or no_slot.
    template <class Is>
    slot find(std::uint32_t hash, Is is) const {
        if (size_ == 0) return no_slot;
        for (std::size_t at = home(hash);; at = after(at)) {
            const place& each = places_[at];
            if (each.what == no_slot) return no_slot;
            if (each.hash == hash && is(each.what)) return each.what;
        }
    }

    /// It is not there yet.
    void add(std::uint32_t hash, slot what) {
        if ((size_ + 1) * 4 > places_.size() * 3) grow();
        ++size_;
        put({.what = what, .hash = hash});
    }

    /// It is there.
    void remove(std::uint32_t hash, slot what) {
        if (--size_ == 0) {
            *this = {};
            return;
        }
        std::size_t hole = home(hash);
        while (places_[hole].what != what) {
            BAUDOT_ASSERT(places_[hole].what != no_slot, "what is removed is there");
            hole = after(hole);
        }
        // What was pushed on by it moves back: no tombstones.
        for (std::size_t at = after(hole); places_[at].what != no_slot; at = after(at)) {
            const std::size_t pushed = (at - home(places_[at].hash)) & mask();
            if (pushed < ((at - hole) & mask())) continue;
            places_[hole] = places_[at];
            hole = at;
        }
        places_[hole] = {};
    }

    /// find() of this hash will follow soon.
    void prefetch(std::uint32_t hash) const {
        if (size_ > 0) __builtin_prefetch(&places_[home(hash)]);
    }

    std::size_t size() const { return size_; }
    std::size_t bytes() const { return places_.capacity() * sizeof(place); }

private:
    struct place {
        slot what = no_slot;
        std::uint32_t hash = 0;
    };

    std::size_t mask() const { return places_.size() - 1; }
    std::size_t after(std::size_t at) const { return (at + 1) & mask(); }
    std::size_t home(std::uint32_t hash) const {
        return hash >> (32 - std::countr_zero(places_.size()));
    }

    void put(place what) {
        std::size_t at = home(what.hash);
        while (places_[at].what != no_slot) at = after(at);
        places_[at] = what;
    }

    void grow() {
        BAUDOT_ASSERT(places_.size() < std::size_t{1} << 31, "a bound of the owner comes first");
        decltype(places_) old(places_.empty() ? 16 : places_.size() * 2);
        old.swap(places_);
        for (const place& each : old) {
            if (each.what != no_slot) put(each);
        }
    }

    std::vector<place, huge_page_allocator<place>> places_;  // a power of two of them
    std::size_t size_ = 0;
};

}  // namespace baudot
