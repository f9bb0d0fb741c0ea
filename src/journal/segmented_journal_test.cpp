#include "journal/segmented_journal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "journal/format.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {
namespace {

std::string path_of(const journal_node& node, const std::string& name) {
    return node.options.directory + "/" + name;
}

// `count` appends of one record each, every one a commit of its own.
void fill(journal_node& node, int count, const std::string& payload = std::string(300, 'x')) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(node.append_now(one(payload)));
}

TEST(segmented_journal, what_was_appended_is_read_back_in_order_after_a_restart) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.log->next(), sequence{1});
    std::vector<new_record> records{record_of("a", 3), record_of("b", 5), record_of("", 3)};
    EXPECT_EQ(node.append_now(std::move(records)), sequence{1});
    EXPECT_EQ(node.append_now(one("d", 3)), sequence{4});
    ASSERT_TRUE(node.log->close());
    ASSERT_TRUE(node.open());
    EXPECT_TRUE(node.log->recovered().clean);
    EXPECT_EQ(node.append_now(one("e", 5)), sequence{5});
    const auto all = node.all();
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 5U);
    const std::vector<std::string> payloads{"a", "b", "", "d", "e"};
    const std::vector<std::uint64_t> in_partition{1, 1, 2, 3, 2};
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ((*all)[i].position, sequence{i + 1});
        EXPECT_EQ((*all)[i].payload, payloads[i]);
        EXPECT_EQ((*all)[i].header.partition_sequence, in_partition[i]);
        EXPECT_EQ((*all)[i].header.epoch, 7U);
        EXPECT_EQ((*all)[i].header.type, 1U);
    }
}

TEST(segmented_journal, appends_that_come_during_a_sync_share_the_next_one) {
    journal_node node(1);
    node.files.set_latency([](disk_operation what, std::size_t) -> duration {
        return what == disk_operation::sync ? std::chrono::milliseconds(4) : duration::zero();
    });
    ASSERT_TRUE(node.open());
    std::vector<std::shared_ptr<std::optional<result<sequence>>>> answers;
    answers.push_back(node.start(one("first")));
    node.timers.run_until(node.timers.now() + std::chrono::milliseconds(1));
    EXPECT_FALSE(answers[0]->has_value()) << "answered before its sync was over";
    for (int i = 0; i < 1000; ++i) answers.push_back(node.start(one("more")));
    node.timers.run();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        ASSERT_TRUE(answers[i]->has_value());
        EXPECT_EQ(**answers[i], sequence{i + 1});
    }
    EXPECT_EQ(node.log->stats().commits, 2U);
    EXPECT_EQ(node.log->stats().records, 1001U);
}

TEST(segmented_journal, a_commit_is_cut_at_its_limit_but_takes_one_call_at_least) {
    journal_node node(1);
    node.options.commit_bytes_max = 1000;
    ASSERT_TRUE(node.open());
    for (int i = 0; i < 6; ++i) node.start(one(std::string(i == 0 ? 5000 : 400, 'x')));
    node.timers.run();
    EXPECT_EQ(node.log->next(), sequence{7});
    EXPECT_EQ(node.log->stats().commits, 4U);
}

TEST(segmented_journal, records_are_read_by_position_across_segments_and_restarts) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    for (int i = 1; i <= 100; ++i) ASSERT_TRUE(node.append_now(one("record " + std::to_string(i))));
    for (int i = 1; i <= 30; ++i) ASSERT_TRUE(node.append_now(one(std::string(5000, 'x'))));
    EXPECT_GT(node.log->segments().size(), 10U);
    for (int round = 0; round < 2; ++round) {
        for (std::uint64_t i = 1; i <= 100; ++i) {
            const auto found = node.read_now(sequence{i});
            ASSERT_TRUE(found) << found.error().message;
            EXPECT_EQ(found->payload, "record " + std::to_string(i));
            EXPECT_EQ(found->position, sequence{i});
        }
        EXPECT_EQ(node.read_now(sequence{131}).error().code, errc::not_found);
        ASSERT_TRUE(node.open());
    }
}

TEST(segmented_journal, an_empty_call_is_refused) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.append_now({}).error().code, errc::invalid_argument);
}

