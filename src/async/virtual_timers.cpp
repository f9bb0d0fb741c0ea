#include "async/virtual_timers.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace baudot {
namespace asio = boost::asio;

asio::awaitable<void> virtual_timers::sleep_until(time_point deadline) {
    if (deadline <= now_) co_return;

    asio::steady_timer wake(co_await asio::this_coro::executor,
                            asio::steady_timer::time_point::max());
    sleeper self;
    self.wake = &wake;
    const key place(deadline, next_sequence_++);
    sleepers_.emplace(place, &self);

    // Both the simulator and a cancellation end the wait; `due` tells them apart.
    co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
    sleepers_.erase(place);
    if (!self.due) throw boost::system::system_error(asio::error::operation_aborted);
}

void virtual_timers::run_until(time_point limit) {
    for (;;) {
        io_.restart();
        if (io_.poll() > 0) continue;
        if (sleepers_.empty()) return;

        const auto& [place, next] = *sleepers_.begin();
        if (place.first > limit) {
            now_ = std::max(now_, limit);
            return;
        }
        now_ = std::max(now_, place.first);
        next->due = true;
        next->wake->cancel();
    }
}

}  // namespace baudot
