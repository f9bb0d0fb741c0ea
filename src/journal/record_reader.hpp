#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "journal/disk.hpp"
#include "journal/journal.hpp"
#include "journal/segment_list.hpp"

namespace baudot::journal {

/// Reads the records of the segments that a segment_list names. Any thread.
///
/// A frame is checked as a whole, so what was read and checked stays in memory for the records
/// beside the one that was asked for: reading one after the other costs one pass over the file,
/// not one per record. Kept are 8 runs of 128 KiB or one frame, whichever is more, and together at
/// most 8 MiB beyond the newest.
class record_reader {
public:
    /// Both outlive the reader; the list learns where frames begin.
    record_reader(disk& files, std::string directory, segment_list& list)
        : files_(files), directory_(std::move(directory)), list_(list) {}

    /// What is in memory. Never waits for the disk.
    std::optional<stored_record> recall(sequence position) const;

    /// As journal::read(). Blocking.
    result<stored_record> read(sequence position);

    /// As journal::scan(). Blocking.
    result<void> scan(sequence from, const journal::visitor& visit) const;

private:
    struct run;
    using frame_visitor = std::function<result<void>(std::uint64_t offset, const frame& value)>;

    result<std::shared_ptr<const run>> load(sequence position) const;
    void keep(std::shared_ptr<const run> added);
    result<void> walk(const segment_list::view& from, sequence first,
                      const frame_visitor& visit) const;
    std::unexpected<error> missing(sequence position) const;
    std::string path(const segment_list::view& of) const;

    disk& files_;
    const std::string directory_;
    segment_list& list_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<const run>> runs_;  // guarded by mutex_; newest first
};

}  // namespace baudot::journal
