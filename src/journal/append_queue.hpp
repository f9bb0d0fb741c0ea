#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "journal/journal.hpp"

namespace baudot::journal {

/// Resumes a suspended coroutine. (any_completion_handler of Boost 1.81 wraps itself without end
/// when it is moved.)
using resume_handler =
    boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;

/// A suspended append(): it lives in the frame of its coroutine and costs no allocation of its
/// own. Its handler owns that frame, so it must be called or destroyed in the end.
struct append_call {
    std::vector<new_record> records;
    std::size_t bytes = 0;  // encoded
    result<sequence> outcome = sequence{};
    boost::asio::any_io_executor home;  // of the caller; keeps its io_context running
    std::optional<resume_handler> resume;
    append_call* next = nullptr;
};

/// A chain of calls, first in, first out. Owns them: what is still in it when it is destroyed
/// is destroyed with its coroutine.
class call_list {
public:
    call_list() = default;
    call_list(call_list&& other) noexcept;
    call_list& operator=(call_list&& other) noexcept;
    ~call_list();

    void push(append_call& call);
    append_call* pop();  // null when empty
    bool empty() const { return head_ == nullptr; }
    append_call* head() const { return head_; }

    /// Sets the outcome of each.
    void refuse(const error& why);

    /// Resumes every caller on its executor; one post for neighbours with the same one.
    static void deliver(call_list calls);

private:
    append_call* head_ = nullptr;
    append_call* tail_ = nullptr;
};

/// Where appends wait for the writer. Any thread.
class append_queue {
public:
    /// `wake` is called after each push, without a lock.
    explicit append_queue(std::function<void()> wake) : wake_(std::move(wake)) {}

    boost::asio::awaitable<result<sequence>> push(std::vector<new_record> records);

    /// The oldest calls, together not more than `bytes_max`, but at least one.
    call_list take(std::size_t bytes_max);

    /// Later calls get this at once; the first reason stays.
    void close(error why);

    std::size_t bytes() const;

private:
    bool enlist(append_call& call);

    const std::function<void()> wake_;
    mutable std::mutex mutex_;
    call_list calls_;              // guarded by mutex_
    std::size_t bytes_ = 0;        // guarded by mutex_
    std::optional<error> closed_;  // guarded by mutex_
};

}  // namespace baudot::journal
