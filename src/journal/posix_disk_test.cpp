#include "journal/posix_disk.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "journal/disk_double.hpp"

namespace baudot::journal {
namespace {

class scratch {
public:
    scratch() {
        std::string pattern = testing::TempDir() + "baudot_disk_XXXXXX";
        path = ::mkdtemp(pattern.data());
    }
    ~scratch() { std::filesystem::remove_all(path); }
    std::string path;
};

unsigned mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
}

// The same for both: the double has the semantics of the real one.
void behaves_as_a_disk(disk& files, const std::string& directory) {
    ASSERT_TRUE(files.create_directory(directory));
    ASSERT_TRUE(files.create_directory(directory));
    const std::string a = directory + "/a";
    const std::string b = directory + "/b";
    EXPECT_EQ(files.open(a, open_mode::read).error().code, errc::not_found);
    EXPECT_EQ(files.open(a, open_mode::read_write).error().code, errc::not_found);
    {
        auto file = files.open(a, open_mode::create);
        ASSERT_TRUE(file);
        EXPECT_FALSE(files.open(a, open_mode::create)) << "it exists";
        std::vector<std::string> texts;
        std::vector<std::string_view> parts;
        std::string whole;
        texts.reserve(200);
        for (unsigned i = 0; i < 200; ++i)
            texts.emplace_back(i % 7, static_cast<char>('a' + i % 26));
        for (const std::string& text : texts) {
            parts.push_back(text);
            whole += text;
        }
        ASSERT_TRUE((*file)->pwrite(parts, 3));
        EXPECT_EQ((*file)->size(), 3 + whole.size());
        std::string back(whole.size() + 10, '?');
        EXPECT_EQ((*file)->pread(back, 0), 3 + whole.size());
        EXPECT_EQ(back.substr(0, 3 + whole.size()), std::string(3, '\0') + whole);
        EXPECT_EQ((*file)->pread(back, 100000), 0U);
        ASSERT_TRUE((*file)->truncate(5));
        EXPECT_EQ((*file)->size(), 5U);
        ASSERT_TRUE((*file)->sync());
    }
    ASSERT_TRUE(files.open(b, open_mode::create));
    EXPECT_EQ(files.list(directory), (std::vector<std::string>{"a", "b"}));
    ASSERT_TRUE(files.rename(a, b)) << "replaces";
    EXPECT_EQ(files.list(directory), (std::vector<std::string>{"b"}));
    EXPECT_EQ((*files.open(b, open_mode::read))->size(), 5U);
    EXPECT_EQ(files.rename(a, b).error().code, errc::not_found);
    ASSERT_TRUE(files.unlink(b));
    EXPECT_EQ(files.unlink(b).error().code, errc::not_found);
    ASSERT_TRUE(files.sync_directory(directory));
    EXPECT_GT(*files.free_space(directory), 0U);
    auto lock = files.lock(directory + "/LOCK");
    ASSERT_TRUE(lock);
    EXPECT_EQ(files.lock(directory + "/LOCK").error().code, errc::in_use);
    lock->reset();
    EXPECT_TRUE(files.lock(directory + "/LOCK"));
}

TEST(disk, the_real_one_and_the_double_behave_alike) {
    const scratch place;
    posix_disk real;
    behaves_as_a_disk(real, place.path + "/deep/journal");
    disk_double twin(1);
    behaves_as_a_disk(twin, "deep/journal");
}

TEST(posix_disk, files_and_directories_are_for_their_owner_only) {
    const scratch place;
    const mode_t old = ::umask(0);
    posix_disk files;
    ASSERT_TRUE(files.create_directory(place.path + "/x/y"));
    ASSERT_TRUE(files.open(place.path + "/x/y/f", open_mode::create));
    ASSERT_TRUE(files.lock(place.path + "/x/y/LOCK"));
    ::umask(old);
    EXPECT_EQ(mode_of(place.path + "/x"), 0700U);
    EXPECT_EQ(mode_of(place.path + "/x/y"), 0700U);
    EXPECT_EQ(mode_of(place.path + "/x/y/f"), 0600U);
    EXPECT_EQ(mode_of(place.path + "/x/y/LOCK"), 0600U);
}

TEST(posix_disk, a_directory_in_use_names_the_process_that_uses_it) {
    const scratch place;
    posix_disk files;
    std::array<int, 2> ready{};
    std::array<int, 2> done{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    ASSERT_EQ(::pipe(done.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto lock = files.lock(place.path + "/LOCK");
        char byte = lock ? 'y' : 'n';
        (void)!::write(ready[1], &byte, 1);
        (void)!::read(done[0], &byte, 1);
        ::_exit(0);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ASSERT_EQ(byte, 'y');
    const auto refused = files.lock(place.path + "/LOCK");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::in_use);
    EXPECT_NE(refused.error().message.find("process " + std::to_string(child) + ";"),
              std::string::npos)
        << refused.error().message;
    ASSERT_EQ(::write(done[1], &byte, 1), 1);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(files.lock(place.path + "/LOCK")) << "the lock goes with its process";
    for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
}

TEST(posix_disk, a_full_disk_is_no_space) {
    posix_disk files;
    auto full = files.open("/dev/full", open_mode::read_write);
    ASSERT_TRUE(full) << full.error().message;
    EXPECT_EQ((*full)->pwrite("x", 0).error().code, errc::no_space);
}

TEST(posix_disk, errors_name_the_path) {
    posix_disk files;
    EXPECT_NE(files.open("/nowhere/at/all", open_mode::read)
                  .error()
                  .message.find("/nowhere/at/all: open: "),
              std::string::npos);
    EXPECT_EQ(files.create_directory("/dev/null/x").error().code, errc::io_failed);
}

TEST(disk_double, what_was_not_synced_may_be_lost_and_what_was_never_is) {
    int kept = 0;
    int lost = 0;
    int torn = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        disk_double files(seed);
        auto file = files.open("d/f", open_mode::create);
        ASSERT_TRUE((*file)->pwrite(std::string(2048, 'a'), 0));
        ASSERT_TRUE((*file)->sync());
        ASSERT_TRUE(files.sync_directory("d"));
        ASSERT_TRUE((*file)->pwrite(std::string(2048, 'b'), 1024));
        files.crash();
        EXPECT_FALSE((*file)->size()) << "an old handle is dead";
        const std::string after = *files.content("d/f");
        ASSERT_EQ(after.substr(0, 1024), std::string(1024, 'a'));
        ASSERT_GE(after.size(), 2048U);
        for (std::size_t s = 1024; s < 2048; s += 512) {
            const std::string sector = after.substr(s, 512);
            ASSERT_TRUE(sector == std::string(512, 'a') || sector == std::string(512, 'b'));
        }
        if (after.size() == 3072 && after.substr(1024) == std::string(2048, 'b')) {
            ++kept;
        } else if (after.find('b') == std::string::npos) {
            ++lost;
        } else {
            ++torn;
        }
    }
    EXPECT_GT(kept, 20);
    EXPECT_GT(lost, 20);
    EXPECT_GT(torn, 20);
}

TEST(disk_double, names_that_were_not_synced_may_be_lost) {
    int lost = 0;
    int kept = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        disk_double files(seed);
        ASSERT_TRUE(files.open("d/old", open_mode::create));
        ASSERT_TRUE(files.sync_directory("d"));
        ASSERT_TRUE(files.rename("d/old", "d/new"));
        files.crash();
        const auto names = files.list("d");
        ASSERT_EQ(names->size(), 1U) << "a rename is one step";
        ++(names->front() == "old" ? lost : kept);
    }
    EXPECT_GT(lost, 10);
    EXPECT_GT(kept, 10);
}

TEST(disk_double, a_stop_leaves_half_of_a_write_and_nothing_works_after_it) {
    disk_double files(4);
    auto file = files.open("f", open_mode::create);
    files.stop_after(2);
    ASSERT_TRUE((*file)->pwrite("one", 0));
    EXPECT_FALSE((*file)->pwrite("two", 3));
    EXPECT_TRUE(files.stopped());
    EXPECT_FALSE((*file)->sync());
    EXPECT_FALSE(files.open("f", open_mode::read));
    files.kill();
    EXPECT_TRUE(files.content("f")->starts_with("one"));
    EXPECT_TRUE(files.open("f", open_mode::read));
}

TEST(disk_double, a_failed_sync_loses_what_it_should_have_kept) {
    disk_double files(4);
    auto file = files.open("f", open_mode::create);
    ASSERT_TRUE((*file)->pwrite("one", 0));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE(files.sync_directory("."));
    ASSERT_TRUE((*file)->pwrite("TWO", 0));
    files.fail_next(disk_operation::sync);
    EXPECT_EQ((*file)->sync().error().code, errc::io_failed);
    EXPECT_TRUE((*file)->sync()) << "says yes, as Linux does, and has lost the pages";
    EXPECT_EQ(files.content("f"), "TWO");
    files.crash();
    EXPECT_EQ(files.content("f"), "one");
}

TEST(disk_double, a_full_disk_takes_what_fits) {
    disk_double files(4);
    files.set_capacity(10);
    auto file = files.open("f", open_mode::create);
    EXPECT_EQ((*file)->pwrite("0123456789ab", 0).error().code, errc::no_space);
    EXPECT_EQ((*file)->size(), 10U);
    EXPECT_TRUE((*file)->pwrite("overwriting", 0).error().code == errc::no_space);
    EXPECT_TRUE((*file)->pwrite("inside", 0));
    EXPECT_EQ(files.open("g", open_mode::create).error().code, errc::no_space);
    ASSERT_TRUE((*file)->truncate(0));
    EXPECT_TRUE((*file)->pwrite("0123456789", 0));
}

TEST(disk_double, the_same_seed_gives_the_same_crash) {
    const auto run = [](std::uint64_t seed) {
        disk_double files(seed);
        auto file = files.open("f", open_mode::create);
        (void)files.sync_directory(".");
        (void)(*file)->pwrite(std::string(100000, 'x'), 0);
        files.crash();
        return *files.content("f");
    };
    EXPECT_EQ(run(9), run(9));
    bool differs = false;
    for (std::uint64_t seed = 10; seed < 20; ++seed) differs |= run(9) != run(seed);
    EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace baudot::journal
