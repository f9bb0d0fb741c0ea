#include "http/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string_view>
#include <utility>

#include "async/with_deadline.hpp"
#include "http/base_url.hpp"
#include "http/byte_queue.hpp"
#include "http/codec.hpp"
#include "http/connector.hpp"
#include "http/transport.hpp"

namespace baudot::http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_bytes = 16 << 10;
constexpr std::size_t header_bytes_max = 64 << 10;

struct connection {
    std::unique_ptr<transport> stream;
    byte_queue input;
    time_point idle_since{};
    std::uint64_t serial = 0;
};

// The connections that wait for a request. Shared with the callbacks that watch them.
class idle_connections : public std::enable_shared_from_this<idle_connections> {
public:
    void put(connection given, time_point now) {
        given.idle_since = now;
        given.serial = ++serial_;
        tcp::socket& socket = given.stream->socket();
        // A server that closes makes the socket readable, and so does one that speaks unasked.
        socket.async_wait(tcp::socket::wait_read,
                          [weak = weak_from_this(), serial = serial_](const auto& ec) {
                              const auto self = weak.lock();
                              if (!ec && self) self->drop(serial);
                          });
        waiting_.push_back(std::move(given));
    }

    /// The one that was used last, if there is one that is surely open and silent.
    std::optional<connection> take(time_point now, duration idle_max) {
        while (!waiting_.empty() && now - waiting_.front().idle_since > idle_max) {
            waiting_.pop_front();
        }
        while (!waiting_.empty()) {
            connection taken = std::move(waiting_.back());
            waiting_.pop_back();
            boost::system::error_code ec;
            tcp::socket& socket = taken.stream->socket();
            socket.cancel(ec);
            // The watch reports in a later turn of the loop; a byte or an end that is already
            // here must be seen before the first byte of the request is written.
            char unasked = 0;
            socket.receive(asio::buffer(&unasked, 1), tcp::socket::message_peek, ec);
            if (ec == asio::error::would_block) return taken;
        }
        return std::nullopt;
    }

private:
    void drop(std::uint64_t serial) {
        waiting_.remove_if([&](const connection& each) { return each.serial == serial; });
    }

    std::list<connection> waiting_;
    std::uint64_t serial_ = 0;
};

// Counts the requests that hold or open a connection; the others queue, first come first served.
class admission {
public:
    explicit admission(std::size_t places) : free_(places) {}

    class permit {
    public:
        explicit permit(admission& owner) : owner_(&owner) {}
        permit(permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        permit& operator=(permit&&) = delete;
        ~permit() {
            if (owner_) owner_->release();
        }

    private:
        admission* owner_;
    };

    asio::awaitable<permit> enter() {
        if (free_ > 0) {
            --free_;
            co_return permit(*this);
        }
        place mine(*this, co_await asio::this_coro::executor);
        while (!mine.granted) co_await mine.wake.async_wait(as_tuple);
        co_return permit(*this);
    }

private:
    struct place {
        place(admission& queue, const asio::any_io_executor& shard) : owner(queue), wake(shard) {
            wake.expires_at(asio::steady_timer::time_point::max());
            owner.queue_.push_back(this);
        }
        place(const place&) = delete;
        ~place() {
            if (!granted) std::erase(owner.queue_, this);  // cancelled while waiting
        }

        admission& owner;
        asio::steady_timer wake;
        bool granted = false;
    };

    void release() {
        if (queue_.empty()) {
            ++free_;
            return;
        }
        place* next = queue_.front();
        queue_.pop_front();
        next->granted = true;
        next->wake.cancel();
    }

    std::size_t free_;
    std::deque<place*> queue_;
};

class pooled_client final : public exchange {
public:
    pooled_client(const asio::any_io_executor& shard, timer_service& timers, client_options options,
                  base_url url, std::unique_ptr<tls_client> tls)
        : timers_(timers),
          options_(std::move(options)),
          host_(url.authority()),
          connector_(shard, timers, std::move(url), options_.connect_timeout, std::move(tls)),
          admission_(options_.connections_max) {}

