#include "async/timer_service.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace baudot {

time_point steady_timers::now() const noexcept {
    return std::chrono::steady_clock::now();  // style-ok: the one real clock
}

wall_time steady_timers::wall_now() const noexcept {
    return std::chrono::time_point_cast<wall_time::duration>(
        std::chrono::system_clock::now());  // style-ok: the one real clock
}

boost::asio::awaitable<void> steady_timers::sleep_until(time_point deadline) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_at(deadline);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace baudot
