#include "store/rocksdb_store.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "base/bytes.hpp"
#include "observe/metrics.hpp"
#include "store/rocksdb_status.hpp"
#include "store/rocksdb_tuning.hpp"
#include "store/store_fixture.hpp"

namespace baudot::store {
namespace {

std::unique_ptr<store> must_open(const std::string& directory) {
    auto opened = open_rocksdb({.directory = directory});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
}

error must_fail(const std::string& directory) {
    auto opened = open_rocksdb({.directory = directory});
    EXPECT_FALSE(opened);
    return opened ? error{} : opened.error();
}

void fill(store& rows, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t i = from; i <= to; ++i) {
        write_batch batch;
        batch.put(family::seen, "key" + std::to_string(i), "value");
        ASSERT_TRUE(rows.apply(batch, sequence{i}));
    }
}

// The same directory in this process and in the one that a death test starts anew.
class shared_directory {
public:
    shared_directory() {
        const char* inherited = std::getenv(variable);
        path_ = inherited ? inherited : scratch_ / "store";
        ::setenv(variable, path_.c_str(), 1);
        is_child_ = inherited != nullptr;
    }
    ~shared_directory() { ::unsetenv(variable); }

    const std::string& path() const { return path_; }
    bool is_child() const { return is_child_; }

private:
    static constexpr const char* variable = "BAUDOT_TEST_STORE";
    scratch_directory scratch_;
    std::string path_;
    bool is_child_ = false;
};

TEST(rocksdb_store_death, a_killed_process_leaves_what_it_flushed) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const shared_directory directory;
    EXPECT_EXIT(
        {
            const auto rows = must_open(directory.path());
            fill(*rows, 1, 10);
            if (!rows->flush()) ::_exit(1);
            fill(*rows, 11, 20);
            ::raise(SIGKILL);
        },
        testing::KilledBySignal(SIGKILL), "");
    const auto rows = must_open(directory.path());
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->position(), sequence{10}) << "the journal brings the other ten back";
    EXPECT_TRUE(rows->get(family::seen, "key10")->has_value());
    EXPECT_FALSE(rows->get(family::seen, "key11")->has_value());
}

TEST(rocksdb_store_death, a_directory_belongs_to_one_process) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const shared_directory directory;
    std::unique_ptr<store> mine;
    if (!directory.is_child()) mine = must_open(directory.path());
    EXPECT_EXIT(::_exit(must_fail(directory.path()).code == errc::in_use ? 0 : 1),
                testing::ExitedWithCode(0), "");
}

TEST(rocksdb_store, a_directory_is_open_once_in_a_process) {
    const scratch_directory scratch;
    auto mine = must_open(scratch / "store");
    const error refused = must_fail(scratch / "store");
    EXPECT_EQ(refused.code, errc::in_use);
    EXPECT_TRUE(refused.message.contains("another instance")) << refused.message;
    mine.reset();
    EXPECT_TRUE(must_open(scratch / "store"));
}

TEST(rocksdb_store, a_flush_without_room_is_refused_and_the_store_goes_on) {
    const scratch_directory scratch;
    must_open(scratch / "store").reset();
    constexpr std::uint64_t more_than_any_disk = std::uint64_t{1} << 62;
    auto rows = open_rocksdb({.directory = scratch / "store", .room_min = more_than_any_disk});
    ASSERT_TRUE(rows) << "an old store opens: it has nothing to write";
    fill(**rows, 1, 10);
    const auto refused = (*rows)->flush();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::no_space);
    EXPECT_TRUE(refused.error().message.contains(scratch / "store")) << refused.error().message;
    EXPECT_EQ((*rows)->checkpoint(scratch / "copy").error().code, errc::no_space);
    EXPECT_EQ((*rows)->flushed_position(), sequence{0});
    fill(**rows, 11, 20);
    EXPECT_EQ((*rows)->position(), sequence{20});
    EXPECT_TRUE((*rows)->get(family::seen, "key20")->has_value());
}