TEST(segmented_journal, a_scan_stops_with_the_error_of_its_visitor) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    fill(node, 5);
    int seen = 0;
    const auto done = node.log->scan(sequence{2}, [&](const stored_record&) -> result<void> {
        if (++seen == 2) return fail(errc::bad_answer, "enough");
        return {};
    });
    EXPECT_EQ(seen, 2);
    EXPECT_EQ(done.error().code, errc::bad_answer);
}

TEST(segmented_journal, a_failed_sync_is_final_and_nobody_is_told_it_was_written) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    fill(node, 3);
    node.files.fail_next(disk_operation::sync);
    const auto answer = node.append_now(one("never acknowledged"));
    EXPECT_EQ(answer.error().code, errc::io_failed);
    EXPECT_EQ(node.append_now(one("later")).error().code, errc::io_failed);
    EXPECT_TRUE(node.log->stats().failed);
    EXPECT_EQ(node.log->next(), sequence{4});
    EXPECT_EQ(node.log->close().error().code, errc::io_failed);
    node.files.crash();
    ASSERT_TRUE(node.open());
    EXPECT_GE(node.all()->size(), 3U);
    EXPECT_TRUE(node.append_now(one("again")));
}

TEST(segmented_journal, a_failed_write_is_final) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    node.files.fail_next(disk_operation::write);
    EXPECT_EQ(node.append_now(one("x")).error().code, errc::io_failed);
    EXPECT_EQ(node.append_now(one("y")).error().code, errc::io_failed);
}

TEST(segmented_journal, a_full_disk_refuses_calls_and_keeps_nothing_of_them_until_there_is_room) {
    journal_node node(1);
    node.options.segment_bytes = 2000;
    ASSERT_TRUE(node.open());
    fill(node, 4);
    const std::uint64_t used = node.files.bytes_used();
    // Room for any number of bytes, so that each step of a commit and of a roll meets the limit.
    std::uint64_t expected = 5;
    for (std::uint64_t room = 0; room < 900; room += 7) {
        node.files.set_capacity(node.files.bytes_used() + room);
        for (int i = 0; i < 5; ++i) {
            const auto answer = node.append_now(one(std::string(300, 'y'), 9));
            if (answer) {
                EXPECT_EQ(*answer, sequence{expected++});
            } else {
                EXPECT_EQ(answer.error().code, errc::no_space);
            }
        }
        node.files.set_capacity(UINT64_MAX);
        ASSERT_EQ(node.append_now(one("room again", 9)), sequence{expected++});
    }
    EXPECT_GT(node.files.bytes_used(), used);
    EXPECT_GT(node.log->stats().no_space, 100U);
    ASSERT_TRUE(node.open());
    const auto all = node.all();
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), expected - 1);
    for (std::size_t i = 4; i < all->size(); ++i) {
        EXPECT_EQ((*all)[i].header.partition_sequence, i - 3);
    }
}

TEST(segmented_journal, close_answers_everyone_and_later_appends_are_refused) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    const auto before = node.start(one("before"));
    node.run_ready();
    ASSERT_TRUE(node.log->close());
    const auto after = node.start(one("after"));
    node.timers.run();
    EXPECT_EQ(**before, sequence{1});
    EXPECT_EQ((**after).error().code, errc::shutting_down);
}

TEST(segmented_journal, a_dropped_journal_answers_its_callers) {
    journal_node node(1);
    node.files.set_latency([](disk_operation, std::size_t) { return std::chrono::seconds(1); });
    ASSERT_TRUE(node.open());
    const auto written = node.start(one("written, not yet synced"));
    node.timers.run_until(node.timers.now() + std::chrono::milliseconds(500));
    const auto queued = node.start(one("queued"));
    node.run_ready();
    node.log.reset();
    node.timers.run();
    EXPECT_EQ((**written).error().code, errc::shutting_down);
    EXPECT_EQ((**queued).error().code, errc::shutting_down);
}

TEST(segmented_journal, a_second_owner_of_the_directory_is_refused) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    virtual_writer other(node.io.get_executor(), node.timers, [] { return duration::zero(); });
    const auto second = segmented_journal::open(node.options, node.files, node.timers, other,
                                                node.inline_readers, 2);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, errc::in_use);
}

