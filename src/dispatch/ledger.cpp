#include "dispatch/ledger.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/byte_io.hpp"

namespace baudot::dispatch {
namespace {

// Progress as the store keeps it, little-endian (docs/formats.md): version u8, position of the
// content u64 (0: where it was planned), then two bits for each delivery, the first in the lowest.
// In version 1 none is tied.
constexpr char progress_version = 2;

constexpr std::size_t chunk_plans_max = 1024;
constexpr std::uint64_t distance_max = (1ULL << 25) - 1;
constexpr std::uint32_t all_settled = 0xAAAAAAAA;

bool is_fate(outcome_kind kind) {
    return kind == outcome_kind::delivered || kind == outcome_kind::rejected ||
           kind == outcome_kind::uncertain;
}

std::uint64_t between(sequence from, sequence to) {
    return std::to_underlying(to) - std::to_underlying(from);
}

sequence after(sequence from, std::uint64_t distance) {
    return sequence{std::to_underlying(from) + distance};
}

}  // namespace

bool ledger::planned(sequence position, const deliveries_planned& what) {
    if (what.moved_from != sequence{0}) {
        const place found = locate(what.moved_from);
        if (!found.at) return false;  // settled since
        found.at->is_moved = 1;
        sequence& moved = moved_[what.moved_from];
        moved = std::max(moved, position);
        changed_[what.moved_from] |= found.at->is_stored;
        return false;
    }
    if (position <= newest_) return false;
    const auto is_open = [](const planned_delivery& each) {
        return each.why == reject_class::none;
    };
    const auto open = std::ranges::count_if(what.deliveries, is_open);
    if (open == 0) return false;
    const auto count = static_cast<std::uint32_t>(what.deliveries.size());
    add(position, count);
    if (open == count) return true;
    const place added = locate(position);
    for (std::uint32_t index = 0; index < count; ++index) {
        if (!is_open(what.deliveries[index])) set(*added.at, position, index, state::settled);
    }
    changed_[position] |= false;
    return true;
}

// Everything that it holds is owed.
void ledger::add(sequence position, std::uint32_t count) {
    newest_ = position;
    pending_ += count;
    const auto newest = chunks_.empty() ? chunks_.end() : std::prev(chunks_.end());
    const bool has_room = newest != chunks_.end() &&
                          newest->second.plans.size() < chunk_plans_max &&
                          between(newest->first, position) <= distance_max;
    const auto in = has_room ? newest : chunks_.emplace_hint(chunks_.end(), position, chunk{});
    const bool is_narrow = count <= narrow_max;
    // Places behind the last delivery count as settled: then "all" has one bit pattern.
    const std::uint32_t open = count >= narrow_max ? 0 : all_settled << (2 * count);
    in->second.plans.push_back(
        {.distance = static_cast<std::uint32_t>(between(in->first, position)),
         .is_stored = 0,
         .is_moved = 0,
         .count = is_narrow ? count : 0,
         .states = open});
    if (is_narrow) return;
    wide_.emplace(position, wide_plan{count, count, std::vector<std::uint8_t>((count + 3) / 4)});
}

void ledger::started(const deliveries_started& what) {
    for (const delivery_ref& ref : what.deliveries) {
        const place found = locate(ref.planned);
        if (!found.at || ref.index >= count_of(*found.at, ref.planned)) continue;
        const state before = get(*found.at, ref.planned, ref.index);
        if (before != state::waiting && before != state::tied) continue;
        set(*found.at, ref.planned, ref.index, state::started);
        changed_[ref.planned] |= found.at->is_stored;
    }
}

void ledger::settled(const deliveries_settled& what, const fate_visitor& fate) {
    for (const settlement& each : what.settlements) {
        const sequence position = each.delivery.planned;
        const std::uint32_t index = each.delivery.index;
        const place found = locate(position);
        if (!found.at || index >= count_of(*found.at, position)) continue;
        if (get(*found.at, position, index) == state::settled) continue;
        changed_[position] |= found.at->is_stored;
        const bool is_tied = each.kind == outcome_kind::refused || each.is_tied;
        const state undone = is_tied ? state::tied : state::waiting;
        set(*found.at, position, index, is_fate(each.kind) ? state::settled : undone);
        if (!is_fate(each.kind)) continue;
        if (fate) fate(each);
        if (!has_open(*found.at, position)) bury(found.in, *found.at);
    }
}

bool ledger::owes(sequence position, std::uint32_t first, std::uint32_t last) const {
    const plan* of = locate(position);
    if (!of) return false;
    last = std::min(last, count_of(*of, position));
    for (std::uint32_t index = first; index < last; ++index) {
        if (get(*of, position, index) != state::settled) return true;
    }
    return false;
}

bool ledger::owes(sequence position) const {
    const plan* of = locate(position);
    return of && has_open(*of, position);
}

std::optional<ledger::state> ledger::find(const delivery_ref& ref) const {
    const plan* of = locate(ref.planned);
    if (!of || ref.index >= count_of(*of, ref.planned)) return std::nullopt;
    return get(*of, ref.planned, ref.index);
}

sequence ledger::content_at(sequence position) const {
    const auto moved = moved_.find(position);
    return moved == moved_.end() ? position : moved->second;
}

// Those that were moved are few: only what a nearly empty journal still holds is moved.
sequence ledger::oldest() const {
    sequence lowest{0};
    each_live([&](sequence position, const plan& of) {
        if (of.is_moved) return true;
        lowest = position;
        return false;
    });
    for (const auto& [position, content] : moved_) {
        if (lowest == sequence{0} || content < lowest) lowest = content;
    }
    return lowest;
}

std::vector<sequence> ledger::held_before(sequence limit, std::size_t most) const {
    std::vector<sequence> positions;
    each_live([&](sequence position, const plan&) {
        if (position >= limit) return false;  // moved or not, its content stands behind
        if (content_at(position) < limit) positions.push_back(position);
        return positions.size() <= most;
    });
    if (positions.size() > most) positions.clear();
    return positions;
}

std::vector<delivery_ref> ledger::all_in(state wanted) const {
    std::vector<delivery_ref> found;
    each_live([&](sequence position, const plan& of) {
        for (std::uint32_t index = 0; index < count_of(of, position); ++index) {
            if (get(of, position, index) == wanted) found.push_back({position, index});
        }
        return true;
    });
    return found;
}

void ledger::take_changes(const change_visitor& each) {
    std::vector<std::pair<sequence, bool>> changes(changed_.begin(), changed_.end());
    std::ranges::sort(changes);
    for (const auto& [position, was_stored] : changes) {
        const place found = locate(position);
        if (!found.at) {
            if (was_stored) each(position, nullptr);
            continue;
        }
        const std::string progress = progress_of(*found.at, position);
        found.at->is_stored = 1;
        each(position, &progress);
    }
    changed_.clear();
}

std::string ledger::progress_of(const plan& what, sequence position) const {
    std::string progress(1, progress_version);
    put(progress, what.is_moved ? moved_.at(position) : sequence{0});
    const std::uint32_t count = count_of(what, position);
    std::uint8_t packed = 0;
    for (std::uint32_t index = 0; index < count; ++index) {
        const auto bits = static_cast<unsigned>(get(what, position, index)) << (2 * (index % 4));
        packed = static_cast<std::uint8_t>(packed | bits);
        if (index % 4 != 3 && index + 1 != count) continue;
        put(progress, std::exchange(packed, std::uint8_t{0}));
    }
    return progress;
}

result<void> ledger::restore(sequence position, std::uint32_t count, std::string_view progress) {
    const auto corrupt = [&] {
        return fail(errc::corrupt, "store: the progress of what was planned at position " +
                                       std::to_string(std::to_underlying(position)) +
                                       " cannot be read");
    };
    if (position <= newest_ || count == 0) return corrupt();
    if (progress.empty()) {
        add(position, count);
        return {};
    }
    byte_reader reader(progress);
    char version = 0;
    sequence content{};
    std::string_view states;
    if (!reader.take(version) || version < 1 || version > progress_version ||
        !reader.take(content) || !reader.take((count + 3) / 4, states) || !reader.done()) {
        return corrupt();
    }
    const auto state_at = [&](std::uint32_t index) {
        return static_cast<state>(
            (static_cast<std::uint8_t>(states[index / 4]) >> 2 * (index % 4)) & 3);
    };
    std::uint32_t open = 0;
    for (std::uint32_t index = 0; index < count; ++index) {
        if (state_at(index) == state::tied && version == 1) return corrupt();
        open += state_at(index) != state::settled;
    }
    if (open == 0) return corrupt();
    add(position, count);
    const place added = locate(position);
    for (std::uint32_t index = 0; index < count; ++index) {
        set(*added.at, position, index, state_at(index));
    }
    added.at->is_stored = 1;
    if (content == sequence{0}) return {};
    added.at->is_moved = 1;
    moved_[position] = content;
    return {};
}

ledger::place ledger::locate(sequence position) {
    auto in = chunks_.upper_bound(position);
    if (in == chunks_.begin()) return {in, nullptr};
    --in;
    std::vector<plan>& plans = in->second.plans;
    const std::uint64_t distance = between(in->first, position);
    const auto at = std::ranges::lower_bound(
        plans, distance, {}, [](const plan& each) { return std::uint64_t{each.distance}; });
    const bool is_there = at != plans.end() && at->distance == distance && !is_dead(*at);
    return {in, is_there ? &*at : nullptr};
}

const ledger::plan* ledger::locate(sequence position) const {
    return const_cast<ledger*>(this)->locate(position).at;  // changes nothing
}

bool ledger::is_dead(const plan& what) {
    return what.states == all_settled;
}

std::uint32_t ledger::count_of(const plan& what, sequence position) const {
    return what.count > 0 ? what.count : wide_.at(position).count;
}

bool ledger::has_open(const plan& what, sequence position) const {
    return what.count > 0 ? !is_dead(what) : wide_.at(position).open > 0;
}

ledger::state ledger::get(const plan& what, sequence position, std::uint32_t index) const {
    const std::uint32_t bits =
        what.count > 0 ? what.states >> (2 * index)
                       : std::uint32_t{wide_.at(position).states[index / 4]} >> (2 * (index % 4));
    return static_cast<state>(bits & 3);
}

// Counts what is owed.
void ledger::set(plan& what, sequence position, std::uint32_t index, state to) {
    const int more = (get(what, position, index) == state::settled) - (to == state::settled);
    pending_ += static_cast<std::size_t>(more);
    const auto bits = static_cast<std::uint32_t>(to);
    if (what.count > 0) {
        what.states = (what.states & ~(3U << (2 * index))) | bits << (2 * index);
        return;
    }
    wide_plan& wide = wide_.at(position);
    wide.open += static_cast<std::uint32_t>(more);
    std::uint8_t& packed = wide.states[index / 4];
    const unsigned shift = 2 * (index % 4);
    packed = static_cast<std::uint8_t>((packed & ~(3U << shift)) | bits << shift);
}

// Nothing of it is owed any more. Its place stays until enough others have gone.
void ledger::bury(chunks::iterator in, plan& dead) {
    const sequence position = after(in->first, dead.distance);
    if (dead.count == 0) wide_.erase(position);
    if (dead.is_moved) moved_.erase(position);
    dead.count = 1;
    dead.states = all_settled;
    if (++in->second.dead * 3 > in->second.plans.size()) shrink(in);
}

void ledger::shrink(chunks::iterator in) {
    std::vector<plan>& plans = in->second.plans;
    std::erase_if(plans, is_dead);
    in->second.dead = 0;
    if (plans.empty()) {
        chunks_.erase(in);
        return;
    }
    // Few plans over a long stretch of the journal would otherwise be a chunk for each.
    if (in != chunks_.begin()) {
        const auto before = std::prev(in);
        std::vector<plan>& room = before->second.plans;
        const std::uint64_t gap = between(before->first, in->first);
        if (room.size() + plans.size() <= chunk_plans_max / 2 &&
            gap + plans.back().distance <= distance_max) {
            for (plan each : plans) {
                each.distance += static_cast<std::uint32_t>(gap);
                room.push_back(each);
            }
            chunks_.erase(in);
            return;
        }
    }
    plans.shrink_to_fit();
}

template <class Visit>
void ledger::each_live(Visit visit) const {
    for (const auto& [key, in] : chunks_) {
        for (const plan& each : in.plans) {
            if (!is_dead(each) && !visit(after(key, each.distance), each)) return;
        }
    }
}

std::size_t ledger::bytes() const {
    constexpr std::size_t node_bytes = sizeof(chunks::value_type) + 48;
    std::size_t all = 0;
    for (const auto& [key, in] : chunks_) all += node_bytes + in.plans.capacity() * sizeof(plan);
    for (const auto& [key, wide] : wide_) all += wide.states.capacity();
    all += wide_.bucket_count() * (sizeof(std::pair<sequence, wide_plan>) + 1);
    all += moved_.bucket_count() * (sizeof(std::pair<sequence, sequence>) + 1);
    all += changed_.bucket_count() * (sizeof(std::pair<sequence, bool>) + 1);
    return all;
}

}  // namespace baudot::dispatch
