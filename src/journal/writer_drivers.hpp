#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <memory>

#include "async/blocking_pool.hpp"
#include "async/timer_service.hpp"
#include "base/time.hpp"
#include "journal/writer_driver.hpp"

namespace baudot::journal {

/// A thread of its own. wake() costs an atomic exchange while the thread is busy.
class thread_writer final : public writer_driver {
public:
    thread_writer() : thread_(1) {}
    ~thread_writer() override { stop(); }
    void start(step work) override;
    void wake() override;
    void stop() override;

private:
    void run();

    step work_;
    std::atomic<bool> pending_ = false;  // a run() is queued or will look again
    blocking_pool thread_;
};

/// Runs the steps on `executor` in virtual time: after each step it waits for as long as the
/// disk would have taken (`delay` is asked after the step; disk_double::take_delay). So appends
/// gather while a sync is under way, and a crash may fall between write, sync and answer.
/// One thread. Destroying it abandons a waiting step.
class virtual_writer final : public writer_driver {
public:
    virtual_writer(boost::asio::any_io_executor executor, timer_service& timers,
                   std::function<duration()> delay);
    ~virtual_writer() override;
    void start(step work) override;
    void wake() override;
    void stop() override;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace baudot::journal
