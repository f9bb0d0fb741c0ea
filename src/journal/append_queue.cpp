#include "journal/append_queue.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

#include "journal/format.hpp"

namespace baudot::journal {
namespace asio = boost::asio;
namespace {

constexpr std::size_t call_bytes_max = 256ULL << 20;

// The call is gone once its handler was moved out and has run.
void resume_all(call_list calls) {
    while (append_call* const call = calls.pop()) {
        resume_handler resume = std::move(*call->resume);
        std::move(resume)();
    }
}

}  // namespace

call_list::call_list(call_list&& other) noexcept
    : head_(std::exchange(other.head_, nullptr)), tail_(std::exchange(other.tail_, nullptr)) {}

call_list& call_list::operator=(call_list&& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    return *this;
}

call_list::~call_list() {
    while (append_call* const call = pop()) {
        const resume_handler destroyed_with_its_frame = std::move(*call->resume);
    }
}

void call_list::push(append_call& call) {
    call.next = nullptr;
    (head_ == nullptr ? head_ : tail_->next) = &call;
    tail_ = &call;
}

append_call* call_list::pop() {
    append_call* const call = head_;
    if (call != nullptr) head_ = call->next;
    return call;
}

void call_list::refuse(const error& why) {
    for (append_call* call = head_; call != nullptr; call = call->next) {
        call->outcome = std::unexpected(why);
    }
}

void call_list::deliver(call_list calls) {
    while (!calls.empty()) {
        const asio::any_io_executor home = calls.head()->home;
        call_list group;
        while (!calls.empty() && calls.head()->home == home) group.push(*calls.pop());
        asio::post(home, [group = std::move(group)]() mutable { resume_all(std::move(group)); });
    }
}

asio::awaitable<result<sequence>> append_queue::push(std::vector<new_record> records) {
    append_call call;
    for (const new_record& record : records) call.bytes += encoded_bytes(record);
    if (records.empty() || call.bytes > call_bytes_max) {
        co_return fail(errc::invalid_argument,
                       "the journal takes 1 record to 256 MiB of them in one call");
    }
    call.records = std::move(records);
    call.home =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    // From the push on, the writer may resume the coroutine and so end the life of `call`.
    auto enqueue = [this, &call](resume_handler handler) {
        call.resume.emplace(std::move(handler));
        if (enlist(call)) return wake_();
        call_list refused;
        refused.push(call);
        call_list::deliver(std::move(refused));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(enqueue,
                                                                         asio::use_awaitable);
    co_return std::move(call.outcome);
}

// False when the queue is closed: the call then holds why.
bool append_queue::enlist(append_call& call) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        call.outcome = std::unexpected(*closed_);
        return false;
    }
    bytes_ += call.bytes;
    calls_.push(call);
    return true;
}

call_list append_queue::take(std::size_t bytes_max) {
    call_list taken;
    std::size_t sum = 0;
    const std::lock_guard lock(mutex_);
    while (append_call* const call = calls_.head()) {
        if (sum > 0 && sum + call->bytes > bytes_max) break;
        sum += call->bytes;
        taken.push(*calls_.pop());
    }
    bytes_ -= sum;
    return taken;
}

void append_queue::close(error why) {
    const std::lock_guard lock(mutex_);
    if (!closed_) closed_ = std::move(why);
}

std::size_t append_queue::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

}  // namespace baudot::journal