TEST(segmented_journal, a_torn_tail_is_cut_and_reported) {
    journal_node node(1);
    node.options.segment_bytes = 1 << 20;
    ASSERT_TRUE(node.open());
    fill(node, 5);
    const std::string path = path_of(node, segment_name(sequence{1}));
    node.log.reset();
    auto file = node.files.open(path, open_mode::read_write);
    const std::uint64_t size = segment_header_bytes + 5ULL * 352;
    EXPECT_GT(*(*file)->size(), size) << "zeros";
    ASSERT_TRUE((*file)->truncate(size - 10));
    ASSERT_TRUE((*file)->truncate(size + 500));
    ASSERT_TRUE(node.open());
    EXPECT_FALSE(node.log->recovered().clean);
    EXPECT_EQ(node.log->recovered().cut_bytes, 342U);
    EXPECT_EQ(node.log->recovered().cut_offset, size - 352);
    EXPECT_EQ(node.log->next(), sequence{5});
    EXPECT_EQ(*(*file)->size(), size - 352);
    EXPECT_EQ(node.append_now(one("in its place")), sequence{5});
}

TEST(segmented_journal, a_damaged_frame_with_good_ones_behind_it_is_never_cut) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    fill(node, 4);
    const std::string path = path_of(node, segment_name(sequence{1}));
    node.files.flip_bit(path, segment_header_bytes + 352 + 100, 3);
    const auto opened = node.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, errc::corrupt);
    EXPECT_NE(opened.error().message.find(path + ": byte 424: damaged frame at record 2"),
              std::string::npos)
        << opened.error().message;
    EXPECT_NE(opened.error().message.find("baudot restore"), std::string::npos);
}

TEST(segmented_journal, a_closed_segment_that_is_missing_short_or_foreign_is_reported) {
    for (int damage = 0; damage < 3; ++damage) {
        journal_node node(1);
        ASSERT_TRUE(node.open());
        fill(node, 60);
        const auto segments = node.log->segments();
        ASSERT_GT(segments.size(), 3U);
        const std::string second = path_of(node, segments[1].file);
        node.log.reset();
        if (damage == 0) ASSERT_TRUE(node.files.unlink(second));
        if (damage == 1) {
            auto file = node.files.open(second, open_mode::read_write);
            ASSERT_TRUE((*file)->truncate(*(*file)->size() - 1));
        }
        if (damage == 2) {
            journal_node other(2);
            ASSERT_TRUE(other.open());
            fill(other, 60);
            const auto bytes = other.files.content(second);
            auto file = node.files.open(second, open_mode::read_write);
            ASSERT_TRUE((*file)->pwrite(*bytes, 0));
        }
        const auto opened = node.open();
        ASSERT_FALSE(opened) << damage;
        EXPECT_EQ(opened.error().code, errc::corrupt);
    }
}

TEST(segmented_journal, a_frame_that_was_exchanged_breaks_the_chain_to_the_next_segment) {
    journal_node node(1);
    node.options.segment_bytes = 300;  // one frame each
    ASSERT_TRUE(node.open());
    fill(node, 3);
    node.log.reset();
    const std::string path = path_of(node, segment_name(sequence{1}));
    const auto header = decode_segment_header(*node.files.content(path));
    std::string forged(frame_header_bytes, '\0');
    encode({.type = 1, .partition = 0, .epoch = 7, .partition_sequence = 1}, std::string(300, 'y'),
           forged);
    finish_frame(forged, frame_seed(header->id, header->base), 0, sequence{1}, 1, 0);
    auto file = node.files.open(path, open_mode::read_write);
    ASSERT_TRUE((*file)->pwrite(forged, header->bytes()));
    const auto opened = node.open();
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("chain of frames does not lead to"), std::string::npos);
    node.options.verify_from = sequence{3};
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.all().error().code, errc::corrupt) << "a scan sees it too";
}

