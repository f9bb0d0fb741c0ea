#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "journal/frame_reader.hpp"
#include "journal/segmented_journal.hpp"

namespace baudot::journal {

/// What readers may see: the segments, how far the newest is durable, and a sparse index into
/// each. Any thread.
///
/// The index is bounded: an entry each 128 KiB at least, kept for 64 segments; without one, a
/// read walks the segment from its beginning and leaves entries behind.
class segment_list {
public:
    /// A segment as a reader opens it.
    struct view {
        std::string name;
        std::uint32_t seed = 0;
        frame_place start;        // the nearest known place at or before the record asked for
        std::uint64_t limit = 0;  // its frames end here
        sequence end{};           // first record after it
        std::uint32_t end_chain = 0;
    };

    void add_segment(const segment_header& header, const frame_place& end);

    /// Durable up to `end` in the newest segment.
    void advance(const frame_place& end);

    /// A frame of segment `base` begins at `place`.
    void note_frame(sequence base, const frame_place& place);

    /// Empty when no segment holds it.
    std::optional<view> find(sequence position) const;

    sequence first() const;
    sequence next() const;
    std::uint64_t total_bytes() const;
    std::vector<segment_info> infos() const;

    /// Empty, or the oldest when it is closed and all of it is before `needed`.
    std::optional<segment_info> releasable(sequence needed) const;

    /// False, and nothing happens, while removal is paused.
    bool remove_oldest();

    /// As long as what is returned lives; it dies before the list.
    std::shared_ptr<void> pause_removal();

private:
    struct entry {
        segment_header header;  // without its partitions
        frame_place begin;
        frame_place end;
        std::vector<frame_place> index;
        wall_time ended{};
    };

    segment_info info(const entry& of) const;
    const entry* locate(sequence position) const;
    void bound_indexes(const entry& keep);

    mutable std::mutex mutex_;
    std::vector<entry> segments_;  // guarded by mutex_; oldest first
    std::uint64_t bytes_ = 0;      // guarded by mutex_
    int pauses_ = 0;               // guarded by mutex_
};

}  // namespace baudot::journal
