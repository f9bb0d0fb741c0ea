#include "http/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/assert.hpp"

namespace baudot::http {
namespace asio = boost::asio;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_bytes_min = 4 << 10;
constexpr std::size_t body_read_bytes = 64 << 10;
// A peer must move this much per idle_max: a byte a minute does not keep a connection.
constexpr std::size_t progress_bytes_min = 64 << 10;
// Pipelined requests that are kept while a handler runs. Beyond it the socket is left unread.
constexpr std::size_t pipelined_bytes_max = 64 << 10;
// After an error answer the rest of the request is read and thrown away: closing with unread
// bytes resets the connection, and the reset may overtake the answer.
constexpr std::size_t drain_bytes_max = 16 << 20;
constexpr duration drain_max = std::chrono::seconds(2);

response plain_response(int status, std::string_view text) {
    return {.status = status,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = std::string(text)};
}

response error_response(int status) {
    switch (status) {
        case 413: return plain_response(413, "Request body is too large\n");
        case 431: return plain_response(431, "Request headers are too large\n");
        case 500: return plain_response(500, "Internal error\n");
        default: return plain_response(400, "Not a valid HTTP/1.1 request\n");
    }
}

}  // namespace

const std::string& server_state::date() {
    const auto now = std::chrono::floor<std::chrono::seconds>(timers.wall_now());
    const std::int64_t second = now.time_since_epoch().count();
    if (second != date_second_) {
        date_second_ = second;
        const std::time_t time = second;
        std::tm parts{};
        gmtime_r(&time, &parts);
        // The C locale's names: nothing here calls setlocale().
        char text[32];
        date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    }
    return date_;
}

session::session(server_state& server, std::unique_ptr<transport> stream)
    : server_(server),
      stream_(std::move(stream)),
      self_(server.sessions.insert(server.sessions.end(), this)),
      parser_({.header_bytes_max = server.options.header_bytes_max,
               .body_bytes_max = server.options.body_bytes_max}),
      handled_(server.shard) {
    handled_.expires_at(asio::steady_timer::time_point::max());
    enter(phase::reading);
}

session::~session() {
    BAUDOT_ASSERT(handler_done_, "a handler outlives its connection");
    server_.sessions.erase(self_);
}

void session::enter(phase next) {
    phase_ = next;
    progress_at_ = server_.timers.now();
    progress_bytes_ = 0;
}

void session::note_progress(std::size_t bytes) {
    progress_bytes_ += bytes;
    if (progress_bytes_ >= progress_bytes_min) enter(phase_);
}

void session::close_if_stalled(time_point now) {
    if (phase_ == phase::handling) return;
    const duration patience = phase_ == phase::draining
                                  ? std::min(drain_max, server_.options.idle_max)
                                  : server_.options.idle_max;
    if (now - progress_at_ < patience) return;
    stream_->close();
}

asio::awaitable<void> session::run() {
    for (;;) {
        enter(phase::reading);
        const parse_state state = co_await read_request();
        if (state == parse_state::need_more) co_return;  // the peer has gone
        response_framing framing{.keep_alive = false, .date = server_.date()};
        if (state == parse_state::failed) {
            if (co_await write(error_response(parser_.error_status()), framing)) co_await drain();
            co_return;
        }
        framing.keep_alive = parser_.keep_alive();
        framing.version = parser_.version();
        request what = parser_.take();
        framing.is_head = what.method == "HEAD";

        phase_ = phase::handling;
        const std::optional<answer> reply = co_await handle(std::move(what));
        if (!reply || reply->drop) co_return;
        framing.date = server_.date();
        if (!co_await write(reply->what, framing)) co_return;
        if (!framing.keep_alive) {
            co_await drain();
            co_return;
        }
    }
}

// need_more: the connection ended before the request did.
asio::awaitable<parse_state> session::read_request() {
    bool continued = false;
    for (;;) {
        const parse_state state = parser_.parse(input_);
        if (state != parse_state::need_more) co_return state;
        const bool in_body = parser_.header_done();
        if (in_body && !continued && parser_.expects_continue()) {
            continued = true;
            if (!co_await write_all("HTTP/1.1 100 Continue\r\n\r\n")) co_return state;
        }
        const auto room = input_.prepare(in_body ? body_read_bytes : read_bytes_min);
        const auto [ec, count] = co_await stream_->read_some(room);
        if (ec) co_return parse_state::need_more;
        input_.commit(count);
        if (in_body) note_progress(count);
    }
}

asio::awaitable<std::optional<answer>> session::handle(request what) {
    answer_.reset();
    std::optional<asio::awaitable<answer>> running;
    try {
        running.emplace(server_.handle(std::move(what)));
    } catch (const std::exception&) {  // a handler that is no coroutine may throw at once
        co_return answer{.what = error_response(500)};
    }
    handler_done_ = false;
    asio::co_spawn(server_.shard, std::move(*running),
                   asio::bind_cancellation_slot(stop_handler_.slot(),
                                                [this](std::exception_ptr failure, answer value) {
                                                    on_handled(failure, std::move(value));
                                                }));
    // Most handlers never suspend and are done here: no watching for them.
    if (!handler_done_) co_await watch_peer();
    co_return std::move(answer_);
}

void session::on_handled(const std::exception_ptr& failure, answer value) {
    handler_done_ = true;
    if (!failure) {
        answer_ = std::move(value);
    } else if (!peer_gone_) {
        answer_ = answer{.what = error_response(500)};
    }
    handled_.cancel();
    if (watching_) stream_->cancel();
}

// Reads while the handler runs, to see the peer close. What it reads is kept: it is the next
// request of a client that pipelines.
asio::awaitable<void> session::watch_peer() {
    // The handler uses this session, so our own cancellation must wait for its end.
    co_await asio::this_coro::throw_if_cancelled(false);
    bool stopped = false;
    while (!handler_done_) {
        if (!stopped && input_.size() < pipelined_bytes_max) {
            const auto room = input_.prepare(read_bytes_min);
            watching_ = true;
            const auto [ec, count] = co_await stream_->read_some(room);
            watching_ = false;
            input_.commit(count);
            peer_gone_ = ec && ec != asio::error::operation_aborted;
        } else {
            co_await handled_.async_wait(as_tuple);
        }
        const asio::cancellation_state self = co_await asio::this_coro::cancellation_state;
        const bool must_stop = peer_gone_ || self.cancelled() != asio::cancellation_type::none;
        if (handler_done_ || stopped || !must_stop) continue;
        stopped = true;
        peer_gone_ = true;
        stop_handler_.emit(asio::cancellation_type::terminal);
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (peer_gone_) answer_.reset();
}

asio::awaitable<bool> session::write(const response& what, const response_framing& framing) {
    enter(phase::writing);
    output_.clear();
    const bool body_follows = encode(what, framing, output_);
    if (!co_await write_all(output_)) co_return false;
    if (!body_follows) co_return true;
    co_return co_await write_all(what.body);
}

asio::awaitable<bool> session::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto [ec, count] = co_await stream_->write_some(bytes);
        if (ec) co_return false;
        bytes.remove_prefix(count);
        note_progress(count);
    }
    co_return true;
}

asio::awaitable<void> session::drain() {
    enter(phase::draining);
    stream_->finish();
    for (std::size_t drained = 0; drained < drain_bytes_max;) {
        input_.consume(input_.size());
        const auto room = input_.prepare(body_read_bytes);
        const auto [ec, count] = co_await stream_->read_some(room);
        if (ec) co_return;
        drained += count;
    }
}

}  // namespace baudot::http
