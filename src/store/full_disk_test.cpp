// The production store on a disk that is full at every place in turn.
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "store/rocksdb_store.hpp"
#include "store/store_fixture.hpp"

namespace baudot::store {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::uint64_t room_min = 2 << 20;
constexpr std::int64_t much = std::int64_t{1} << 40;

/// As the kernel says it.
IOStatus no_space() {
    IOStatus full = IOStatus::NoSpace("No space left on device");
    full.SetRetryable(true);
    return full;
}

class limited_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    limited_file(std::unique_ptr<rocksdb::FSWritableFile> file, std::atomic<std::int64_t>& room)
        : FSWritableFileOwnerWrapper(std::move(file)), room_(room) {}

    IOStatus Append(const rocksdb::Slice& data, const IOOptions& how, IODebugContext* to) override {
        if (!take(data.size())) return no_space();
        return FSWritableFileOwnerWrapper::Append(data, how, to);
    }
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& how,
                    const rocksdb::DataVerificationInfo& check, IODebugContext* to) override {
        if (!take(data.size())) return no_space();
        return FSWritableFileOwnerWrapper::Append(data, how, check, to);
    }

private:
    bool take(std::size_t bytes) {
        return room_.fetch_sub(static_cast<std::int64_t>(bytes)) >=
               static_cast<std::int64_t>(bytes);
    }

    std::atomic<std::int64_t>& room_;
};

/// Has room for so many bytes, and can be given more. What is deleted frees nothing.
class limited_disk final : public rocksdb::FileSystemWrapper {
public:
    limited_disk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    const char* Name() const override { return "limited_disk"; }
    void set_room(std::int64_t bytes) { room_ = bytes; }

    IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                             std::unique_ptr<rocksdb::FSWritableFile>* made,
                             IODebugContext* to) override {
        std::unique_ptr<rocksdb::FSWritableFile> file;
        IOStatus opened = FileSystemWrapper::NewWritableFile(name, how, &file, to);
        if (opened.ok()) *made = std::make_unique<limited_file>(std::move(file), room_);
        return opened;
    }

    IOStatus GetFreeSpace(const std::string& /*path*/, const IOOptions& /*how*/,
                          std::uint64_t* free, IODebugContext* /*to*/) override {
        *free = static_cast<std::uint64_t>(std::max<std::int64_t>(0, room_));
        return IOStatus::OK();
    }

private:
    std::atomic<std::int64_t> room_{much};
};

rocksdb_options small_store(const std::string& directory,
                            const std::shared_ptr<limited_disk>& disk) {
    return {.directory = directory,
            .block_cache_bytes = 1 << 20,
            .write_buffer_bytes = 64 << 10,
            .room_min = room_min,
            .files = disk};
}

std::string key(std::uint64_t number) {
    return "key" + std::to_string(number);
}

/// Writes rows until one is refused, and flushes now and then; the number of the refused one.
std::uint64_t write_until_refused(store& rows, std::uint64_t from, std::uint64_t to,
                                  random_source& random) {
    for (std::uint64_t number = from; number < to; ++number) {
        write_batch batch;
        std::string value(200, '\0');
        for (char& each : value) each = static_cast<char>(random.below(256));
        batch.put(family::seen, key(number % 2'000), value);
        batch.put(family::pending, key(number), std::move(value));
        if (number > 20) batch.erase(family::pending, key(number - 20));
        const auto applied = rows.apply(batch, sequence{number});
        if (!applied) {
            EXPECT_EQ(applied.error().code, errc::no_space) << applied.error().message;
            return number;
        }
        if (random.below(500) == 0) {
            const auto flushed = rows.flush();
            EXPECT_TRUE(flushed || flushed.error().code == errc::no_space)
                << flushed.error().message;
        }
    }
    return to;
}

TEST(full_disk, that_fills_in_any_flush_or_compaction_only_pauses_the_store) {
    std::size_t refusals = 0;
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const scratch_directory scratch;
        const auto disk = std::make_shared<limited_disk>();
        auto rows = open_rocksdb(small_store(scratch / "store", disk));
        ASSERT_TRUE(rows) << rows.error().message;
        constexpr std::uint64_t end = 3'000;
        for (std::uint64_t next = 1; next < end;) {
            disk->set_room(static_cast<std::int64_t>(room_min + random.below(2 << 20)));
            next = write_until_refused(**rows, next, end, random);
            ASSERT_EQ((*rows)->position(), sequence{next - 1}) << "a refused batch leaves nothing";
            if (next == end) break;
            ++refusals;
            disk->set_room(much);
            write_batch nothing;
            while (!(*rows)->apply(nothing, sequence{next - 1})) std::this_thread::yield();
        }
        disk->set_room(much);
        const auto flushed = (*rows)->flush();
        ASSERT_TRUE(flushed) << flushed.error().message;
        rows = fail(errc::not_found, "closed");
        rows = open_rocksdb(small_store(scratch / "store", disk));
        ASSERT_TRUE(rows) << rows.error().message;
        EXPECT_EQ((*rows)->position(), sequence{end - 1});
        std::size_t pending = 0;
        ASSERT_TRUE((*rows)->scan(family::pending, "", "", [&](auto, auto) { return ++pending; }));
        EXPECT_EQ(pending, 20U);
    }
    EXPECT_GT(refusals, 2U) << "or the disk was never full";
}

TEST(full_disk, is_an_error_and_no_wait_while_the_store_opens_and_for_a_copy_elsewhere) {
    const scratch_directory scratch;
    const auto disk = std::make_shared<limited_disk>();
    disk->set_room(100);
    EXPECT_FALSE(open_rocksdb(small_store(scratch / "store", disk)));
    disk->set_room(much);
    auto rows = open_rocksdb(small_store(scratch / "other", disk));
    ASSERT_TRUE(rows) << rows.error().message;
    disk->set_room(room_min - 1);
    EXPECT_EQ((*rows)->checkpoint(scratch / "copy").error().code, errc::no_space);
}

TEST(full_disk, lets_the_store_close_while_it_waits_for_room) {
    random_source random(1);
    const scratch_directory scratch;
    const auto disk = std::make_shared<limited_disk>();
    auto rows = open_rocksdb(small_store(scratch / "store", disk));
    ASSERT_TRUE(rows) << rows.error().message;
    disk->set_room(room_min);
    ASSERT_LT(write_until_refused(**rows, 1, 6'000, random), 6'000U);
    rows = fail(errc::not_found, "closed");
    disk->set_room(much);
    EXPECT_TRUE(open_rocksdb(small_store(scratch / "store", disk)));
}

}  // namespace
}  // namespace baudot::store
