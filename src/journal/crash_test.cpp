// Promise P9 and the guarantee of journal::append, over thousands of simulated crashes.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "journal/format.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {
namespace {

constexpr std::uint64_t seeds = 400;
constexpr int crashes_per_seed = 12;

// Knows what was appended and what was acknowledged, and judges what a restart brings back.
class oracle {
public:
    std::string new_payload(random_source& random) {
        std::string payload = std::to_string(++made_) + ":";
        payload.append(random.below(700), static_cast<char>('a' + made_ % 26));
        return payload;
    }

    void acknowledged(sequence first, const std::vector<std::string>& payloads) {
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            known_[std::to_underlying(first) + i] = payloads[i];
        }
    }

    void check(const journal_node& node) {
        const auto all = node.all(node.log->first());
        ASSERT_TRUE(all) << all.error().message;
        std::uint64_t position = std::to_underlying(node.log->first());
        std::map<std::uint16_t, std::uint64_t> last;
        for (const stored_record& record : *all) {
            ASSERT_EQ(record.position, sequence{position});
            const auto known = known_.find(position);
            if (known != known_.end()) ASSERT_EQ(record.payload, known->second);
            known_[position++] = record.payload;  // from now on it must stay
            const auto [seen, first_time] =
                last.emplace(record.header.partition, record.header.partition_sequence);
            if (!first_time) {
                ASSERT_EQ(record.header.partition_sequence, ++seen->second);
            }
        }
        if (!known_.empty()) ASSERT_LT(known_.rbegin()->first, position) << "lost";
    }

private:
    std::uint64_t made_ = 0;
    std::map<std::uint64_t, std::string> known_;
};

struct pending_append {
    std::vector<std::string> payloads;
    std::shared_ptr<std::optional<result<sequence>>> answer;
};

class life {
public:
    explicit life(std::uint64_t seed) : node(seed), random_(seed * 7919 + 1) {
        node.options.segment_bytes = 1500 + random_.below(6000);
        node.options.keep_bytes = 4 * node.options.segment_bytes;
        node.options.commit_bytes_max = 500 + random_.below(4000);
        node.options.keep_age = std::chrono::hours(1000);
        auto* const random = &random_;
        node.files.set_latency([random](disk_operation what, std::size_t bytes) -> duration {
            if (what == disk_operation::read) return duration::zero();
            const bool sync = what == disk_operation::sync;
            return std::chrono::microseconds((sync ? 200 : 1) +
                                             static_cast<int>(random->below(100) + bytes / 1000));
        });
    }

    // Appends from several coroutines until the machine stops, by an operation or by time.
    void work() {
        std::vector<pending_append> pending;
        const bool by_operation = random_.chance(0.7);
        if (by_operation) node.files.stop_after(1 + random_.below(60));
        const int rounds = 1 + static_cast<int>(random_.below(40));
        for (int round = 0; round < rounds && !node.files.stopped(); ++round) {
            for (std::uint64_t calls = random_.below(6); calls > 0; --calls) {
                pending.push_back(append());
            }
            node.timers.run_until(node.timers.now() +
                                  std::chrono::microseconds(random_.below(600)));
            if (random_.chance(0.2)) {
                const auto next = std::to_underlying(node.log->next());
                node.log->release_before(sequence{next - std::min(next, random_.below(30))});
            }
        }
        if (by_operation && random_.chance(0.5)) node.timers.run();
        for (const pending_append& call : pending) {
            if (call.answer->has_value() && **call.answer) {
                judge.acknowledged(***call.answer, call.payloads);
            }
        }
    }

    void crash_and_restart() {
        // An acknowledged call has resumed already: what is not answered now never will be.
        node.log.reset();
        random_.chance(0.8) ? node.files.crash() : node.files.kill();
        for (int attempt = 0;; ++attempt) {
            if (attempt < 3 && random_.chance(0.3)) node.files.stop_after(1 + random_.below(6));
            const auto opened = node.open();
            if (!node.files.stopped()) {
                ASSERT_TRUE(opened) << opened.error().message;
                break;
            }
            node.log.reset();
            node.files.crash();
        }
        node.files.stop_after(UINT32_MAX);
        judge.check(node);
    }

    journal_node node;
    oracle judge;

private:
    pending_append append() {
        pending_append call;
        std::vector<new_record> records;
        for (std::uint64_t i = 0; i <= random_.below(4); ++i) {
            call.payloads.push_back(judge.new_payload(random_));
            records.push_back(
                record_of(call.payloads.back(), static_cast<std::uint16_t>(random_.below(5))));
        }
        call.answer = node.start(std::move(records));
        return call;
    }

    random_source random_;
};

TEST(journal_crash, every_acknowledged_record_comes_back_in_order_whatever_the_disk_loses) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        life run(seed);
        ASSERT_TRUE(run.node.open());
        for (int crash = 0; crash < crashes_per_seed; ++crash) {
            run.work();
            run.crash_and_restart();
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

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

TEST(journal_crash, each_flipped_bit_is_found_after_a_clean_end) {
    flip_every_bit(false, true);
}
TEST(journal_crash, each_flipped_bit_is_found_after_a_crash) {
    flip_every_bit(false, false);
}
TEST(journal_crash, each_flipped_bit_is_found_in_a_file_that_was_written_over) {
    flip_every_bit(true, true);
    flip_every_bit(true, false);
}

TEST(journal_crash, old_frames_of_a_file_written_over_are_never_taken_for_new_ones) {
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
