#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "journal/disk.hpp"
#include "journal/format.hpp"

namespace baudot::journal {

/// A place between two frames of a segment.
struct frame_place {
    sequence base{};           // of the next record
    std::uint64_t offset = 0;  // in the file
    std::uint32_t chain = 0;   // CRC of the frame before
};

/// Where the frames of a segment begin.
frame_place first_frame(const segment_header& header);

/// Reads the frames of one segment in order and checks each. One thread.
class frame_reader {
public:
    enum class stop : std::uint8_t {
        none,   // there may be more
        limit,  // exactly at the limit
        bad,    // place() is not the beginning of a good frame
        newer,  // place() is a good frame of a newer format
    };

    /// `source` outlives the reader. `limit`: where the frames end, or the file does.
    frame_reader(const file& source, std::uint32_t seed, frame_place start, std::uint64_t limit)
        : source_(source), seed_(seed), place_(start), limit_(limit) {}

    /// The payload stays valid until the next call. Empty: see stopped(). The error is that of
    /// the disk.
    result<std::optional<frame>> next();

    const frame_place& place() const { return place_; }  // after the last frame returned
    stop stopped() const { return stopped_; }

private:
    result<void> fill(std::uint64_t wanted);

    const file& source_;
    const std::uint32_t seed_;
    frame_place place_;
    const std::uint64_t limit_;
    stop stopped_ = stop::none;
    std::string buffer_;
    std::uint64_t buffer_offset_ = 0;  // of buffer_[0] in the file
};

}  // namespace baudot::journal
