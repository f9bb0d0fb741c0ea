#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

#include "async/timer_service.hpp"
#include "base/error.hpp"

namespace baudot {

/// Runs `operation` until it ends or `deadline` passes, whichever is first; then cancels
/// the loser and waits for it, so nothing of `operation` is still running on return.
///
/// Returns the operation's own result if it has one, even when the deadline passed while
/// it was finishing: a message that was sent is sent. Rethrows what the operation threw.
/// errc::timed_out only if it was cancelled by us.
///
/// Use this and not `operation || sleep`: operator|| waits for the first *success*, so
/// an operation that fails at once would be reported only when the timer fires.
///
/// An operation that ignores cancellation makes the deadline wait for it.
template <class T>
boost::asio::awaitable<result<T>> with_deadline(timer_service& timers, time_point deadline,
                                                boost::asio::awaitable<result<T>> operation) {
    namespace asio = boost::asio;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;

    auto run = asio::co_spawn(executor, std::move(operation), asio::deferred);
    auto wait = asio::co_spawn(executor, timers.sleep_until(deadline), asio::deferred);
    auto group = asio::experimental::make_parallel_group(std::move(run), std::move(wait));
    auto finished =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    auto& [order, operation_threw, outcome, wait_threw] = finished;

    constexpr std::size_t deadline_index = 1;
    const bool deadline_first = order[0] == deadline_index && !wait_threw;
    if (!operation_threw && !deadline_first) co_return std::move(outcome);
    if (!operation_threw && outcome.has_value()) co_return std::move(outcome);
    if (deadline_first) co_return fail(errc::timed_out, "deadline passed");
    std::rethrow_exception(operation_threw);
}

}  // namespace baudot