TEST(segmented_journal, what_lies_before_verify_from_is_verified_when_it_is_read) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    fill(node, 60);
    const auto segments = node.log->segments();
    node.files.flip_bit(path_of(node, segments[1].file), 500, 0);
    node.options.verify_from = segments[2].first;
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.all().error().code, errc::corrupt);
    EXPECT_TRUE(node.all(segments[2].first));
    node.options.verify_from = segments[1].last;
    EXPECT_EQ(node.open().error().code, errc::corrupt);
}

TEST(segmented_journal, a_segment_goes_when_it_is_not_needed_and_beyond_keep) {
    journal_node node(1);
    node.options.keep_age = std::chrono::hours(1);
    ASSERT_TRUE(node.open());
    fill(node, 200);
    const auto before = node.log->segments();
    ASSERT_GT(before.size(), 10U);
    node.log->release_before(before[5].first);
    node.timers.run();
    EXPECT_EQ(node.log->segments().size(), before.size()) << "younger than keep";
    EXPECT_EQ(node.log->kept_from(), before.front().first);
    boost::asio::co_spawn(node.io,
                          node.timers.sleep_until(node.timers.now() + std::chrono::hours(2)),
                          [](std::exception_ptr) {});
    node.timers.run();
    EXPECT_EQ(node.log->kept_from(), before.back().first) << "older than keep, all but the active";
    node.log->release_before(before[4].last);  // less than before: changes nothing
    node.timers.run();
    EXPECT_EQ(node.log->first(), before[5].first);
    EXPECT_EQ(node.read_now(before[4].last).error().code, errc::not_found);
    EXPECT_TRUE(node.read_now(before[5].first));
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.log->first(), before[5].first);
    EXPECT_EQ(node.all()->size(), 201U - std::to_underlying(before[5].first));
}

TEST(segmented_journal, space_comes_back_and_files_are_written_over) {
    journal_node node(1);
    node.options.keep_age = std::chrono::hours(1000);
    node.options.keep_bytes = 3ULL * 4096;
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.log->kept_from(), node.log->next());
    for (int i = 0; i < 3000; ++i) {
        const auto at = node.append_now(one(std::string(300, 'x'), 4));
        ASSERT_TRUE(at) << at.error().message;
        if (i % 7 == 0) node.log->release_before(*at);
        if (i % 501 == 500) {
            node.files.kill();
            ASSERT_TRUE(node.open()) << i;
        }
        // keep, the active one, the spare, and what a write goes beyond a segment's size.
        ASSERT_LE(node.files.bytes_used(), 6 * (4096U + 512U));
    }
    EXPECT_EQ(node.log->next(), sequence{3001});
    const auto all = node.all(node.log->first());
    ASSERT_TRUE(all);
    EXPECT_EQ(all->back().header.partition_sequence, 3000U);
    EXPECT_EQ(all->size(), 3001 - std::to_underlying(node.log->first()));
}

TEST(segmented_journal, partition_sequences_go_on_after_their_records_are_gone) {
    journal_node node(1);
    node.options.keep_age = std::chrono::seconds(0);
    ASSERT_TRUE(node.open());
    ASSERT_TRUE(node.append_now(one("only one", 200)));
    fill(node, 100);
    node.log->release_before(sequence{90});
    node.timers.run();
    EXPECT_GT(node.log->first(), sequence{50});
    ASSERT_TRUE(node.open());
    const auto at = node.append_now(one("second", 200));
    EXPECT_EQ(node.read_now(*at)->header.partition_sequence, 2U);
}

// As ext4 does it for a moment after an error, see formats.md.
TEST(segmented_journal, what_is_acknowledged_does_not_depend_on_what_its_file_grew_by) {
    journal_node node(1);
    node.options.segment_bytes = 1 << 20;
    ASSERT_TRUE(node.open());
    ASSERT_TRUE(node.append_now(one("first")));
    node.files.forget_growth();
    for (int more = 0; more < 10; ++more) ASSERT_TRUE(node.append_now(one("more")));
    node.files.crash();
    ASSERT_TRUE(node.open());
    EXPECT_EQ(node.all()->size(), 11U);
    EXPECT_EQ(node.log->recovered().cut_bytes, 0U);
}

}  // namespace
}  // namespace baudot::journal
