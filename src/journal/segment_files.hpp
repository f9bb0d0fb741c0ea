#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "journal/disk.hpp"
#include "journal/format.hpp"
#include "journal/frame_reader.hpp"

namespace baudot::journal {

// What recovery and the tools share: which segments a directory holds and what is in them.
// Nothing here changes a file.

struct segment_file {
    std::string name;  // inside the directory
    std::uint64_t size = 0;
    segment_header header;
};

/// Every segment, oldest first. Headers are read, and checked to follow each other: a segment
/// that is missing, shorter than its successor says, or of another journal is errc::corrupt.
result<std::vector<segment_file>> load_segments(disk& files, const std::string& directory);

/// One of them: its header is read and agrees with its name.
result<segment_file> load_segment(disk& files, const std::string& directory, std::string name);

/// `later` follows `earlier` directly, and `earlier` is whole as far as its length tells.
result<void> check_neighbours(const std::string& directory, const segment_file& earlier,
                              const segment_file& later);

/// How the frames of a segment end.
struct segment_end {
    frame_place place;          // after the last good frame
    bool clean = false;         // the writer closed the journal there
    std::uint64_t records = 0;  // of the segment
    std::uint64_t frames = 0;
    std::uint64_t torn_bytes = 0;  // of a write that was cut off behind it
    std::uint64_t last_frame = 0;  // where the last frame begins; 0: there is none
};

/// Called for each good frame with where it begins. An error ends the walk and is returned.
using frame_visitor = std::function<result<void>(const frame_place& start, const frame& value)>;

/// Checks every frame. `next`: the segment after it, null for the newest. A bad frame in a
/// closed segment, or one in the newest with a good frame behind it, is errc::corrupt with file
/// and offset; the end of the newest without one is a torn tail.
result<segment_end> walk_segment(disk& files, const std::string& directory,
                                 const segment_file& segment, const segment_file* next,
                                 const frame_visitor& visit);

/// errc::corrupt, or what `what` holds, naming file and offset and what people can do.
std::unexpected<error> damaged(const std::string& path, std::uint64_t offset, std::string what,
                               errc code = errc::corrupt);

std::string join_path(const std::string& directory, const std::string& name);

}  // namespace baudot::journal
