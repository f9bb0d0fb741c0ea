#include "async/for_each.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "async/virtual_timers.hpp"

namespace baudot {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class for_each_test : public testing::Test {
protected:
    asio::awaitable<void> one(std::size_t index) {
        begun.push_back(index);
        most = std::max(most, ++running);
        const struct leave {
            int& count;
            ~leave() { --count; }
        } leaving{running};
        co_await timers.sleep_until(timers.now() + 1s * (1 + index % 3));
        if (index == fails_at) throw std::runtime_error("on purpose");
        ++ended;
    }

    // The failure that came out, if any.
    std::exception_ptr run(std::size_t count, std::size_t at_once, duration limit = 24h) {
        std::exception_ptr thrown;
        auto work = [this](std::size_t index) { return one(index); };
        asio::co_spawn(io, for_each_index(count, at_once, work),
                       asio::bind_cancellation_slot(
                           stop.slot(), [&](std::exception_ptr failure) { thrown = failure; }));
        timers.run_until(timers.now() + limit);
        stop.emit(asio::cancellation_type::terminal);
        timers.run();
        return thrown;
    }

    asio::io_context io{1};
    virtual_timers timers{io};
    asio::cancellation_signal stop;
    std::vector<std::size_t> begun;
    int running = 0;
    int most = 0;
    std::size_t ended = 0;
    std::size_t fails_at = SIZE_MAX;
};

TEST_F(for_each_test, everything_is_begun_in_order_and_no_more_than_allowed_at_once) {
    EXPECT_FALSE(run(20, 4));
    EXPECT_EQ(ended, 20u);
    EXPECT_EQ(most, 4);
    EXPECT_TRUE(std::ranges::is_sorted(begun));
}

TEST_F(for_each_test, nothing_to_do_is_done_at_once) {
    EXPECT_FALSE(run(0, 4));
    EXPECT_TRUE(begun.empty());
}

TEST_F(for_each_test, the_first_failure_ends_it_and_nothing_is_left_running) {
    fails_at = 2;
    EXPECT_THROW(std::rethrow_exception(run(100, 3)), std::runtime_error);
    EXPECT_LT(begun.size(), 20u);
    EXPECT_EQ(running, 0);
}

TEST_F(for_each_test, cancelling_it_leaves_nothing_running) {
    (void)run(100, 3, 5s);
    EXPECT_GT(ended, 0u);
    EXPECT_EQ(running, 0);
    EXPECT_LT(ended, 100u);
}

}  // namespace
}  // namespace baudot
