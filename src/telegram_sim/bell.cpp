#include "telegram_sim/bell.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "async/with_deadline.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;

void bell::ring() {
    for (sleeper& each : sleepers_) {
        each.rung = true;
        each.wake.cancel();
    }
}

asio::awaitable<result<void>> bell::listen(sleeper& self) {
    // A ring that comes before this wait has begun must not be slept through.
    if (!self.rung) co_await self.wake.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!self.rung) throw boost::system::system_error(asio::error::operation_aborted);
    co_return result<void>{};
}

asio::awaitable<void> bell::wait_until(timer_service& timers, time_point deadline) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto self = sleepers_.emplace(
        sleepers_.end(),
        sleeper{asio::steady_timer(executor, asio::steady_timer::time_point::max())});
    struct leave {
        std::list<sleeper>& from;
        std::list<sleeper>::iterator who;
        ~leave() { from.erase(who); }
    } const leaving{sleepers_, self};
    if (deadline == time_point::max()) {
        (void)co_await listen(*self);
        co_return;
    }
    // Timed out or rung: the caller looks for itself.
    (void)co_await with_deadline(timers, deadline, listen(*self));
}

}  // namespace baudot::telegram_sim
