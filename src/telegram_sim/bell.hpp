#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <list>

#include "async/timer_service.hpp"
#include "base/error.hpp"

namespace baudot::telegram_sim {

/// Coroutines that wait for something to happen, but no longer than to a moment.
/// On one shard; outlives those that wait on it.
class bell {
public:
    bell() = default;
    bell(const bell&) = delete;
    bell& operator=(const bell&) = delete;

    /// Wakes all that wait now. Whoever waits afterwards has missed it.
    void ring();

    /// Returns after ring() or at `deadline`; time_point::max(): never by time. Throws
    /// system_error(operation_aborted) when the calling coroutine is cancelled.
    boost::asio::awaitable<void> wait_until(timer_service& timers, time_point deadline);

    std::size_t waiting() const noexcept { return sleepers_.size(); }

private:
    struct sleeper {
        boost::asio::steady_timer wake;
        bool rung = false;
    };
    boost::asio::awaitable<result<void>> listen(sleeper& self);

    std::list<sleeper> sleepers_;
};

}  // namespace baudot::telegram_sim
