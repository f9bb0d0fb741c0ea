#include "journal/record_reader.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "journal/journal_fixture_test.hpp"
#include "journal/segment_files.hpp"

namespace baudot::journal {
namespace {

class counting_file final : public file {
public:
    counting_file(std::unique_ptr<file> below, std::uint64_t& bytes)
        : below_(std::move(below)), bytes_(bytes) {}
    using file::pwrite;
    result<void> pwrite(std::span<const std::string_view> parts, std::uint64_t offset) override {
        return below_->pwrite(parts, offset);
    }
    result<std::size_t> pread(std::span<char> to, std::uint64_t offset) const override {
        const auto got = below_->pread(to, offset);
        bytes_ += got.value_or(0);
        return got;
    }
    result<void> sync() override { return below_->sync(); }
    result<std::uint64_t> size() const override { return below_->size(); }
    result<void> truncate(std::uint64_t size) override { return below_->truncate(size); }

private:
    std::unique_ptr<file> below_;
    std::uint64_t& bytes_;
};

/// Counts what is read through it; only opens.
class counting_disk final : public disk {
public:
    explicit counting_disk(disk& below) : below_(below) {}
    result<std::unique_ptr<file>> open(const std::string& path, open_mode mode) override {
        auto opened = below_.open(path, mode);
        if (!opened) return opened;
        return std::make_unique<counting_file>(std::move(*opened), bytes);
    }
    result<void> rename(const std::string& from, const std::string& to) override {
        return below_.rename(from, to);
    }
    result<void> unlink(const std::string& path) override { return below_.unlink(path); }
    result<std::vector<std::string>> list(const std::string& directory) override {
        return below_.list(directory);
    }
    result<void> create_directory(const std::string& directory) override {
        return below_.create_directory(directory);
    }
    result<void> sync_directory(const std::string& directory) override {
        return below_.sync_directory(directory);
    }
    result<std::uint64_t> free_space(const std::string& directory) override {
        return below_.free_space(directory);
    }
    result<std::unique_ptr<file_lock>> lock(const std::string& path) override {
        return below_.lock(path);
    }
    std::uint64_t bytes = 0;

private:
    disk& below_;
};

class record_reader_test : public testing::Test {
protected:
    record_reader_test() : node(1) { node.options.segment_bytes = 1ULL << 30; }

    /// What is in the file now, as a reader finds it.
    void begin() {
        const auto all = load_segments(node.files, node.options.directory);
        ASSERT_TRUE(all);
        ASSERT_EQ(all->size(), 1U);
        const auto end =
            walk_segment(node.files, node.options.directory, all->front(), nullptr,
                         [](const frame_place&, const frame&) { return result<void>(); });
        ASSERT_TRUE(end);
        list.add_segment(all->front().header, end->place);
        file_bytes = end->place.offset;
    }

    void read_all(std::uint64_t count) {
        record_reader tested(files, node.options.directory, list);
        for (std::uint64_t i = 1; i <= count; ++i) {
            const auto found = tested.read(sequence{i});
            ASSERT_TRUE(found) << found.error().message;
            ASSERT_EQ(found->position, sequence{i});
            ASSERT_EQ(found->payload, "record " + std::to_string(i) + std::string(200, 'x'));
        }
        EXPECT_LT(files.bytes, 3 * file_bytes) << "a frame is read once, not for each record";
    }

    static new_record nth(std::uint64_t number) {
        return record_of("record " + std::to_string(number) + std::string(200, 'x'));
    }

    journal_node node;
    counting_disk files{node.files};
    segment_list list;
    std::uint64_t file_bytes = 0;
};

TEST_F(record_reader_test, records_of_large_frames_are_read_at_the_cost_of_one_pass) {
    ASSERT_TRUE(node.open());
    for (std::uint64_t frame = 0; frame < 3; ++frame) {
        std::vector<new_record> records;
        for (std::uint64_t i = 1; i <= 5000; ++i) records.push_back(nth(frame * 5000 + i));
        ASSERT_TRUE(node.append_now(std::move(records)));
    }
    begin();
    read_all(15'000);
}

TEST_F(record_reader_test, records_of_small_frames_are_read_at_the_cost_of_one_pass) {
    ASSERT_TRUE(node.open());
    for (std::uint64_t i = 1; i <= 5000; ++i) {
        std::vector<new_record> records;
        records.push_back(nth(i));
        ASSERT_TRUE(node.append_now(std::move(records)));
    }
    begin();
    read_all(5000);
}

TEST_F(record_reader_test, what_is_remembered_is_bounded_and_the_oldest_goes) {
    node.options.commit_bytes_max = 200'000;
    ASSERT_TRUE(node.open());
    for (std::uint64_t i = 1; i <= 20'000; ++i) node.start({nth(i)});
    node.timers.run();
    begin();
    record_reader tested(files, node.options.directory, list);
    for (std::uint64_t i = 1; i <= 20'000; ++i) ASSERT_TRUE(tested.read(sequence{i}));
    EXPECT_TRUE(tested.recall(sequence{20'000}));
    EXPECT_FALSE(tested.recall(sequence{1}));
}

TEST_F(record_reader_test, what_retention_removed_is_not_recalled) {
    node.options.segment_bytes = 4096;
    ASSERT_TRUE(node.open());
    for (std::uint64_t i = 1; i <= 100; ++i) ASSERT_TRUE(node.append_now({nth(i)}));
    ASSERT_TRUE(node.read_now(sequence{1}));
    node.log->release_before(sequence{100});
    node.timers.run();
    ASSERT_GT(node.log->first(), sequence{1});
    EXPECT_EQ(node.read_now(sequence{1}).error().code, errc::not_found);
}

}  // namespace
}  // namespace baudot::journal
