#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/assert.hpp"

namespace baudot {

enum class push_status {
    accepted,
    full,    // the producer must slow down: leave the work in its journal and stop reading
    closed,  // the consumer is draining; nothing more will be taken
};

/// Bounded queue: many producers on any thread, one consumer coroutine on `owner`.
/// The only door between two shards. `owner` must run one handler at a time, and its
/// io_context must outlive the mailbox.
///
/// close() is the graceful stop: everything accepted before it is still delivered.
/// Unlike asio::experimental::channel in Boost 1.81, which drops its buffer on close()
/// and refuses try_send() after a cancelled receive although it is empty.
///
/// Cancelling pop() throws system_error(operation_aborted) and loses no item.
template <class T>
class mailbox {
public:
    mailbox(const boost::asio::any_io_executor& owner, std::size_t capacity)
        : state_(std::make_shared<state>(owner, capacity)) {
        BAUDOT_ASSERT(capacity > 0, "a mailbox of size zero never accepts");
    }
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;
    ~mailbox() { close(); }

    /// Any thread. Holds a lock only to move one item; never waits for the consumer.
    [[nodiscard]] push_status try_push(T item) {
        std::unique_lock lock(state_->mutex);
        if (state_->closed) return push_status::closed;
        if (state_->items.size() >= state_->capacity) return push_status::full;
        state_->items.push_back(std::move(item));
        wake_consumer(std::move(lock));
        return push_status::accepted;
    }

    /// Any thread, any number of times.
    void close() {
        std::unique_lock lock(state_->mutex);
        state_->closed = true;
        wake_consumer(std::move(lock));
    }

    /// On `owner` only, one call at a time. Empty means closed and drained: stop looping.
    boost::asio::awaitable<std::optional<T>> pop() {
        const std::shared_ptr<state> self = state_;
        for (;;) {
            {
                const std::lock_guard lock(self->mutex);
                BAUDOT_ASSERT(!self->parked, "a mailbox has one consumer");
                if (!self->items.empty()) {
                    std::optional<T> item(std::move(self->items.front()));
                    self->items.pop_front();
                    co_return item;
                }
                if (self->closed) co_return std::nullopt;
                self->parked = true;
            }
            // The wake-up is posted to `owner`, so it cannot run before this wait starts.
            const unparker unpark{*self};
            co_await self->wake.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
    }

    std::size_t size() const {
        const std::lock_guard lock(state_->mutex);
        return state_->items.size();
    }

private:
    // Shared, because a posted wake-up may outlive the mailbox.
    struct state {
        state(const boost::asio::any_io_executor& owner, std::size_t limit)
            : capacity(limit), wake(owner) {
            wake.expires_at(boost::asio::steady_timer::time_point::max());
        }

        const std::size_t capacity;
        mutable std::mutex mutex;
        std::deque<T> items;             // guarded by mutex
        bool closed = false;             // guarded by mutex
        bool parked = false;             // guarded by mutex; true while the consumer waits on wake
        boost::asio::steady_timer wake;  // touched on owner only; a condition variable
    };

    struct unparker {
        state& target;
        explicit unparker(state& parked_state) : target(parked_state) {}
        ~unparker() {
            const std::lock_guard lock(target.mutex);
            target.parked = false;
        }
    };

    // One post per sleep of the consumer, not one per item.
    void wake_consumer(std::unique_lock<std::mutex> lock) {
        const bool must_wake = std::exchange(state_->parked, false);
        lock.unlock();
        if (!must_wake) return;
        boost::asio::post(state_->wake.get_executor(), [self = state_] { self->wake.cancel(); });
    }

    std::shared_ptr<state> state_;
};

}  // namespace baudot