    asio::awaitable<result<response>> send(request what, time_point deadline) override {
        if (!is_sendable(what)) {
            co_return fail(errc::invalid_argument,
                           fmt::format("a request to {} holds a space or a line break", host_));
        }
        const auto none_in_time = [this] {
            return fail(errc::connection_failed, fmt::format("no connection to {} in time", host_));
        };
        if (timers_.now() >= deadline) co_return none_in_time();
        // Where the request is, when the deadline or a failure ends it.
        bool may_be_written = false;
        auto answered = co_await with_deadline(timers_, deadline, run(what, may_be_written));
        if (answered) co_return answered;

        const asio::cancellation_state self = co_await asio::this_coro::cancellation_state;
        if (self.cancelled() != asio::cancellation_type::none) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
        if (answered.error().code != errc::timed_out) co_return answered;
        if (may_be_written) {
            co_return fail(errc::timed_out, fmt::format("no answer from {} in time", host_));
        }
        co_return none_in_time();
    }

private:
    asio::awaitable<result<response>> run(const request& what, bool& may_be_written) {
        const admission::permit permit = co_await admission_.enter();
        std::optional<connection> chosen = idle_->take(timers_.now(), options_.idle_max);
        if (!chosen) {
            auto opened = co_await connector_.open();
            if (!opened) co_return std::unexpected(std::move(opened.error()));
            chosen.emplace();
            chosen->stream = std::move(*opened);
            chosen->stream->socket().non_blocking(true);  // take() peeks
        }
        // From here `chosen` closes with this frame, unless the whole answer was read.
        const auto written = co_await write(*chosen->stream, what, may_be_written);
        if (!written && !may_be_written) co_return std::unexpected(written.error());
        co_return co_await read(std::move(*chosen), what.method == "HEAD", written.has_value());
    }

    asio::awaitable<result<void>> write(transport& stream, const request& what,
                                        bool& may_be_written) {
        std::string head;
        const bool body_follows = encode(what, host_, head);
        std::string_view parts[] = {head, body_follows ? what.body : std::string_view()};
        for (std::string_view& part : parts) {
            while (!part.empty()) {
                if (!stream.knows_what_was_written()) may_be_written = true;
                const transferred moved = co_await stream.write_some(part);
                if (moved.bytes > 0) may_be_written = true;
                throw_if_aborted(moved.failure);
                if (moved.failure) {
                    co_return fail(errc::connection_failed,
                                   fmt::format("{} closed the connection before the request: {}",
                                               host_, moved.failure.message()));
                }
                part.remove_prefix(moved.bytes);
            }
        }
        co_return result<void>();
    }

    // Also after a write that failed half-way: a server that refuses a request may answer
    // before it has read all of it, and closes then.
    asio::awaitable<result<response>> read(connection from, bool is_head, bool written) {
        response_parser parser(
            {.header_bytes_max = std::min(header_bytes_max, options_.response_bytes_max),
             .body_bytes_max = options_.response_bytes_max},
            is_head);
        for (;;) {
            const auto room = from.input.prepare(read_bytes);
            const transferred moved = co_await from.stream->read_some(room);
            throw_if_aborted(moved.failure);
            from.input.commit(moved.bytes);
            parse_state state = parser.parse(from.input);
            if (state == parse_state::failed) {
                co_return fail(errc::bad_answer, fmt::format("the answer of {} is not accepted: {}",
                                                             host_, parser.why()));
            }
            const bool ended = moved.failure == asio::error::eof;
            if (state == parse_state::need_more && ended) state = parser.parse_end();
            if (state == parse_state::complete) {
                const bool reusable =
                    written && !moved.failure && parser.keep_alive() && from.input.empty();
                if (reusable) idle_->put(std::move(from), timers_.now());
                co_return parser.take();
            }
            if (moved.failure) {
                co_return fail(
                    errc::connection_lost,
                    fmt::format("{} closed the connection before its answer was whole", host_));
            }
        }
    }

    static void throw_if_aborted(const boost::system::error_code& failure) {
        if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    }

    timer_service& timers_;
    const client_options options_;
    const std::string host_;
    connector connector_;
    admission admission_;
    const std::shared_ptr<idle_connections> idle_ = std::make_shared<idle_connections>();
};

}  // namespace

result<std::unique_ptr<exchange>> make_client(const asio::any_io_executor& shard,
                                              timer_service& timers, client_options options) {
    auto url = parse_base_url(options.base_url);
    if (!url) return std::unexpected(std::move(url.error()));
    if (options.connections_max == 0) {
        return fail(errc::invalid_argument, "a client without connections never sends");
    }
    std::unique_ptr<tls_client> tls;
    if (url->tls) {
        auto made = make_tls_client(url->host, url->is_address, options.ca_file);
        if (!made) return std::unexpected(std::move(made.error()));
        tls = std::move(*made);
    }
    return std::make_unique<pooled_client>(shard, timers, std::move(options), std::move(*url),
                                           std::move(tls));
}

}  // namespace baudot::http
