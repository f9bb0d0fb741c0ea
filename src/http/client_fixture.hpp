#pragma once

// For tests: a client against a server that does exactly what the test says.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "async/task_group.hpp"
#include "http/client.hpp"
#include "http/codec.hpp"

namespace baudot::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
inline constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

inline const std::string small_answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

// One connection of a server that does exactly what the test says.
class peer {
public:
    explicit peer(tcp::socket socket) : socket_(std::move(socket)) {}

    /// The next whole request, or nothing when the client has closed.
    asio::awaitable<std::optional<request>> read() {
        while (parser_.parse(input_) != parse_state::complete) {
            const auto room = input_.prepare(65536);
            const auto [ec, count] =
                co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), as_tuple);
            if (ec) co_return std::nullopt;
            input_.commit(count);
        }
        co_return parser_.take();
    }

    asio::awaitable<void> write(std::string bytes) {
        co_await asio::async_write(socket_, asio::buffer(bytes), as_tuple);
    }

    /// No more bytes from here; the client's still arrive.
    void finish() { socket_.shutdown(tcp::socket::shutdown_send); }
    void close() { socket_.close(); }

private:
    tcp::socket socket_;
    byte_queue input_;
    request_parser parser_{{.header_bytes_max = 64 << 10, .body_bytes_max = 64 << 20}};
};

using script = std::function<asio::awaitable<void>(peer&, int connection)>;

class client_test : public testing::Test {
protected:
    /// What every connection of the server does. Runs after main() of the test began.
    void serve(script what) { script_ = std::move(what); }

    /// The usual server: answers each request with its own target.
    static asio::awaitable<void> echo(peer& with, int) {
        while (const auto what = co_await with.read()) {
            co_await with.write(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
                                            what->target.size() + what->body.size(),
                                            what->target + what->body));
        }
    }

    void make(client_options options = {}) {
        if (options.base_url.empty()) options.base_url = fmt::format("http://127.0.0.1:{}", port());
        auto made = make_client(io.get_executor(), timers, options);
        ASSERT_TRUE(made.has_value()) << made.error().message;
        client = std::move(*made);
    }

    void run(std::function<asio::awaitable<void>()> scenario) {
        bool ended = false;
        servers_.spawn("accept", accept());
        asio::co_spawn(io, scenario, [&](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            ended = true;
            client.reset();
            servers_.request_stop();
        });
        io.run_for(30s);
        EXPECT_TRUE(ended);
    }

    asio::awaitable<result<response>> get(std::string target, duration within = 10s) {
        co_return co_await client->send({.target = target}, timers.now() + within);
    }

    /// Sends in the background; the result is put where `into` points.
    void start(asio::awaitable<result<response>> sending, std::optional<result<response>>& into) {
        asio::co_spawn(io, std::move(sending),
                       [&into](std::exception_ptr failure, result<response> answered) {
                           EXPECT_FALSE(failure);
                           into = std::move(answered);
                       });
    }

    asio::awaitable<void> until(std::function<bool()> holds) {
        for (int i = 0; i < 10'000 && !holds(); ++i) co_await pause();
        EXPECT_TRUE(holds());
    }
    asio::awaitable<void> pause() { co_await timers.sleep_until(timers.now() + 1ms); }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    asio::io_context io{1};
    steady_timers timers;
    std::unique_ptr<exchange> client;
    int accepted = 0;

private:
    asio::awaitable<void> accept() {
        for (;;) {
            tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
            servers_.spawn("peer", run_script(std::move(socket), accepted++));
        }
    }
    asio::awaitable<void> run_script(tcp::socket socket, int index) {
        peer with(std::move(socket));
        co_await script_(with, index);
    }

    tcp::acceptor acceptor_{io, {asio::ip::address_v4::loopback(), 0}};
    script script_ = echo;
    task_group servers_{io.get_executor()};
};

}  // namespace baudot::http
