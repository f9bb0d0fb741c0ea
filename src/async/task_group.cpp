#include "async/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace baudot {
namespace asio = boost::asio;
namespace {

bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

task_group::task_group(asio::any_io_executor owner) : owner_(std::move(owner)), idle_(owner_) {
    idle_.expires_at(asio::steady_timer::time_point::max());
}

task_group::~task_group() {
    BAUDOT_ASSERT(running_ == 0, "join() a task_group before destroying it");
}

void task_group::spawn(std::string name, asio::awaitable<void> task) {
    if (stopping_) return;
    // A finished child is freed here and not when it ends: asio may still be inside the
    // emit() of its signal then.
    ended_.clear();

    const place added = children_.emplace(children_.end());
    added->name = std::move(name);
    ++running_;
    auto on_end = [this, added](std::exception_ptr failure) {
        on_child_end(added, std::move(failure));
    };
    asio::co_spawn(owner_, std::move(task),
                   asio::bind_cancellation_slot(added->stop.slot(), std::move(on_end)));
}

void task_group::request_stop() {
    stopping_ = true;
    // A child that ends inside emit() leaves the list, but it is not freed.
    std::vector<child*> all;
    for (child& each : children_) all.push_back(&each);
    for (child* each : all) {
        if (!each->done) each->stop.emit(asio::cancellation_type::terminal);
    }
}

void task_group::on_child_end(place ended, std::exception_ptr failure) {
    BAUDOT_ASSERT(running_ > 0, "a child ended twice");
    ended->done = true;
    ended_.splice(ended_.end(), children_, ended);
    --running_;
    const bool failed = failure && !(stopping_ && is_cancellation(failure));
    if (failed && !first_failure_) {
        first_failure_ = std::move(failure);
        first_failed_ = ended->name;
        request_stop();
    }
    if (running_ == 0) idle_.cancel();
}

asio::awaitable<void> task_group::join() {
    // Stay alive through our own cancellation: the children still use our caller's state.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (running_ > 0) {
        co_await idle_.async_wait(asio::as_tuple(asio::use_awaitable));
        const asio::cancellation_state self = co_await asio::this_coro::cancellation_state;
        if (self.cancelled() != asio::cancellation_type::none && !stopping_) request_stop();
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (first_failure_) std::rethrow_exception(first_failure_);
}

}  // namespace baudot
