#include "journal/writer_drivers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

#include "base/assert.hpp"

namespace baudot::journal {
namespace asio = boost::asio;

void thread_writer::start(step work) {
    work_ = std::move(work);
}

void thread_writer::wake() {
    if (pending_.exchange(true)) return;
    thread_.post([this] { run(); });
}

void thread_writer::run() {
    // The flag goes down before the look, so that a wake() during it queues another run.
    pending_.store(false);
    while (work_()) {
    }
}

void thread_writer::stop() {
    thread_.stop();
}

struct virtual_writer::state {
    state(asio::any_io_executor where, timer_service& clock, std::function<duration()> cost)
        : executor(std::move(where)), timers(clock), delay(std::move(cost)) {}

    asio::any_io_executor executor;
    timer_service& timers;
    std::function<duration()> delay;
    step work;
    bool running = false;
    bool stopped = false;
};

virtual_writer::virtual_writer(asio::any_io_executor executor, timer_service& timers,
                               std::function<duration()> delay)
    : state_(std::make_shared<state>(std::move(executor), timers, std::move(delay))) {}

virtual_writer::~virtual_writer() {
    stop();
}

void virtual_writer::start(step work) {
    state_->work = std::move(work);
}

void virtual_writer::wake() {
    if (state_->running || state_->stopped) return;
    state_->running = true;
    // The state is shared: the coroutine may still sleep when this object goes.
    auto run = [](std::shared_ptr<state> self) -> asio::awaitable<void> {
        while (!self->stopped && self->work()) {
            const duration cost = self->delay();
            if (cost > duration::zero()) {
                co_await self->timers.sleep_until(self->timers.now() + cost);
            }
        }
        self->running = false;
    };
    // Posted, because co_spawn may begin at once when it is called on the executor.
    asio::post(state_->executor, [run, self = state_] {
        asio::co_spawn(self->executor, run(self), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    });
}

void virtual_writer::stop() {
    state_->stopped = true;
    state_->work = nullptr;
}

}  // namespace baudot::journal
