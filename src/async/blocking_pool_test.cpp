#include "async/blocking_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace baudot {
namespace {
namespace asio = boost::asio;

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> where_jobs_run(blocking_pool& pool, bool& elsewhere, bool& back_home) {
    const std::thread::id home = std::this_thread::get_id();
    auto job = [] { return std::this_thread::get_id(); };
    const std::thread::id there = co_await pool.run(job);
    elsewhere = there != home;
    back_home = std::this_thread::get_id() == home;
}

TEST(blocking_pool, a_job_runs_on_a_pool_thread_and_the_caller_goes_on_where_it_was) {
    asio::io_context io(1);
    blocking_pool pool(2);
    bool elsewhere = false;
    bool back_home = false;
    asio::co_spawn(io, where_jobs_run(pool, elsewhere, back_home), rethrow);
    io.run();
    pool.stop();
    EXPECT_TRUE(elsewhere);
    EXPECT_TRUE(back_home);
}

TEST(blocking_pool, without_threads_and_after_stop_a_job_runs_on_the_callers_thread) {
    for (const std::size_t threads : {0U, 1U}) {
        asio::io_context io(1);
        blocking_pool pool(threads);
        pool.stop();
        bool elsewhere = true;
        bool back_home = false;
        asio::co_spawn(io, where_jobs_run(pool, elsewhere, back_home), rethrow);
        io.run();
        EXPECT_FALSE(elsewhere);
        EXPECT_TRUE(back_home);
    }
}

asio::awaitable<void> fails(blocking_pool& pool) {
    auto job = []() -> int { throw std::runtime_error("no such disk"); };
    co_await pool.run(job);
}

TEST(blocking_pool, an_exception_of_the_job_reaches_the_caller) {
    asio::io_context io(1);
    blocking_pool pool(1);
    asio::co_spawn(io, fails(pool), rethrow);
    EXPECT_THROW(io.run(), std::runtime_error);
    pool.stop();
}

TEST(blocking_pool, stop_runs_everything_that_was_queued_and_refuses_more) {
    std::atomic<int> ran = 0;
    blocking_pool pool(2);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(pool.post([&ran] { ++ran; }));
    pool.stop();
    EXPECT_EQ(ran, 1000);
    EXPECT_FALSE(pool.post([&ran] { ++ran; }));
}

}  // namespace
}  // namespace baudot
