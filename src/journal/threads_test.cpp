// The journal as a node runs it: a writer thread, several shards, a real directory. For TSan.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "journal/posix_disk.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"

namespace baudot::journal {
namespace {
namespace asio = boost::asio;

constexpr std::uint16_t shards = 3;
constexpr int tasks_per_shard = 8;
constexpr int appends_per_task = 60;
constexpr std::uint64_t total = shards * tasks_per_shard * appends_per_task;

struct bench {
    segmented_journal& log;
    std::atomic<std::uint64_t> wrong = 0;
};

asio::awaitable<void> append_and_read_back(bench& with, std::uint16_t shard, int task) {
    const std::thread::id home = std::this_thread::get_id();
    for (int i = 0; i < appends_per_task; ++i) {
        const std::string payload = std::to_string(task) + "/" + std::to_string(i) +
                                    std::string(static_cast<std::size_t>(i) * 7, '.');
        std::vector<new_record> records;
        records.push_back({{.type = 1, .partition = shard}, payload});
        const auto at = co_await with.log.append(std::move(records));
        if (!at || std::this_thread::get_id() != home) ++with.wrong;
        if (!at) co_return;
        if (i % 8 == 0) {
            const auto back = co_await with.log.read(*at);
            if (!back || back->payload != payload) ++with.wrong;
            if (std::this_thread::get_id() != home) ++with.wrong;
        }
        with.log.release_before(sequence{1});  // keeps everything, wakes the writer's other side
    }
}

TEST(journal_threads, shards_append_and_read_while_others_scan_and_look_on) {
    std::string folder = testing::TempDir() + "baudot_journal_XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    steady_timers timers;
    posix_disk files;
    blocking_pool readers(2);
    journal_options options;
    options.directory = folder + "/journal";
    options.segment_bytes = 20'000;
    {
        thread_writer driver;
        auto opened = segmented_journal::open(options, files, timers, driver, readers, 1);
        ASSERT_TRUE(opened) << opened.error().message;
        bench with{**opened};
        std::vector<std::unique_ptr<asio::io_context>> contexts;
        std::vector<std::thread> threads;
        for (std::uint16_t shard = 0; shard < shards; ++shard) {
            contexts.push_back(std::make_unique<asio::io_context>(1));
            threads.emplace_back([&with, shard, io = contexts.back().get()] {
                for (int task = 0; task < tasks_per_shard; ++task) {
                    asio::co_spawn(*io, append_and_read_back(with, shard, task),
                                   [&with](std::exception_ptr failure) {
                                       if (failure) ++with.wrong;
                                   });
                }
                io->run();
            });
        }
        std::atomic<bool> done = false;
        std::thread onlooker([&] {
            while (!done) {
                std::uint64_t expected = 1;
                const auto scanned =
                    with.log.scan(sequence{1}, [&](const stored_record& record) -> result<void> {
                        if (record.position != sequence{expected++}) ++with.wrong;
                        return {};
                    });
                if (!scanned) ++with.wrong;
                (void)with.log.segments();
                (void)with.log.stats();
            }
        });
        for (std::thread& thread : threads) thread.join();
        done = true;
        onlooker.join();
        EXPECT_EQ(with.wrong, 0U);
        EXPECT_EQ(with.log.stats().records, total);
        EXPECT_EQ(with.log.next(), sequence{total + 1});
        EXPECT_GT(with.log.segments().size(), 5U);
        EXPECT_TRUE(with.log.close());
    }
    {
        thread_writer driver;
        auto opened = segmented_journal::open(options, files, timers, driver, readers, 2);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_TRUE((*opened)->recovered().clean);
        EXPECT_EQ((*opened)->recovered().records_verified, total);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace baudot::journal
