#include "simulation/pipe.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace baudot::simulation {
namespace asio = boost::asio;

pipe::pipe(const asio::any_io_executor& shard, timer_service& timers)
    : shard_(shard), timers_(timers), arrived_(shard, asio::steady_timer::time_point::max()) {}

bool pipe::write(std::string_view bytes) {
    if (closed_ || broken_ || ended_) return false;
    if (left_) bytes = bytes.substr(0, std::min(bytes.size(), *left_));
    const std::span<char> room = bytes_.prepare(bytes.size());
    std::ranges::copy(bytes, room.begin());
    if (noise_) {
        for (char& each : room.first(bytes.size())) each = static_cast<char>(noise_->below(256));
    }
    bytes_.commit(bytes.size());
    if (left_) *left_ -= bytes.size();
    broken_ = left_ == std::size_t{0};
    wake();
    return true;
}

void pipe::finish() {
    ended_ = true;
    wake();
}

// A cut lets through what came before it.
bool pipe::has_arrived() const {
    return timers_.now() >= next_ && (!bytes_.empty() || ended_ || broken_);
}

asio::awaitable<http::transferred> pipe::read_some(std::span<char> room) {
    while (!closed_ && !has_arrived()) {
        if (timers_.now() < next_) {
            if (!later_) later_ = timers_.make_alarm(shard_, [this] { on_time(); });
            later_->set(next_);
        }
        const std::uint64_t cancels = cancels_;
        (void)co_await arrived_.async_wait(asio::as_tuple(asio::use_awaitable));
        const asio::cancellation_state self = co_await asio::this_coro::cancellation_state;
        const bool is_cancelled = self.cancelled() != asio::cancellation_type::none;
        if (is_cancelled || cancels != cancels_) {
            co_return http::transferred{asio::error::operation_aborted, 0};
        }
    }
    if (closed_) co_return http::transferred{asio::error::bad_descriptor, 0};
    if (bytes_.empty()) {
        const auto why = broken_ ? boost::system::error_code(asio::error::connection_reset)
                                 : boost::system::error_code(asio::error::eof);
        co_return http::transferred{why, 0};
    }
    std::size_t count = std::min(room.size(), bytes_.size());
    if (drip_bytes_ > 0) {
        count = std::min(count, drip_bytes_);
        next_ = timers_.now() + drip_every_;
    }
    std::ranges::copy(bytes_.data().substr(0, count), room.begin());
    bytes_.consume(count);
    co_return http::transferred{{}, count};
}

bool pipe::is_silent() const {
    return !closed_ && !has_arrived();
}

void pipe::watch(std::function<void()> call) {
    watcher_ = std::move(call);
    if (has_arrived()) wake();
}

void pipe::cancel() {
    ++cancels_;
    watcher_ = nullptr;
    arrived_.cancel();
}

void pipe::close() {
    closed_ = true;
    bytes_.consume(bytes_.size());
    wake();
}

void pipe::hold_until(time_point when) {
    next_ = std::max(next_, when);
}

void pipe::drip(std::size_t bytes, duration every) {
    drip_bytes_ = bytes;
    drip_every_ = every;
}

void pipe::cut_after(std::size_t bytes) {
    left_ = bytes;
}

void pipe::reset() {
    bytes_.consume(bytes_.size());
    broken_ = true;
    next_ = {};
    wake();
}

void pipe::on_time() {
    wake();
}

void pipe::wake() {
    arrived_.cancel();
    if (watcher_ && has_arrived()) asio::post(shard_, std::exchange(watcher_, nullptr));
}

}  // namespace baudot::simulation
