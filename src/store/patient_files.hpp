#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace baudot::store {

/// Files of RocksDB that wait for room instead of failing. A flush or compaction that finds the
/// disk full puts the whole database into an error state, which it leaves neither by itself (as
/// Debian builds it, it aborts on an assertion sooner or later) nor by DB::Resume(), which hangs
/// when the disk is full again. So a background thread that would write waits here.
///
/// Guarantee: between be_patient() and give_up() nothing is written or made inside of `directory`
/// while less than `room_min` is known to be free. Elsewhere, as in a backup, and before, while the
/// database opens, a full disk is an error. Any thread.
class patient_files final : public rocksdb::FileSystemWrapper {
public:
    patient_files(const std::shared_ptr<rocksdb::FileSystem>& below, std::string directory,
                  std::uint64_t room_min)
        : FileSystemWrapper(below), directory_(std::move(directory)), room_min_(room_min) {}

    const char* Name() const override { return "patient_files"; }

    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                                      std::unique_ptr<rocksdb::FSWritableFile>* made,
                                      rocksdb::IODebugContext* to) override;

    /// Bytes free, or the highest number when that is not known. Cheap.
    std::uint64_t room();

    /// Somebody waits, and would go on waiting: who has not noticed the room yet does not count.
    bool is_waiting() { return waiting_ > 0 && room() < room_min_; }

    void be_patient();

    /// Whoever waits is told that there is no room, and nobody waits any more: to close.
    void give_up();

    /// Before `name` is written: returns when there is room; the error when it gave up meanwhile.
    rocksdb::IOStatus wait_for_room(const std::string& name);

private:
    const std::string directory_;
    const std::uint64_t room_min_;
    std::atomic<int> waiting_ = 0;
    std::atomic<bool> is_patient_ = false;
    std::mutex mutex_;
    std::condition_variable ended_;  // of the patience
};

}  // namespace baudot::store
