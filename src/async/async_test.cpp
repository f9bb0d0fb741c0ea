#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "async/task_group.hpp"
#include "async/virtual_timers.hpp"
#include "async/with_deadline.hpp"

namespace baudot {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class async_test : public testing::Test {
protected:
    asio::awaitable<result<int>> succeed_after(duration d) {
        co_await timers.sleep_until(timers.now() + d);
        co_return 7;
    }
    asio::awaitable<result<int>> fail_after(duration d) {
        co_await timers.sleep_until(timers.now() + d);
        co_return fail(errc::connection_lost, "reset");
    }
    asio::awaitable<result<int>> throw_after(duration d) {
        co_await timers.sleep_until(timers.now() + d);
        throw std::runtime_error("boom");
    }
    asio::awaitable<result<int>> succeed_when_cancelled() {
        try {
            co_await timers.sleep_until(timers.now() + 1h);
        } catch (const std::exception&) {
        }
        co_return 9;
    }
    asio::awaitable<void> sleep_long(int& cancelled) {
        try {
            co_await timers.sleep_until(timers.now() + 24h);
        } catch (const std::exception&) {
            ++cancelled;
            throw;
        }
    }
    asio::awaitable<void> throw_void(duration d) { co_await throw_after(d); }

    /// Runs `operation` with a deadline 10 s away; how long it took goes to `took`.
    result<int> race(asio::awaitable<result<int>> operation) {
        result<int> answer = fail(errc::shutting_down, "never ran");
        const time_point began = timers.now();
        auto timed = with_deadline(timers, began + 10s, std::move(operation));
        asio::co_spawn(io, std::move(timed), [&](std::exception_ptr failure, result<int> value) {
            threw = failure != nullptr;
            answer = value;
            took = timers.now() - began;
        });
        timers.run();
        return answer;
    }

