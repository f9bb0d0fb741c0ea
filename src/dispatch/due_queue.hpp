#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/slab.hpp"

namespace baudot::dispatch {

/// A binary heap of slots, four bytes each, from which any can be taken out: whoever stands in it
/// remembers its place. The order is `before(slot, slot)`; `place(slot)` is a reference to where
/// that slot's place is kept.
template <class Before, class Place>
class due_queue {
public:
    due_queue(Before before, Place place) : before_(before), place_(place) {}

    bool empty() const { return heap_.empty(); }
    slot front() const { return heap_.front(); }
    std::size_t bytes() const { return heap_.capacity() * sizeof(slot); }

    void push(slot what) {
        heap_.push_back(what);
        rise(heap_.size() - 1);
    }

    void erase(slot what) {
        const std::size_t at = place_(what);
        const slot last = heap_.back();
        heap_.pop_back();
        if (heap_.empty()) heap_.shrink_to_fit();
        if (last == what) return;
        put(at, last);
        rise(at);
        sink(place_(last));
    }

private:
    void put(std::size_t at, slot what) {
        heap_[at] = what;
        place_(what) = static_cast<slot>(at);
    }

    void rise(std::size_t at) {
        const slot what = heap_[at];
        while (at > 0 && before_(what, heap_[(at - 1) / 2])) {
            put(at, heap_[(at - 1) / 2]);
            at = (at - 1) / 2;
        }
        put(at, what);
    }

    void sink(std::size_t at) {
        const slot what = heap_[at];
        for (;;) {
            std::size_t child = 2 * at + 1;
            if (child >= heap_.size()) break;
            if (child + 1 < heap_.size() && before_(heap_[child + 1], heap_[child])) ++child;
            if (!before_(heap_[child], what)) break;
            put(at, heap_[child]);
            at = child;
        }
        put(at, what);
    }

    Before before_;
    Place place_;
    std::vector<slot> heap_;
};

}  // namespace baudot::dispatch
