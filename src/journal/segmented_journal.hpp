#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "async/blocking_pool.hpp"
#include "async/timer_service.hpp"
#include "journal/disk.hpp"
#include "journal/journal.hpp"
#include "journal/writer_driver.hpp"

namespace baudot::journal {

struct journal_options {
    std::string directory;
    std::uint64_t segment_bytes = 128ULL << 20;   // a new segment begins beyond this
    std::uint64_t commit_bytes_max = 8ULL << 20;  // one write and sync; a larger call goes alone

    /// journal.keep: what is settled stays readable until it is older than this, or until the
    /// whole journal is larger than that.
    std::chrono::seconds keep_age = std::chrono::hours(24 * 7);
    std::uint64_t keep_bytes = 4ULL << 30;

    /// open() verifies every frame from the segment of this record on (the store's flushed
    /// position); older segments are verified when they are read. The headers and the newest
    /// segment always are.
    sequence verify_from{};
};

struct segment_info {
    std::string file;  // name inside the directory
    sequence first{};  // its first record, or the next one when it is empty
    sequence last{};   // first - 1 when it is empty
    std::uint64_t bytes = 0;
    wall_time created{};
    wall_time ended{};    // of a closed one: when the next was created
    bool active = false;  // the one that is written
};

/// What open() found.
struct recovery_report {
    std::uint64_t segments = 0;
    std::uint64_t records_verified = 0;
    std::uint64_t bytes_verified = 0;
    bool clean = false;           // the last writer closed the journal
    std::uint64_t cut_bytes = 0;  // a torn tail: never acknowledged, unless the disk lied
    std::string cut_file;
    std::uint64_t cut_offset = 0;
};

struct journal_stats {
    std::uint64_t records = 0;              // since open
    std::uint64_t bytes = 0;                // written, with headers
    std::uint64_t commits = 0;              // frames
    std::uint64_t no_space = 0;             // commits refused by a full disk
    duration sync_time = duration::zero();  // sum over the commits
    duration last_sync = duration::zero();
    std::uint64_t waiting_bytes = 0;
    std::uint64_t segments = 0;
    std::uint64_t total_bytes = 0;  // of all segments
    bool failed = false;
};

/// The journal in segment files (docs/formats.md) on a `disk`.
///
/// append(), read(), release_before() and the observers: any thread. The writer runs where the
/// driver runs it. `files`, `timers`, `driver` and `readers` outlive the journal; the
/// io_contexts of callers outlive close().
class segmented_journal final : public journal {
public:
    /// Creates, or recovers: takes the lock, verifies, cuts a torn tail, syncs. Blocking.
    /// errc::in_use, errc::corrupt with file and offset, errc::unsupported_version, and those
    /// of the disk. `id_seed`: any number that differs between journals (a random one).
    static result<std::unique_ptr<segmented_journal>> open(journal_options options, disk& files,
                                                           timer_service& timers,
                                                           writer_driver& driver,
                                                           blocking_pool& readers,
                                                           std::uint64_t id_seed);
    ~segmented_journal() override;

    /// Commits what was queued, answers every caller, marks the end as clean. Later appends get
    /// errc::shutting_down. Blocking.
    result<void> close();

    boost::asio::awaitable<result<sequence>> append(std::vector<new_record> records) override;
    boost::asio::awaitable<result<stored_record>> read(sequence position) override;
    result<void> scan(sequence from, const visitor& visit) const override;
    sequence first() const override;
    sequence next() const override;
    sequence kept_from() const override;
    void release_before(sequence needed) override;

    /// Oldest first. For copy-forward: what pins the disk is what lives in the first of them.
    std::vector<segment_info> segments() const;
    const recovery_report& recovered() const;

    /// While what is returned lives, no segment is removed or written over, so that their files
    /// can be copied. Any thread; it dies before the journal.
    std::shared_ptr<void> pause_retention();

    journal_stats stats() const;

private:
    class impl;
    explicit segmented_journal(std::unique_ptr<impl> core);
    std::unique_ptr<impl> impl_;
};

}  // namespace baudot::journal
