// Promise P9 and the guarantee of journal::append, over thousands of simulated crashes, with disks
// that fail, fill up and rot. BAUDOT_CRASHES: at least so many, ten times as many with
// BAUDOT_LONG=1; BAUDOT_SEED: where they begin.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "journal/flip_fixture_test.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {
namespace {

constexpr int crashes_per_seed = 12;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

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
        harm_the_disk();
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
        fall();
        for (int attempt = 0;; ++attempt) {
            if (attempt < 3 && random_.chance(0.3)) node.files.stop_after(1 + random_.below(6));
            const auto opened = node.open();
            if (opened) break;
            if (!node.files.stopped()) {
                ASSERT_EQ(opened.error().code, errc::no_space) << opened.error().message;
                node.files.set_capacity(UINT64_MAX);
            }
            node.log.reset();
            fall();
        }
        node.files.stop_after(UINT32_MAX);
        node.files.set_capacity(UINT64_MAX);
        judge.check(node);
        if (random_.chance(0.5)) flips.flip(node, random_);
    }

    journal_node node;
    oracle judge;
    bit_flipper flips;
    std::uint64_t crashes = 0;
    std::uint64_t harmed = 0;  // lives on a disk that failed or was full

private:
    // The power goes, or only the process.
    void fall() {
        ++crashes;
        random_.chance(0.8) ? node.files.crash() : node.files.kill();
    }

    void harm_the_disk() {
        switch (random_.below(12)) {
            case 0: node.files.fail_next(disk_operation::sync); break;
            case 1: node.files.fail_next(disk_operation::write); break;
            case 2: node.files.fail_next(disk_operation::metadata); break;
            case 3: node.files.set_capacity(node.files.bytes_used() + random_.below(4000)); break;
            default: return;
        }
        ++harmed;
    }

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
    std::uint64_t wanted = number_from("BAUDOT_CRASHES", 0);
    if (number_from("BAUDOT_LONG", 0) == 1) wanted *= 10;
    if (wanted == 0) wanted = 2400;  // as a unit test
    const std::uint64_t first = number_from("BAUDOT_SEED", 1);
    std::uint64_t crashes = 0;
    std::uint64_t harmed = 0;
    std::map<std::string, std::uint64_t> flips;
    for (std::uint64_t seed = first; crashes < wanted; ++seed) {
        SCOPED_TRACE("BAUDOT_SEED=" + std::to_string(seed));
        life run(seed);
        ASSERT_TRUE(run.node.open());
        for (int crash = 0; crash < crashes_per_seed; ++crash) {
            run.work();
            run.crash_and_restart();
            if (testing::Test::HasFatalFailure()) return;
        }
        crashes += run.crashes;
        harmed += run.harmed;
        for (const auto& [kind, count] : run.flips.hits()) flips[kind] += count;
    }
    std::printf("%llu crashes, %llu lives on a bad disk; bits flipped and found:",
                static_cast<unsigned long long>(crashes), static_cast<unsigned long long>(harmed));
    for (const auto& [kind, count] : flips) {
        std::printf(" %s %llu", kind.c_str(), static_cast<unsigned long long>(count));
        EXPECT_GT(count, wanted / 1000) << kind;
    }
    std::printf("\n");
    EXPECT_EQ(flips.size(), 7U) << "a kind of place was never hit";
    EXPECT_GT(harmed, wanted / 5);
}

}  // namespace
}  // namespace baudot::journal
