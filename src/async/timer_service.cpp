#include "async/timer_service.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <utility>

namespace baudot {
namespace {

class steady_alarm final : public alarm {
public:
    steady_alarm(const boost::asio::any_io_executor& shard, std::function<void()> ring)
        : state_(std::make_shared<state>(shard, std::move(ring))) {}
    ~steady_alarm() override { clear(); }

    void set(time_point when) override {
        state_->timer.expires_at(when);
        state_->timer.async_wait([self = state_, serial = ++state_->serial](const auto&) {
            if (self->serial == serial) self->ring();
        });
    }

    void clear() override {
        ++state_->serial;
        state_->timer.cancel();
    }

private:
    // Shared with the waits, which end in a later turn of the loop than the alarm may.
    struct state {
        state(const boost::asio::any_io_executor& shard, std::function<void()> call)
            : timer(shard), ring(std::move(call)) {}

        boost::asio::steady_timer timer;
        std::function<void()> ring;
        std::uint64_t serial = 0;  // of the wait that may ring
    };
    std::shared_ptr<state> state_;
};

}  // namespace

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

std::unique_ptr<alarm> steady_timers::make_alarm(const boost::asio::any_io_executor& shard,
                                                 std::function<void()> ring) {
    return std::make_unique<steady_alarm>(shard, std::move(ring));
}

}  // namespace baudot
