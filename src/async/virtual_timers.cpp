#include "async/virtual_timers.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <optional>

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

    // A coroutine that was cancelled before throws here without waiting.
    struct leave {
        std::map<key, sleeper*>& sleepers;
        const key& place;
        ~leave() { sleepers.erase(place); }
    } const leaving{sleepers_, place};

    // Both the simulator and a cancellation end the wait; `due` tells them apart.
    co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!self.due) throw boost::system::system_error(asio::error::operation_aborted);
}

class virtual_timers::virtual_alarm final : public alarm {
public:
    virtual_alarm(virtual_timers& timers, const asio::any_io_executor& shard,
                  std::function<void()> ring)
        : timers_(timers), state_(std::make_shared<state>(shard, std::move(ring))) {}
    ~virtual_alarm() override { clear(); }

    void set(time_point when) override {
        clear();
        state_->self.due = when <= timers_.now_;
        place_.emplace(when, timers_.next_sequence_++);
        timers_.sleepers_.emplace(*place_, &state_->self);
        state_->wake.async_wait([this, held = state_, serial = state_->serial](const auto&) {
            if (held->serial != serial || !held->self.due) return;
            forget();
            held->ring();
        });
        if (state_->self.due) state_->wake.cancel();
    }

    void clear() override {
        forget();
        ++state_->serial;
        state_->wake.cancel();
    }

private:
    struct state {
        state(const asio::any_io_executor& shard, std::function<void()> call)
            : wake(shard, asio::steady_timer::time_point::max()), ring(std::move(call)) {}

        asio::steady_timer wake;
        sleeper self{.wake = &wake};
        std::function<void()> ring;
        std::uint64_t serial = 0;  // of the wait that may ring
    };

    void forget() {
        if (place_) timers_.sleepers_.erase(*place_);
        place_.reset();
    }

    virtual_timers& timers_;
    std::shared_ptr<state> state_;
    std::optional<key> place_;
};

std::unique_ptr<alarm> virtual_timers::make_alarm(const asio::any_io_executor& shard,
                                                  std::function<void()> ring) {
    return std::make_unique<virtual_alarm>(*this, shard, std::move(ring));
}

void virtual_timers::run_until(time_point limit) {
    for (;;) {
        io_.restart();
        if (io_.poll() > 0) continue;
        if (sleepers_.empty() || sleepers_.begin()->first.first > limit) {
            if (limit != time_point::max()) now_ = std::max(now_, limit);
            return;
        }
        const auto& [place, next] = *sleepers_.begin();
        now_ = std::max(now_, place.first);
        next->due = true;
        next->wake->cancel();
    }
}

}  // namespace baudot
