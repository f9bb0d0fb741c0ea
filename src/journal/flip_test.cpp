// Promise P9: no flipped bit passes for what was written.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "journal/format.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {
namespace {

// A journal of a few segments, the newest written over an older one when `recycle`.
std::unique_ptr<journal_node> small_journal(bool recycle) {
    auto node = std::make_unique<journal_node>(3);
    node->options.segment_bytes = 600;
    if (!recycle) node->options.keep_age = std::chrono::hours(1000);
    EXPECT_TRUE(node->open());
    for (int i = 0; i < 12; ++i) {
        const auto at = node->append_now(one("record " + std::to_string(i) + std::string(60, '.')));
        EXPECT_TRUE(at);
        if (recycle && i < 10) node->log->release_before(*at);
        node->timers.run();
    }
    return node;
}

// Every bit of every file: what opens must be what was written, or say what it cut.
void flip_every_bit(bool recycle, bool clean) {
    const auto node = small_journal(recycle);
    if (clean) ASSERT_TRUE(node->log->close());
    const auto segments = node->log->segments();
    ASSERT_GE(segments.size(), 2U);
    const auto before = node->all(node->log->first());
    ASSERT_TRUE(before);
    node->log.reset();
    std::uint64_t refused = 0;
    std::uint64_t reported = 0;
    for (const segment_info& segment : segments) {
        const std::string path = node->options.directory + "/" + segment.file;
        const std::string original = *node->files.content(path);
        for (std::uint64_t bit = 0; bit < segment.bytes * 8; ++bit) {
            node->files.flip_bit(path, bit / 8, bit % 8);
            const auto opened = node->open();
            if (!opened) {
                ++refused;
                ASSERT_TRUE(opened.error().code == errc::corrupt ||
                            opened.error().code == errc::unsupported_version)
                    << opened.error().message;
            } else {
                ++reported;
                const std::size_t lost = clean ? 0 : 1;
                ASSERT_GT(node->log->recovered().cut_bytes, 0U) << segment.file << " bit " << bit;
                ASSERT_FALSE(node->log->recovered().clean);
                ASSERT_EQ(node->all(node->log->first())->size() + lost, before->size());
                node->log.reset();
            }
            const auto file = node->files.open(path, open_mode::read_write);
            ASSERT_TRUE((*file)->pwrite(original, 0));
        }
    }
    EXPECT_GT(refused, 5000U);
    // Only in the last frame, which nothing distinguishes from a torn one; after a clean end
    // that frame holds nothing.
    EXPECT_LE(reported, (clean ? frame_header_bytes : 150) * 8);
    EXPECT_GT(reported, 0U);
}

TEST(journal_flip, each_flipped_bit_is_found_after_a_clean_end) {
    flip_every_bit(false, true);
}
TEST(journal_flip, each_flipped_bit_is_found_after_a_crash) {
    flip_every_bit(false, false);
}
TEST(journal_flip, each_flipped_bit_is_found_in_a_file_that_was_written_over) {
    flip_every_bit(true, true);
    flip_every_bit(true, false);
}

TEST(journal_flip, old_frames_of_a_file_written_over_are_never_taken_for_new_ones) {
    const auto node = small_journal(true);
    const auto used = node->log->segments().back();
    const std::string path = node->options.directory + "/" + used.file;
    ASSERT_GT(node->files.content(path)->size(), used.bytes) << "nothing old behind the frames";
    node->files.kill();
    ASSERT_TRUE(node->open());
    EXPECT_EQ(node->log->next(), sequence{13});
    EXPECT_EQ(node->log->recovered().cut_bytes, 0U);
}

}  // namespace
}  // namespace baudot::journal