TEST(rocksdb_store, only_the_owner_may_read_it_and_its_checkpoints) {
    const scratch_directory scratch;
    const auto rows = must_open(scratch / "store");
    ASSERT_TRUE(rows->checkpoint(scratch / "copy"));
    for (const char* name : {"store", "copy"}) {
        struct stat found{};
        ASSERT_EQ(::stat((scratch / name).c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777U, 0700U) << name;
    }
}

// Opens the database as another program would and changes it.
template <class Change>
void change_raw(const std::string& directory, Change change) {
    const rocksdb_options options{.directory = directory};
    const auto cache = rocksdb::NewLRUCache(1 << 20);
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(database_options(options, cache), directory,
                                  family_descriptors(options, cache), &handles, &raw)
                    .ok());
    const std::unique_ptr<rocksdb::DB> database(raw);
    change(*database);
    for (auto* handle : handles) ASSERT_TRUE(database->DestroyColumnFamilyHandle(handle).ok());
    // avoid_flush_during_shutdown: only the change, which used the log, is kept.
}

TEST(rocksdb_store, a_newer_format_is_refused_and_left_as_it_is) {
    const scratch_directory scratch;
    must_open(scratch / "store").reset();
    std::string two(4, '\0');
    store_little_endian<std::uint32_t>(two.data(), 2);
    change_raw(scratch / "store",
               [&](rocksdb::DB& database) { ASSERT_TRUE(database.Put({}, "format", two).ok()); });
    for (int twice = 0; twice < 2; ++twice) {
        const error refused = must_fail(scratch / "store");
        EXPECT_EQ(refused.code, errc::unsupported_version);
        EXPECT_TRUE(refused.message.contains("format 2")) << refused.message;
        EXPECT_TRUE(refused.message.contains("formats up to 1")) << refused.message;
    }
}

TEST(rocksdb_store, an_unknown_family_is_a_newer_programs) {
    const scratch_directory scratch;
    must_open(scratch / "store").reset();
    change_raw(scratch / "store", [](rocksdb::DB& database) {
        rocksdb::ColumnFamilyHandle* added = nullptr;
        ASSERT_TRUE(database.CreateColumnFamily({}, "from_the_future", &added).ok());
        ASSERT_TRUE(database.DestroyColumnFamilyHandle(added).ok());
    });
    const error refused = must_fail(scratch / "store");
    EXPECT_EQ(refused.code, errc::unsupported_version);
    EXPECT_TRUE(refused.message.contains("from_the_future")) << refused.message;
}

TEST(rocksdb_store, a_store_without_its_position_is_corrupt) {
    const scratch_directory scratch;
    must_open(scratch / "store").reset();
    change_raw(scratch / "store",
               [](rocksdb::DB& database) { ASSERT_TRUE(database.Delete({}, "position").ok()); });
    EXPECT_EQ(must_fail(scratch / "store").code, errc::corrupt);
}

TEST(rocksdb_store, a_flipped_byte_is_found_and_the_message_says_what_to_do) {
    const scratch_directory scratch;
    auto rows = must_open(scratch / "store");
    fill(*rows, 1, 1000);
    ASSERT_TRUE(rows->flush());
    rows.reset();
    for (const auto& file : std::filesystem::directory_iterator(scratch / "store")) {
        if (file.path().extension() != ".sst") continue;
        std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp(20);
        bytes.put('\x5A');
    }
    auto opened = open_rocksdb({.directory = scratch / "store"});
    error failure{};
    if (!opened) {
        failure = opened.error();
    } else {
        const auto read = (*opened)->scan(family::seen, "", "", [](auto, auto) { return true; });
        ASSERT_FALSE(read);
        failure = read.error();
    }
    EXPECT_EQ(failure.code, errc::corrupt);
    EXPECT_TRUE(failure.message.contains(scratch / "store")) << failure.message;
    EXPECT_TRUE(failure.message.contains("restore a backup")) << failure.message;
}

TEST(rocksdb_store, a_missing_table_file_is_corrupt_not_empty) {
    const scratch_directory scratch;
    auto rows = must_open(scratch / "store");
    fill(*rows, 1, 10);
    ASSERT_TRUE(rows->flush());
    rows.reset();
    std::vector<std::filesystem::path> tables;
    for (const auto& file : std::filesystem::directory_iterator(scratch / "store")) {
        if (file.path().extension() == ".sst") tables.push_back(file.path());
    }
    ASSERT_FALSE(tables.empty());
    for (const auto& table : tables) std::filesystem::remove(table);
    EXPECT_EQ(must_fail(scratch / "store").code, errc::corrupt);
}

