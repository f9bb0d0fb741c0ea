#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/assert.hpp"
#include "base/slab.hpp"

namespace baudot {

/// Where a slot stands in a timer_wheel; kept by the value that the slot names.
struct timer_links {
    slot next = no_slot;
    slot previous = no_slot;
};

/// A hierarchical timing wheel (Varghese and Lauck) of slots: to add, move and fire costs the same
/// however many there are. A tick is whatever the owner says.
///
/// `link(slot)` is a reference to that slot's timer_links, `tick(slot)` when it is due; a tick
/// changes only while its slot is not in the wheel.
///
/// Guarantee: advance() gives every slot whose tick has come exactly once, in order of ticks, and
/// next() is never later than the earliest of them. Nothing is allocated. Pure.
template <class Link, class Tick>
class timer_wheel {
public:
    timer_wheel(Link link, Tick tick) : link_(link), tick_(tick) {
        for (level& each : levels_) {
            each.first.fill(no_slot);
            each.earliest.fill(UINT64_MAX);
        }
    }

    bool empty() const { return size_ == 0; }
    std::uint64_t now() const { return now_; }

    /// Its tick is later than now().
    void add(slot what) {
        ++size_;
        put(what);
    }

    /// It is in the wheel.
    void remove(slot what) {
        --size_;
        take_out(what);
    }

    /// When advance() may give something: exact, or earlier where a slot was removed.
    std::optional<std::uint64_t> next() const {
        for (const level& each : levels_) {
            if (each.used == 0) continue;
            return each.earliest[static_cast<std::size_t>(std::countr_zero(each.used))];
        }
        return std::nullopt;
    }

    /// Moves on to `to`; `due(slot)` is out of the wheel. It may add, and removes none.
    template <class Due>
    void advance(std::uint64_t to, Due due) {
        while (size_ > 0) {
            std::size_t depth = 0;
            while (depth < depth_max && levels_[depth].used == 0) ++depth;
            BAUDOT_ASSERT(depth < depth_max, "what has a size has a level");
            const auto at = static_cast<std::size_t>(std::countr_zero(levels_[depth].used));
            const std::uint64_t begin = begin_of(depth, at);
            if (begin > to) break;
            now_ = begin;
            empty_bucket(depth, at, due);
        }
        if (to > now_) now_ = to;
    }

private:
    static constexpr unsigned bits = 6;
    static constexpr std::size_t width = 1U << bits;
    static constexpr std::size_t depth_max = (64 + bits - 1) / bits;

    // What is in a bucket shares all higher digits of its tick with now_, and its digit here is
    // later than that of now_: so the first bucket of the lowest level holds the earliest.
    struct level {
        std::uint64_t used = 0;  // a bit for each bucket
        std::array<slot, width> first;
        std::array<std::uint64_t, width> earliest;  // or less, where it was removed
    };

    static std::size_t digit(std::uint64_t tick, std::size_t depth) {
        return (tick >> (depth * bits)) % width;
    }

    std::size_t depth_of(std::uint64_t tick) const {
        return static_cast<std::size_t>(std::bit_width(tick ^ now_) - 1) / bits;
    }

    std::uint64_t begin_of(std::size_t depth, std::size_t at) const {
        const std::size_t shift = depth * bits;
        const std::uint64_t above =
            shift + bits < 64 ? now_ >> (shift + bits) << (shift + bits) : 0;
        return above | std::uint64_t{at} << shift;
    }

    void put(slot what) {
        const std::uint64_t tick = tick_(what);
        BAUDOT_ASSERT(tick > now_, "what is due already is not waited for");
        const std::size_t depth = depth_of(tick);
        level& of = levels_[depth];
        const std::size_t at = digit(tick, depth);
        const slot second = of.first[at];
        link_(what) = {.next = second, .previous = no_slot};
        if (second != no_slot) link_(second).previous = what;
        of.first[at] = what;
        of.used |= std::uint64_t{1} << at;
        if (tick < of.earliest[at]) of.earliest[at] = tick;
    }

    void take_out(slot what) {
        const timer_links links = link_(what);
        if (links.next != no_slot) link_(links.next).previous = links.previous;
        if (links.previous != no_slot) {
            link_(links.previous).next = links.next;
        } else {
            const std::size_t depth = depth_of(tick_(what));
            const std::size_t at = digit(tick_(what), depth);
            levels_[depth].first[at] = links.next;
            if (links.next == no_slot) forget(levels_[depth], at);
        }
        link_(what) = {};
    }

    static void forget(level& of, std::size_t at) {
        of.used &= ~(std::uint64_t{1} << at);
        of.earliest[at] = UINT64_MAX;
    }

    // now_ is where the bucket begins: each is due, or belongs into a lower level.
    template <class Due>
    void empty_bucket(std::size_t depth, std::size_t at, Due due) {
        level& of = levels_[depth];
        while (of.first[at] != no_slot) {
            const slot what = of.first[at];
            const slot rest = link_(what).next;
            of.first[at] = rest;
            if (rest != no_slot) link_(rest).previous = no_slot;
            if (rest == no_slot) forget(of, at);
            link_(what) = {};
            if (tick_(what) > now_) {
                put(what);
                continue;
            }
            --size_;
            due(what);
        }
    }

    Link link_;
    Tick tick_;
    std::array<level, depth_max> levels_;
    std::uint64_t now_ = 0;
    std::size_t size_ = 0;
};

}  // namespace baudot
