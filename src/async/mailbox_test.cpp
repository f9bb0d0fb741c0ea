#include "async/mailbox.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace baudot {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> collect(mailbox<std::string>& inbox, std::vector<std::string>& out) {
    for (;;) {
        std::optional<std::string> item = co_await inbox.pop();
        if (!item) co_return;
        out.push_back(std::move(*item));
    }
}

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

TEST(mailbox, refuses_when_full_and_when_closed) {
    asio::io_context io(1);
    mailbox<std::string> inbox(io.get_executor(), 2);
    EXPECT_EQ(inbox.try_push("a"), push_status::accepted);
    EXPECT_EQ(inbox.try_push("b"), push_status::accepted);
    EXPECT_EQ(inbox.try_push("c"), push_status::full);
    inbox.close();
    EXPECT_EQ(inbox.try_push("d"), push_status::closed);
}

TEST(mailbox, close_still_delivers_what_was_accepted) {
    asio::io_context io(1);
    mailbox<std::string> inbox(io.get_executor(), 4);
    ASSERT_EQ(inbox.try_push("a"), push_status::accepted);
    ASSERT_EQ(inbox.try_push("b"), push_status::accepted);
    inbox.close();

    std::vector<std::string> out;
    asio::co_spawn(io, collect(inbox, out), rethrow);
    io.run();
    EXPECT_EQ(out, (std::vector<std::string>{"a", "b"}));
}

TEST(mailbox, a_cancelled_pop_loses_nothing_and_the_queue_stays_usable) {
    asio::io_context io(1);
    mailbox<std::string> inbox(io.get_executor(), 4);
    std::vector<std::string> out;
    asio::cancellation_signal stop;
    bool cancelled = false;
    asio::co_spawn(io, collect(inbox, out),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr failure) {
                       cancelled = failure != nullptr;
                   }));
    io.poll();
    stop.emit(asio::cancellation_type::terminal);
    ASSERT_EQ(inbox.try_push("a"), push_status::accepted);
    io.poll();
    io.restart();

    inbox.close();
    asio::co_spawn(io, collect(inbox, out), rethrow);
    io.run();
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(out, (std::vector<std::string>{"a"}));
}

// Goal: no item lost, none twice, order kept per producer. Run under TSan as well.
TEST(mailbox, four_threads_one_consumer) {
    constexpr int producers = 4;
    constexpr int items_each = 5'000;
    asio::io_context io(1);
    mailbox<std::string> inbox(io.get_executor(), 64);
    std::vector<std::string> out;
    asio::co_spawn(io, collect(inbox, out), rethrow);

    std::thread consumer([&io] { io.run(); });
    std::vector<std::thread> threads;
    threads.reserve(producers);
    for (int p = 0; p < producers; ++p) {
        threads.emplace_back([&inbox, p] {
            for (int i = 0; i < items_each;) {
                const std::string item = std::to_string(p) + ":" + std::to_string(i);
                if (inbox.try_push(item) == push_status::accepted) {
                    ++i;
                } else {
                    std::this_thread::yield();
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    inbox.close();
    consumer.join();

    ASSERT_EQ(out.size(), std::size_t{producers} * items_each);
    std::vector<int> next(producers, 0);
    for (const std::string& item : out) {
        const auto p = static_cast<std::size_t>(item[0] - '0');
        ASSERT_EQ(item.substr(2), std::to_string(next[p]++));
    }
}

}  // namespace
}  // namespace baudot
