#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <string>

namespace baudot {

/// Owns coroutines: nothing in this project is co_spawned with asio::detached.
///
/// The first child that fails stops its siblings, and join() rethrows that failure.
/// A child that ends because it was stopped is not a failure.
///
/// Everything, the constructor included, runs on `owner`, which must run one handler at
/// a time: asio cancellation signals are not thread-safe. Other threads post() to it.
///
/// Declare the group as the last member of its class: children may then use every member
/// above it. Destroying a group with children running is a bug (asserts).
class task_group {
public:
    explicit task_group(boost::asio::any_io_executor owner);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    ~task_group();

    /// `name` appears in logs and in the failure report.
    void spawn(std::string name, boost::asio::awaitable<void> task);

    /// Hard stop: every child gets a terminal cancellation at its next suspension point.
    void request_stop();

    /// Waits for all children. If the waiting coroutine is itself cancelled, it stops the
    /// children and still waits for them.
    boost::asio::awaitable<void> join();

    std::size_t running() const { return running_; }
    const std::string& first_failed() const { return first_failed_; }

private:
    struct child {
        std::string name;
        boost::asio::cancellation_signal stop;
        bool done = false;
    };

    using place = std::list<child>::iterator;
    void on_child_end(place ended, std::exception_ptr failure);

    boost::asio::any_io_executor owner_;
    boost::asio::steady_timer idle_;  // cancelled when the last child ends
    std::list<child> children_;       // stable addresses: asio holds slots of `stop`
    std::list<child> ended_;          // freed at the next spawn()
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::exception_ptr first_failure_;
    std::string first_failed_;
};

}  // namespace baudot
