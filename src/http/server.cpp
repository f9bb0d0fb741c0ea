#include "http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/task_group.hpp"
#include "http/session.hpp"

namespace baudot::http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

constexpr duration sweep_interval_max = std::chrono::seconds(1);
constexpr duration sweep_interval_min = std::chrono::milliseconds(5);
constexpr duration accept_pause = std::chrono::milliseconds(100);

class tcp_server final : public server {
public:
    tcp_server(tcp::acceptor acceptor, timer_service& timers, server_options options,
               handler handle)
        : state_(acceptor.get_executor(), timers, std::move(options), std::move(handle)),
          acceptor_(std::move(acceptor)),
          port_(acceptor_.local_endpoint().port()),
          room_(acceptor_.get_executor()),
          children_(acceptor_.get_executor()) {
        room_.expires_at(asio::steady_timer::time_point::max());
    }

    std::uint16_t port() const override { return port_; }

    asio::awaitable<void> run() override {
        children_.spawn("accept", accept());
        children_.spawn("sweep", sweep());
        co_await children_.join();
    }

    void stop() override {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        children_.request_stop();
    }

private:
    asio::awaitable<void> accept() {
        while (acceptor_.is_open()) {
            // Beyond the limit clients wait in the backlog of the kernel.
            while (state_.sessions.size() >= state_.options.connections_max) {
                co_await room_.async_wait(as_tuple);
            }
            auto [ec, socket] = co_await acceptor_.async_accept(as_tuple);
            if (!ec) {
                children_.spawn("connection", serve(std::move(socket)));
            } else if (acceptor_.is_open() && ec != asio::error::connection_aborted) {
                // Out of descriptors, most often: others end in the meantime.
                co_await state_.timers.sleep_until(state_.timers.now() + accept_pause);
            }
        }
    }

    asio::awaitable<void> serve(tcp::socket socket) {
        boost::system::error_code ignored;  // without it answers are only slower
        socket.set_option(tcp::no_delay(true), ignored);
        {
            session connection(state_, make_plain_transport(std::move(socket)));
            co_await connection.run();
        }
        room_.cancel();
    }

    asio::awaitable<void> sweep() {
        const duration interval =
            std::clamp(state_.options.idle_max / 4, sweep_interval_min, sweep_interval_max);
        for (;;) {
            const time_point now = state_.timers.now();
            for (session* each : state_.sessions) each->close_if_stalled(now);
            co_await state_.timers.sleep_until(now + interval);
        }
    }

    server_state state_;
    tcp::acceptor acceptor_;
    const std::uint16_t port_;
    asio::steady_timer room_;  // cancelled when a connection ends
    task_group children_;
};

}  // namespace

result<std::unique_ptr<server>> make_server(const asio::any_io_executor& shard,
                                            timer_service& timers, server_options options,
                                            handler handle) {
    boost::system::error_code ec;
    const asio::ip::address address = asio::ip::make_address(options.address, ec);
    if (ec) {
        return fail(errc::invalid_argument,
                    fmt::format("'{}' is not an IP address to listen on", options.address));
    }
    const tcp::endpoint endpoint(address, options.port);
    tcp::acceptor acceptor(shard);
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(tcp::acceptor::max_listen_connections, ec);
    if (!ec) {
        return std::make_unique<tcp_server>(std::move(acceptor), timers, std::move(options),
                                            std::move(handle));
    }
    const errc code = ec == asio::error::address_in_use ? errc::in_use : errc::io_failed;
    return fail(code, fmt::format("cannot listen on {}:{}: {}", options.address, options.port,
                                  ec.message()));
}

}  // namespace baudot::http
