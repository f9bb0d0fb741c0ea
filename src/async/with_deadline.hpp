#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
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
    const asio::cancellation_state self = co_await asio::this_coro::cancellation_state;

    bool late = false;
    asio::cancellation_signal stop;
    const auto limit = timers.make_alarm(executor, [&] {
        late = true;
        stop.emit(asio::cancellation_type::terminal);
    });
    limit->set(deadline);
    // Whoever cancels us cancels the operation, which has a signal of its own.
    asio::cancellation_slot from_caller = self.slot();
    if (from_caller.is_connected()) {
        from_caller.assign([&stop](asio::cancellation_type kind) { stop.emit(kind); });
    }

    result<T> outcome = fail(errc::timed_out, "deadline passed");
    std::exception_ptr threw;
    try {
        outcome =
            co_await asio::co_spawn(executor, std::move(operation),
                                    asio::bind_cancellation_slot(stop.slot(), asio::use_awaitable));
    } catch (...) {
        threw = std::current_exception();
    }
    if (from_caller.is_connected()) from_caller.clear();
    if (!threw && (!late || outcome)) co_return outcome;
    if (late) co_return fail(errc::timed_out, "deadline passed");
    std::rethrow_exception(threw);
}

}  // namespace baudot