    asio::io_context io{1};
    virtual_timers timers{io};
    bool threw = false;
    duration took{};
};

TEST_F(async_test, deadline_not_reached) {
    EXPECT_EQ(race(succeed_after(1s)).value(), 7);
    EXPECT_EQ(took, 1s);
}

TEST_F(async_test, a_failure_is_reported_at_once_not_at_the_deadline) {
    EXPECT_EQ(race(fail_after(1s)).error().code, errc::connection_lost);
    EXPECT_EQ(took, 1s);
}

TEST_F(async_test, an_exception_is_reported_at_once) {
    (void)race(throw_after(1s));
    EXPECT_TRUE(threw);
    EXPECT_EQ(took, 1s);
}

TEST_F(async_test, deadline_reached) {
    EXPECT_EQ(race(succeed_after(1h)).error().code, errc::timed_out);
    EXPECT_FALSE(threw);
    EXPECT_EQ(took, 10s);
}

TEST_F(async_test, an_operation_that_finished_while_being_cancelled_keeps_its_result) {
    EXPECT_EQ(race(succeed_when_cancelled()).value(), 9);
    EXPECT_EQ(took, 10s);
}

TEST_F(async_test, cancelling_the_caller_cancels_the_operation_and_waits_for_it) {
    asio::cancellation_signal stop;
    result<int> answer = fail(errc::shutting_down, "never ran");
    const time_point began = timers.now();
    auto timed = with_deadline(timers, began + 10s, succeed_when_cancelled());
    auto on_end = [&](std::exception_ptr, result<int> value) {
        answer = value;
        took = timers.now() - began;
    };
    asio::co_spawn(io, std::move(timed), asio::bind_cancellation_slot(stop.slot(), on_end));
    timers.run_until(began + 3s);
    stop.emit(asio::cancellation_type::terminal);
    timers.run();
    EXPECT_EQ(answer.value(), 9);
    EXPECT_EQ(took, 3s);
}

TEST_F(async_test, a_caller_that_is_cancelled_after_a_deadline_of_its_past_still_hears_of_it) {
    // The first deadline's way for cancellations must not outlive it.
    int cancelled = 0;
    auto both = [&]() -> asio::awaitable<void> {
        (void)co_await with_deadline(timers, timers.now() + 10s, succeed_after(1s));
        co_await sleep_long(cancelled);
    };
    asio::cancellation_signal stop;
    asio::co_spawn(io, both(),
                   asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    timers.run_until(timers.now() + 5s);
    stop.emit(asio::cancellation_type::terminal);
    timers.run();
    EXPECT_EQ(cancelled, 1);
}

TEST_F(async_test, an_alarm_rings_once_at_the_time_that_was_set_last) {
    std::vector<duration> rang;
    const time_point began = timers.now();
    const auto bell =
        timers.make_alarm(io.get_executor(), [&] { rang.push_back(timers.now() - began); });
    bell->set(began + 5s);
    bell->set(began + 3s);
    timers.run();
    EXPECT_EQ(rang, std::vector<duration>{3s});
    bell->set(began);  // a time that has passed
    EXPECT_EQ(rang.size(), 1u) << "not from inside set()";
    timers.run();
    EXPECT_EQ(rang.size(), 2u);
}

TEST_F(async_test, an_alarm_that_is_cleared_or_gone_never_rings) {
    int rang = 0;
    auto bell = timers.make_alarm(io.get_executor(), [&] { ++rang; });
    bell->set(timers.now() + 3s);
    bell->clear();
    timers.run();
    bell->set(timers.now());  // its handler is queued already
    bell.reset();
    timers.run();
    EXPECT_EQ(rang, 0);
}

TEST_F(async_test, an_alarm_may_destroy_itself_when_it_rings) {
    std::unique_ptr<alarm> bell;
    int rang = 0;
    bell = timers.make_alarm(io.get_executor(), [&, kept = std::make_shared<int>(7)] {
        bell.reset();
        rang = *kept;
    });
    bell->set(timers.now() + 3s);
    timers.run();
    EXPECT_EQ(rang, 7);
}

TEST(steady_alarm, rings_at_its_time_and_not_when_it_was_cleared) {
    asio::io_context io{1};
    steady_timers timers;
    std::vector<int> rang;
    const time_point began = timers.now();
    time_point at{};
    const auto late = timers.make_alarm(io.get_executor(), [&] {
        rang.push_back(2);
        at = timers.now();
    });
    const auto never = timers.make_alarm(io.get_executor(), [&] { rang.push_back(3); });
    std::unique_ptr<alarm> early = timers.make_alarm(io.get_executor(), [&] {
        rang.push_back(1);
        never->clear();
        early.reset();
    });
    late->set(began + 20ms);
    never->set(began + 10ms);
    early->set(began + 5ms);
    io.run();
    EXPECT_EQ(rang, (std::vector<int>{1, 2}));
    EXPECT_GE(at - began, 20ms);
}

TEST_F(async_test, an_abort_nobody_asked_for_is_a_failure) {
    auto aborts = []() -> asio::awaitable<void> {
        throw boost::system::system_error(asio::error::operation_aborted);
        co_return;
    };
    task_group group(io.get_executor());
    group.spawn("aborts", aborts());
    timers.run();
    EXPECT_EQ(group.first_failed(), "aborts");
}

TEST_F(async_test, a_group_stops_the_others_when_one_fails) {
    int cancelled = 0;
    task_group group(io.get_executor());
    group.spawn("first", sleep_long(cancelled));
    group.spawn("second", throw_void(5s));
    group.spawn("third", sleep_long(cancelled));

    std::string report;
    asio::co_spawn(io, group.join(), [&](std::exception_ptr failure) {
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            report = group.first_failed() + ": " + error.what();
        }
    });
    const time_point began = timers.now();
    timers.run();
    EXPECT_EQ(report, "second: boom");
    EXPECT_EQ(cancelled, 2);
    EXPECT_EQ(timers.now() - began, 5s);
}

TEST_F(async_test, cancelling_the_joiner_stops_the_children_and_waits_for_them) {
    int cancelled = 0;
    bool joined = false;
    task_group group(io.get_executor());
    for (int i = 0; i < 3; ++i) group.spawn("child", sleep_long(cancelled));

    asio::cancellation_signal stop;
    auto on_joined = [&](std::exception_ptr) {
        joined = true;
        EXPECT_EQ(group.running(), 0u);
    };
    asio::co_spawn(io, group.join(), asio::bind_cancellation_slot(stop.slot(), on_joined));
    timers.run_until(timers.now() + 1s);
    EXPECT_FALSE(joined);
    stop.emit(asio::cancellation_type::terminal);
    timers.run();
    EXPECT_TRUE(joined);
    EXPECT_EQ(cancelled, 3);
}

}  // namespace
}  // namespace baudot
