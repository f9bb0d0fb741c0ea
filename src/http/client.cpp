#include "http/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "async/with_deadline.hpp"
#include "base/assert.hpp"
#include "http/base_url.hpp"
#include "http/codec.hpp"
#include "http/connection.hpp"
#include "http/connector.hpp"

namespace baudot::http {
namespace asio = boost::asio;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_bytes = 16 << 10;
constexpr std::size_t header_bytes_max = 64 << 10;

// Counts the requests that hold or open a connection; the others queue, first come first served.
class admission {
public:
    explicit admission(std::size_t places) : free_(places) {}

    class permit {
    public:
        permit() = default;
        explicit permit(admission& owner) : owner_(&owner) {}
        permit(permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        permit& operator=(permit&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~permit() {
            if (owner_) owner_->release();
        }

    private:
        admission* owner_ = nullptr;
    };

    std::optional<permit> try_enter() {
        if (free_ == 0) return std::nullopt;
        --free_;
        return permit(*this);
    }

    asio::awaitable<result<permit>> enter() {
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
                  std::string host, std::unique_ptr<connector> connections)
        : shard_(shard),
          timers_(timers),
          options_(std::move(options)),
          host_(std::move(host)),
          connector_(std::move(connections)),
          admission_(options_.connections_max),
          idle_(std::make_shared<idle_connections>(shard, timers)) {}

    asio::awaitable<result<response>> send(request what, time_point deadline) override {
        if (!is_sendable(what)) {
            co_return fail(errc::invalid_argument,
                           fmt::format("a request to {} holds a space or a line break", host_));
        }
        if (timers_.now() >= deadline) co_return none_in_time();
        auto answered = co_await run(what, deadline);
        if (answered) co_return answered;

        const asio::cancellation_state self = co_await asio::this_coro::cancellation_state;
        if (self.cancelled() != asio::cancellation_type::none) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
        co_return answered;
    }

private:
    asio::awaitable<result<response>> run(const request& what, time_point deadline) {
        std::optional<admission::permit> permit = admission_.try_enter();
        if (!permit) {
            auto entered = co_await with_deadline(timers_, deadline, admission_.enter());
            if (!entered) co_return none_in_time();
            permit = std::move(*entered);
        }
        std::unique_ptr<connection> chosen = idle_->take(options_.idle_max);
        if (!chosen) {
            auto opened = co_await with_deadline(timers_, deadline, connector_->open());
            if (!opened && opened.error().code == errc::timed_out) co_return none_in_time();
            if (!opened) co_return std::unexpected(std::move(opened.error()));
            chosen = std::make_unique<connection>(shard_, timers_, std::move(*opened));
        }
        // From here `chosen` closes with this frame, unless the whole answer was read.
        chosen->begin(deadline);
        bool may_be_written = false;
        const auto written = co_await write(*chosen, what, may_be_written);
        if (!written && !may_be_written) co_return std::unexpected(written.error());
        co_return co_await read(std::move(chosen), what.method == "HEAD", written.has_value());
    }

    std::unexpected<error> none_in_time() const {
        return fail(errc::connection_failed, fmt::format("no connection to {} in time", host_));
    }

    asio::awaitable<result<void>> write(connection& to, const request& what, bool& may_be_written) {
        std::string head;
        const bool body_follows = encode(what, host_, head);
        std::string_view parts[] = {head, body_follows ? what.body : std::string_view()};
        for (std::string_view& part : parts) {
            while (!part.empty()) {
                if (to.is_late()) co_return none_in_time();
                if (!to.stream().knows_what_was_written()) may_be_written = true;
                const transferred moved = co_await to.stream().write_some(part);
                if (moved.bytes > 0) may_be_written = true;
                if (to.is_late()) continue;
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
    asio::awaitable<result<response>> read(std::unique_ptr<connection> from, bool is_head,
                                           bool written) {
        response_parser parser(
            {.header_bytes_max = std::min(header_bytes_max, options_.response_bytes_max),
             .body_bytes_max = options_.response_bytes_max},
            is_head);
        byte_queue& input = from->input();
        while (!from->is_late()) {
            const auto room = input.prepare(read_bytes);
            const transferred moved = co_await from->stream().read_some(room);
            if (!from->is_late()) throw_if_aborted(moved.failure);
            input.commit(moved.bytes);
            parse_state state = parser.parse(input);
            if (state == parse_state::failed) {
                co_return fail(errc::bad_answer, fmt::format("the answer of {} is not accepted: {}",
                                                             host_, parser.why()));
            }
            const bool ended = moved.failure == asio::error::eof;
            if (state == parse_state::need_more && ended) state = parser.parse_end();
            if (state == parse_state::complete) {
                from->end();
                const bool reusable = written && !moved.failure && !from->is_late() &&
                                      parser.keep_alive() && input.empty();
                if (reusable) idle_->put(std::move(from));
                co_return parser.take();
            }
            if (moved.failure && !from->is_late()) {
                co_return fail(
                    errc::connection_lost,
                    fmt::format("{} closed the connection before its answer was whole", host_));
            }
        }
        co_return fail(errc::timed_out, fmt::format("no answer from {} in time", host_));
    }

    static void throw_if_aborted(const boost::system::error_code& failure) {
        if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    }

    asio::any_io_executor shard_;
    timer_service& timers_;
    const client_options options_;
    const std::string host_;
    const std::unique_ptr<connector> connector_;
    admission admission_;
    const std::shared_ptr<idle_connections> idle_;
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
    std::string host = url->authority();
    auto connections =
        make_connector(shard, timers, std::move(*url), options.connect_timeout, std::move(tls));
    return std::make_unique<pooled_client>(shard, timers, std::move(options), std::move(host),
                                           std::move(connections));
}

std::unique_ptr<exchange> make_client(const asio::any_io_executor& shard, timer_service& timers,
                                      client_options options,
                                      std::unique_ptr<connector> connections) {
    BAUDOT_ASSERT(options.connections_max > 0, "a client without connections never sends");
    std::string host = options.base_url;
    return std::make_unique<pooled_client>(shard, timers, std::move(options), std::move(host),
                                           std::move(connections));
}

}  // namespace baudot::http
