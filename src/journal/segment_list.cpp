#include "journal/segment_list.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace baudot::journal {
namespace {

constexpr std::uint64_t index_spacing_bytes = 128ULL << 10;
constexpr std::size_t indexed_segments_max = 64;

sequence before(sequence value) {
    return sequence{std::to_underlying(value) - 1};
}

}  // namespace

void segment_list::add_segment(const segment_header& header, const frame_place& end) {
    const std::lock_guard lock(mutex_);
    if (!segments_.empty()) segments_.back().ended = header.created;
    entry added;
    added.begin = first_frame(header);
    added.header = header;
    added.header.partitions.clear();
    added.end = end;
    segments_.push_back(std::move(added));
    bytes_ += end.offset;
}

void segment_list::advance(const frame_place& end) {
    const std::lock_guard lock(mutex_);
    entry& newest = segments_.back();
    bytes_ += end.offset - newest.end.offset;
    newest.end = end;
}

void segment_list::note_frame(sequence base, const frame_place& place) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::ranges::lower_bound(segments_, base, {}, [](const entry& e) { return e.header.base; });
    if (found == segments_.end() || found->header.base != base) return;
    const std::uint64_t covered =
        found->index.empty() ? found->begin.offset : found->index.back().offset;
    if (place.offset < covered + index_spacing_bytes) return;
    if (found->index.empty()) bound_indexes(*found);
    found->index.push_back(place);
}

// The oldest index goes: copy-forward and recovery move towards the new.
void segment_list::bound_indexes(const entry& keep) {
    std::size_t indexed = 0;
    entry* oldest = nullptr;
    for (entry& e : segments_) {
        if (e.index.empty() || &e == &keep) continue;
        if (indexed++ == 0) oldest = &e;
    }
    if (indexed >= indexed_segments_max) oldest->index = {};
}

const segment_list::entry* segment_list::locate(sequence position) const {
    auto after = std::ranges::upper_bound(segments_, position, {},
                                          [](const entry& e) { return e.header.base; });
    if (after == segments_.begin()) return nullptr;
    const entry& found = *std::prev(after);
    return position < found.end.base ? &found : nullptr;
}

std::optional<segment_list::view> segment_list::find(sequence position) const {
    const std::lock_guard lock(mutex_);
    const entry* const found = locate(position);
    if (found == nullptr) return std::nullopt;
    view seen;
    seen.name = segment_name(found->header.base);
    seen.seed = frame_seed(found->header.id, found->header.base);
    seen.limit = found->end.offset;
    seen.end = found->end.base;
    seen.end_chain = found->end.chain;
    const auto after = std::ranges::upper_bound(found->index, position, {},
                                                [](const frame_place& p) { return p.base; });
    seen.start = after == found->index.begin() ? found->begin : *std::prev(after);
    return seen;
}

sequence segment_list::first() const {
    const std::lock_guard lock(mutex_);
    return segments_.front().header.base;
}

sequence segment_list::next() const {
    const std::lock_guard lock(mutex_);
    return segments_.back().end.base;
}

std::uint64_t segment_list::total_bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

segment_info segment_list::info(const entry& of) const {
    segment_info made;
    made.file = segment_name(of.header.base);
    made.first = of.header.base;
    made.last = before(of.end.base);
    made.bytes = of.end.offset;
    made.created = of.header.created;
    made.ended = of.ended;
    made.active = &of == &segments_.back();
    return made;
}

std::vector<segment_info> segment_list::infos() const {
    const std::lock_guard lock(mutex_);
    std::vector<segment_info> all;
    all.reserve(segments_.size());
    for (const entry& e : segments_) all.push_back(info(e));
    return all;
}

std::optional<segment_info> segment_list::releasable(sequence needed) const {
    const std::lock_guard lock(mutex_);
    if (segments_.size() < 2 || segments_.front().end.base > needed) return std::nullopt;
    return info(segments_.front());
}

bool segment_list::remove_oldest() {
    const std::lock_guard lock(mutex_);
    if (pauses_ > 0) return false;
    BAUDOT_ASSERT(segments_.size() > 1, "the active segment stays");
    bytes_ -= segments_.front().end.offset;
    segments_.erase(segments_.begin());
    return true;
}

std::shared_ptr<void> segment_list::pause_removal() {
    const std::lock_guard lock(mutex_);
    ++pauses_;
    return {this, [](segment_list* paused) {
                const std::lock_guard end(paused->mutex_);
                --paused->pauses_;
            }};
}

}  // namespace baudot::journal