TEST(rocksdb_store, a_directory_that_cannot_be_made_says_why) {
    const scratch_directory scratch;
    const error failure = must_fail(scratch / "absent/store");
    EXPECT_EQ(failure.code, errc::io_failed);
    EXPECT_TRUE(failure.message.contains("No such file")) << failure.message;
    std::ofstream(scratch / "file") << "x";
    EXPECT_EQ(must_fail(scratch / "file").code, errc::io_failed);
}

TEST(rocksdb_store, statuses_become_what_the_caller_must_tell_apart) {
    EXPECT_EQ(to_error(rocksdb::Status::NoSpace("disk full"), "write", "/d").code, errc::no_space);
    EXPECT_EQ(to_error(rocksdb::Status::SpaceLimit(), "write", "/d").code, errc::no_space);
    EXPECT_EQ(to_error(rocksdb::Status::IOError("x"), "write", "/d").code, errc::io_failed);
    EXPECT_EQ(to_error(rocksdb::Status::Corruption("x"), "read", "/d").code, errc::corrupt);
    EXPECT_EQ(to_error(rocksdb::Status::IOError("x"), "write", "/d").message,
              "store /d: cannot write: IO error: x");
}

TEST(rocksdb_store, a_scan_inside_one_message_is_recognised_by_its_bounds) {
    const std::string chat(8, '\x01');
    const std::string at = chat + std::string(7, '\0');
    EXPECT_TRUE(is_inside_one_prefix(family::copies, at + '\x05', at + '\x06'));
    EXPECT_TRUE(is_inside_one_prefix(family::copies,
                                     at + "\x05"
                                          "a",
                                     at + "\x05"
                                          "b"));
    EXPECT_FALSE(is_inside_one_prefix(family::copies, at + '\x05', at + '\x07'));
    EXPECT_FALSE(is_inside_one_prefix(family::copies, at + '\x05', ""));
    EXPECT_FALSE(is_inside_one_prefix(family::copies, chat, chat + "\x06"));
    EXPECT_FALSE(is_inside_one_prefix(family::seen, at + '\x05', at + '\x06'));
    EXPECT_TRUE(is_inside_one_prefix(family::copies, chat + std::string(8, '\xFF'),
                                     std::string(7, '\x01') + '\x02' + std::string(8, '\0')));
    EXPECT_FALSE(
        is_inside_one_prefix(family::copies, std::string(16, '\xFF'), std::string(16, '\0')));
}

TEST(rocksdb_store, its_figures_are_in_the_metrics_and_go_with_it) {
    const scratch_directory scratch;
    observe::metrics figures;
    auto opened = open_rocksdb({.directory = scratch / "store"}, &figures);
    ASSERT_TRUE(opened);
    fill(**opened, 1, 7);
    EXPECT_TRUE(figures.render().contains("baudot_store_position 7\n"));
    EXPECT_TRUE(figures.render().contains("baudot_store_flushed_position 0\n"));
    EXPECT_FALSE(figures.render().contains("baudot_store_write_buffer_bytes 0\n"));
    EXPECT_TRUE(figures.render().contains("baudot_store_background_errors 0\n"));
    ASSERT_TRUE((*opened)->flush());
    EXPECT_TRUE(figures.render().contains("baudot_store_flushed_position 7\n"));
    EXPECT_FALSE(figures.render().contains("baudot_store_files_bytes 0\n"));
    opened->reset();
    EXPECT_TRUE(figures.render().contains("baudot_store_position 7\n"));
}

TEST(rocksdb_store, readers_and_a_flusher_work_beside_the_writer) {
    const scratch_directory scratch;
    const auto rows = must_open(scratch / "store");
    constexpr std::uint64_t last = 2000;
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= last; ++i) {
            write_batch batch;  // two families, one number: never seen apart by a crash
            batch.put(family::seen, "number", std::to_string(i));
            batch.put(family::holds, "number", std::to_string(i));
            ASSERT_TRUE(rows->apply(batch, sequence{i}));
        }
    });
    while (rows->position() < sequence{last}) {
        const auto before = rows->position();
        ASSERT_TRUE(rows->flush());
        ASSERT_GE(rows->flushed_position(), before);
        ASSERT_LE(rows->flushed_position(), rows->position());
        const auto value = rows->get(family::seen, "number");
        ASSERT_TRUE(value);
        if (*value) ASSERT_GE(std::stoull(**value), std::to_underlying(before));
    }
    writer.join();
    ASSERT_TRUE(rows->flush());
    EXPECT_EQ(rows->flushed_position(), sequence{last});
}

}  // namespace
}  // namespace baudot::store
