#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>

#include "async/alarm.hpp"
#include "base/time.hpp"

namespace baudot {

/// The only way for a coroutine to know the time or to wait for it. app/ passes
/// steady_timers, tests and the simulation pass virtual_timers.
class timer_service {
public:
    virtual ~timer_service() = default;

    virtual time_point now() const noexcept = 0;
    virtual wall_time wall_now() const noexcept = 0;

    /// Returns once now() >= deadline, at once if it already is.
    /// Throws system_error(operation_aborted) if the calling coroutine is cancelled.
    virtual boost::asio::awaitable<void> sleep_until(time_point deadline) = 0;

    /// Not set yet. `ring` runs on `shard` and must not throw. The service outlives the alarm.
    virtual std::unique_ptr<alarm> make_alarm(const boost::asio::any_io_executor& shard,
                                              std::function<void()> ring) = 0;
};

/// The clocks and timers of the machine. Stateless; any thread.
class steady_timers final : public timer_service {
public:
    time_point now() const noexcept override;
    wall_time wall_now() const noexcept override;
    boost::asio::awaitable<void> sleep_until(time_point deadline) override;
    std::unique_ptr<alarm> make_alarm(const boost::asio::any_io_executor& shard,
                                      std::function<void()> ring) override;
};

}  // namespace baudot
