#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "journal/disk.hpp"
#include "journal/format.hpp"
#include "journal/frame_reader.hpp"
#include "journal/segment_files.hpp"

namespace baudot::journal {

/// The end of the journal that is written: encodes frames, begins segments, retires old ones.
/// Belongs to the writer: one thread at a time, no lock.
///
/// Failures of write() and roll() leave the state as it was before, so that after no_space the
/// next attempt writes at the same place. A failure of sync() is final.
class segment_writer {
public:
    /// `segment_bytes`: a file is not made longer than this for frames to come.
    segment_writer(disk& files, std::string directory, std::uint64_t segment_bytes);

    /// Begins the first segment of a new journal.
    result<void> create(const journal_id& id, wall_time now);

    /// Goes on behind `end` in an existing segment; what follows there is cut off, and
    /// everything before made durable. `last_sequences`: of each partition, by its number.
    result<void> resume(const std::string& name, segment_header header, const segment_end& end,
                        std::vector<std::uint64_t> last_sequences);

    /// Adds records to the frame in the making and gives them their sequences; returns the
    /// first. Must be followed by write().
    sequence add(const std::vector<new_record>& records);

    /// Writes the frame in the making. After an error nothing of it counts.
    result<void> write(std::uint8_t flags = 0);
    result<void> sync();

    /// Begins a new segment: its file has a name and a header, both durable, on return.
    result<void> roll(wall_time now);

    /// Removes a segment, or keeps its file to be written over: overwriting syncs in 60 % of
    /// the time of appending, because no size and no extents change. Durable on return.
    result<void> retire(const std::string& name);
    void drop_spare();

    const segment_header& header() const { return header_; }  // of the active segment
    std::string name() const { return segment_name(header_.base); }
    frame_place written() const { return {next_, offset_, chain_}; }

private:
    result<void> write_again(const segment_end& end);
    result<void> make_room(std::uint64_t end);
    result<void> grow(std::uint64_t size);
    result<std::unique_ptr<file>> prepare(const segment_header& header);
    void undo_frame();
    std::string path(const std::string& file_name) const;

    disk& files_;
    const std::string directory_;
    const std::uint64_t segment_bytes_;
    segment_header header_;
    std::uint32_t seed_ = 0;
    std::unique_ptr<file> active_;
    std::uint64_t size_ = 0;  // of the active file, durable
    bool spare_ = false;      // there is a retired file to write over

    sequence next_{1};
    std::uint64_t offset_ = 0;
    std::uint32_t chain_ = 0;
    std::vector<std::uint64_t> last_sequences_;  // by partition
    std::string buffer_;                         // the frame in the making, with its header
    sequence frame_base_{};
    std::uint32_t frame_records_ = 0;
};

}  // namespace baudot::journal
