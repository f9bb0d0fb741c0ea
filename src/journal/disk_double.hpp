#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/random.hpp"
#include "base/time.hpp"
#include "journal/disk.hpp"

namespace baudot::journal {

enum class disk_operation : std::uint8_t { write, read, sync, metadata };

/// A disk in memory that can lose power, rot, fill up and fail, for tests and the simulation.
/// The same seed and the same calls give the same run.
///
/// What a crash leaves: everything synced; of what was not, each 512-byte sector perhaps, the
/// size perhaps, and of the directory changes since sync_directory() the first few or none.
/// A sector is never torn inside: that is what disks promise.
///
/// Any thread; everything is under one lock.
class disk_double final : public disk {
public:
    explicit disk_double(std::uint64_t seed);
    ~disk_double() override;

    result<std::unique_ptr<file>> open(const std::string& path, open_mode mode) override;
    result<void> rename(const std::string& from, const std::string& to) override;
    result<void> unlink(const std::string& path) override;
    result<std::vector<std::string>> list(const std::string& directory) override;
    result<void> create_directory(const std::string& directory) override;
    result<void> sync_directory(const std::string& directory) override;
    result<std::uint64_t> free_space(const std::string& directory) override;
    result<std::unique_ptr<file_lock>> lock(const std::string& path) override;

    // --- faults ---

    /// Power cut and restart. Files and locks opened before are dead: each call on them fails.
    void crash();

    /// The process dies, the machine lives (kill -9): nothing is lost, old handles are dead.
    void kill();

    /// The `operations`-th change from now (1 is the next: write, sync, rename, unlink, create,
    /// truncate, directory sync) stops half-way; it and everything after fails until crash() or
    /// kill().
    void stop_after(std::uint64_t operations);
    bool stopped() const;
    std::uint64_t changes() const;  // counted for stop_after, since construction

    /// Bytes of all files together; a write beyond it stores what fits, then errc::no_space.
    void set_capacity(std::uint64_t bytes);

    /// The next such operation fails with errc::io_failed. A failed sync drops what it should
    /// have made durable, as Linux does: later reads see it, a crash loses it.
    void fail_next(disk_operation what);

    /// From now on a sync succeeds and keeps only what was written over durable bytes, not what a
    /// file grew by: ext4 does so for a moment after an error took its own journal away. Until
    /// crash() or kill().
    void forget_growth();

    /// Flips one bit of a file, durably. The path must exist and be longer than `offset`.
    void flip_bit(const std::string& path, std::uint64_t offset, unsigned bit);

    /// Called for each operation with the bytes it moves; the sum of what it returns since the
    /// last call is take_delay(). For virtual_writer.
    using latency_hook = std::function<duration(disk_operation, std::size_t bytes)>;
    void set_latency(latency_hook hook);
    duration take_delay();

    /// The content as a running program sees it. errc::not_found.
    result<std::string> content(const std::string& path) const;
    std::uint64_t bytes_used() const;

private:
    friend class double_file;
    struct inode;
    struct state;
    std::shared_ptr<state> state_;  // shared with open files, which may outlive the disk
};

}  // namespace baudot::journal
