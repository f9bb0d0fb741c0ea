#include "http/connector.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "async/with_deadline.hpp"

namespace baudot::http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

using endpoints = std::vector<tcp::endpoint>;

class tcp_connector final : public connector {
public:
    tcp_connector(const asio::any_io_executor& shard, timer_service& timers, base_url url,
                  duration timeout, std::unique_ptr<tls_client> tls)
        : shard_(shard),
          timers_(timers),
          url_(std::move(url)),
          timeout_(timeout),
          tls_(std::move(tls)) {}

    asio::awaitable<result<std::unique_ptr<transport>>> open() override;

private:
    struct look_up;

    asio::awaitable<result<std::unique_ptr<transport>>> open_unbounded(time_point until);
    asio::awaitable<result<endpoints>> resolve();
    asio::awaitable<result<tcp::socket>> connect(time_point until);
    static asio::awaitable<result<void>> connect_to(tcp::socket& socket, tcp::endpoint where);

    asio::any_io_executor shard_;
    timer_service& timers_;
    const base_url url_;
    const duration timeout_;
    const std::unique_ptr<tls_client> tls_;  // null: plain
    std::shared_ptr<look_up> look_up_;       // the one in flight
    tcp::endpoint worked_;                   // the address that accepted last
};

// Shared with the resolver's callback, which may come after everyone has left.
struct tcp_connector::look_up {
    explicit look_up(const asio::any_io_executor& shard) : resolver(shard), ended(shard) {
        ended.expires_at(asio::steady_timer::time_point::max());
    }

    tcp::resolver resolver;
    asio::steady_timer ended;  // cancelled at the end
    bool done = false;
    boost::system::error_code failure;
    endpoints found;
};

asio::awaitable<result<std::unique_ptr<transport>>> tcp_connector::open() {
    const time_point until = timers_.now() + timeout_;
    auto opened = co_await with_deadline(timers_, until, open_unbounded(until));
    if (opened || opened.error().code != errc::timed_out) co_return opened;
    co_return fail(errc::connection_failed,
                   fmt::format("no connection to {} in {} ms", url_.authority(),
                               std::chrono::ceil<std::chrono::milliseconds>(timeout_).count()));
}

asio::awaitable<result<std::unique_ptr<transport>>> tcp_connector::open_unbounded(
    time_point until) {
    auto socket = co_await connect(until);
    if (!socket) co_return std::unexpected(std::move(socket.error()));
    if (tls_) co_return co_await tls_->handshake(std::move(*socket));
    co_return make_plain_transport(std::move(*socket));
}

asio::awaitable<result<endpoints>> tcp_connector::resolve() {
    if (url_.is_address) {
        co_return endpoints{tcp::endpoint(asio::ip::make_address(url_.host), url_.port)};
    }
    // One that ended after everyone had left is old news.
    if (look_up_ && look_up_->done) look_up_.reset();
    if (!look_up_) {
        look_up_ = std::make_shared<look_up>(shard_);
        look_up_->resolver.async_resolve(
            url_.host, std::to_string(url_.port), tcp::resolver::numeric_service,
            [state = look_up_](const boost::system::error_code& ec, const auto& found) {
                state->done = true;
                state->failure = ec;
                for (const auto& each : found) state->found.push_back(each.endpoint());
                state->ended.cancel();
            });
    }
    const std::shared_ptr<look_up> mine = look_up_;
    while (!mine->done) co_await mine->ended.async_wait(as_tuple);
    if (look_up_ == mine) look_up_.reset();  // the next connection asks again
    if (mine->failure || mine->found.empty()) {
        const std::string why = mine->failure ? mine->failure.message() : "no address";
        co_return fail(errc::connection_failed,
                       fmt::format("cannot resolve {}: {}", url_.host, why));
    }
    co_return mine->found;
}

asio::awaitable<result<tcp::socket>> tcp_connector::connect(time_point until) {
    auto found = co_await resolve();
    if (!found) co_return std::unexpected(std::move(found.error()));
    const auto last_good = std::ranges::find(*found, worked_);
    if (last_good != found->end()) std::rotate(found->begin(), last_good, last_good + 1);

    error last{errc::connection_failed, "no address"};
    for (std::size_t i = 0; i < found->size(); ++i) {
        const time_point now = timers_.now();
        const auto left = static_cast<duration::rep>(found->size() - i);
        const time_point share = now + std::max(duration::zero(), until - now) / left;
        tcp::socket socket(shard_);
        auto connected = co_await with_deadline(timers_, share, connect_to(socket, (*found)[i]));
        if (connected) {
            worked_ = (*found)[i];
            co_return socket;
        }
        last = std::move(connected.error());
    }
    co_return fail(errc::connection_failed,
                   fmt::format("cannot connect to {}: {}", url_.authority(), last.message));
}

asio::awaitable<result<void>> tcp_connector::connect_to(tcp::socket& socket, tcp::endpoint where) {
    const auto [ec] = co_await socket.async_connect(where, as_tuple);
    if (ec) co_return fail(errc::connection_failed, ec.message());
    boost::system::error_code ignored;  // slower without it, not wrong
    socket.set_option(tcp::no_delay(true), ignored);
    co_return result<void>();
}

}  // namespace

std::unique_ptr<connector> make_connector(const asio::any_io_executor& shard, timer_service& timers,
                                          base_url url, duration timeout,
                                          std::unique_ptr<tls_client> tls) {
    return std::make_unique<tcp_connector>(shard, timers, std::move(url), timeout, std::move(tls));
}

}  // namespace baudot::http
