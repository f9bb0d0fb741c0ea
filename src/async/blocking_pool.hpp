#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace baudot {

/// Threads for calls that block (disk, DNS, libraries with threads of their own). Jobs start in
/// the order in which they came. The queue is not bounded here: callers are.
///
/// With no threads, run() calls the job at once on the caller's thread: for the simulation,
/// where doubles do not block.
///
/// The destructor runs what was queued and joins. Any thread. The io_contexts of callers must
/// outlive the pool, or its stop(): a pool thread may touch them shortly after the answer.
class blocking_pool {
public:
    explicit blocking_pool(std::size_t threads);
    blocking_pool(const blocking_pool&) = delete;
    blocking_pool& operator=(const blocking_pool&) = delete;
    ~blocking_pool();

    /// `job` must not throw. False, and not called, after stop() or without threads.
    bool post(std::function<void()> job);

    /// Runs what was queued, then joins. Not from a job. Any number of times.
    void stop();

    /// Calls `job` on a pool thread and resumes the caller on its own executor with what it
    /// returned; rethrows what it threw. After stop(): on the caller's thread. Cancelling does not
    /// interrupt the job: the caller waits for it, so the job may refer to the caller's variables.
    template <class Job, class T = std::invoke_result_t<Job&>>
        requires(!std::is_void_v<T>)
    boost::asio::awaitable<T> run(Job job) {
        namespace asio = boost::asio;
        if (threads_.empty()) co_return job();
        const asio::any_io_executor caller = co_await asio::this_coro::executor;
        std::optional<T> value;
        std::exception_ptr failure;
        auto start = [&](auto handler) {
            // Keeps the caller's io_context running while nothing of it is queued there.
            auto work = asio::prefer(caller, asio::execution::outstanding_work.tracked);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            const auto call = [&value, &failure, &job, work, shared] {
                try {
                    value.emplace(job());
                } catch (...) {
                    failure = std::current_exception();
                }
                asio::post(work, [shared] { std::move (*shared)(); });
            };
            if (!post(call)) call();
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start,
                                                                             asio::use_awaitable);
        if (failure) std::rethrow_exception(failure);
        co_return std::move(*value);
    }

private:
    void serve();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;  // guarded by mutex_
    bool stopping_ = false;                   // guarded by mutex_
    std::vector<std::thread> threads_;        // style-ok: one of the two classes that own threads
};

}  // namespace baudot
