#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <map>
#include <utility>

#include "async/timer_service.hpp"

namespace baudot {

/// Time that moves only when nothing else can run. A coroutine may sleep for a day and
/// the test takes microseconds; the same program gives the same interleaving every time.
///
/// Needs an io_context with one thread and no sockets. Two sleepers with one deadline
/// wake in the order in which they went to sleep.
class virtual_timers final : public timer_service {
public:
    explicit virtual_timers(boost::asio::io_context& io) : io_(io) {}

    time_point now() const noexcept override { return now_; }

    /// Moves with now(), plus what set_wall() and jump_wall() added.
    wall_time wall_now() const noexcept override {
        return wall_offset_ +
               std::chrono::duration_cast<wall_time::duration>(now_.time_since_epoch());
    }
    void set_wall(wall_time wall) { wall_offset_ += wall - wall_now(); }
    void jump_wall(duration by) {
        wall_offset_ += std::chrono::duration_cast<wall_time::duration>(by);
    }
    boost::asio::awaitable<void> sleep_until(time_point deadline) override;
    std::unique_ptr<alarm> make_alarm(const boost::asio::any_io_executor& shard,
                                      std::function<void()> ring) override;

    /// Runs ready handlers, jumps to the next deadline, and so on until all is quiet or
    /// the next deadline is after `limit`. Then it is `limit`, or with run() the last deadline.
    void run_until(time_point limit);
    void run() { run_until(time_point::max()); }

private:
    class virtual_alarm;
    struct sleeper {
        boost::asio::steady_timer* wake;
        bool due = false;
    };
    using key = std::pair<time_point, std::uint64_t>;

    boost::asio::io_context& io_;
    time_point now_{std::chrono::hours(1)};  // not zero: catches code that assumes an epoch
    wall_time wall_offset_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    std::uint64_t next_sequence_ = 0;
    std::map<key, sleeper*> sleepers_;
};

}  // namespace baudot
