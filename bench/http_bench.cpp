// A server that answers every request with "hello", for wrk. `http_bench ours PORT` is our
// server; `http_bench beast PORT` is the plainest Beast server, as anchor; `http_bench client
// PORT` keeps 64 requests of our client in flight against either. Prints the CPU time that each
// request took when it is stopped by SIGINT or SIGTERM.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

#include "async/task_group.hpp"
#include "http/client.hpp"
#include "http/server.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

std::uint64_t handled = 0;

asio::awaitable<baudot::http::answer> hello(baudot::http::request) {
    ++handled;
    co_return baudot::http::answer{
        .what = {.headers = {{"Content-Type", "text/plain"}}, .body = "hello"}};
}

asio::awaitable<void> beast_session(tcp::socket socket) {
    socket.set_option(tcp::no_delay(true));
    beast::flat_buffer buffer;
    for (;;) {
        beast::http::request<beast::http::string_body> what;
        auto [ec, bytes] = co_await beast::http::async_read(socket, buffer, what, as_tuple);
        if (ec) co_return;
        ++handled;
        beast::http::response<beast::http::string_body> reply(beast::http::status::ok, 11);
        reply.set(beast::http::field::content_type, "text/plain");
        reply.body() = "hello";
        reply.keep_alive(what.keep_alive());
        reply.prepare_payload();
        auto [write_ec, written] = co_await beast::http::async_write(socket, reply, as_tuple);
        if (write_ec) co_return;
    }
}

asio::awaitable<void> beast_accept(tcp::acceptor& acceptor, baudot::task_group& group) {
    for (;;) {
        auto [ec, socket] = co_await acceptor.async_accept(as_tuple);
        if (ec) co_return;
        group.spawn("connection", beast_session(std::move(socket)));
    }
}

void report(std::string_view who) {
    timespec cpu{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    const double seconds = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9;
    fmt::print("{}: {} requests, {:.2f} CPU-s, {:.0f} requests per CPU-second\n", who, handled,
               seconds, static_cast<double>(handled) / seconds);
}

void serve_ours(asio::io_context& io, asio::signal_set& stop, std::uint16_t port) {
    baudot::steady_timers timers;
    auto server = baudot::http::make_server(io.get_executor(), timers, {.port = port}, hello);
    if (!server) {
        fmt::print(stderr, "{}\n", server.error().message);
        std::exit(1);
    }
    stop.async_wait([&](auto, int) { (*server)->stop(); });
    baudot::task_group group(io.get_executor());
    group.spawn("server", (*server)->run());
    io.run();
}

void serve_beast(asio::io_context& io, asio::signal_set& stop, std::uint16_t port) {
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
    baudot::task_group group(io.get_executor());
    stop.async_wait([&](auto, int) { group.request_stop(); });
    group.spawn("accept", beast_accept(acceptor, group));
    io.run();
}

asio::awaitable<void> ask(baudot::http::exchange& client, baudot::timer_service& timers) {
    const std::string body(300, 'x');
    for (;;) {
        const auto answered = co_await client.send(
            {.method = "POST", .target = "/bot1:token/copyMessage", .body = body},
            timers.now() + std::chrono::seconds(60));
        if (!answered) {
            fmt::print(stderr, "{}\n", answered.error().message);
            co_return;
        }
        ++handled;
    }
}

void run_client(asio::io_context& io, asio::signal_set& stop, std::uint16_t port) {
    baudot::steady_timers timers;
    auto client = baudot::http::make_client(io.get_executor(), timers,
                                            {.base_url = fmt::format("http://127.0.0.1:{}", port)});
    baudot::task_group group(io.get_executor());
    stop.async_wait([&](auto, int) { group.request_stop(); });
    for (int i = 0; i < 64; ++i) group.spawn("client", ask(**client, timers));
    // Idle connections are watched and keep the loop running: the client ends with its users.
    asio::co_spawn(io, group.join(), [&](std::exception_ptr) { client->reset(); });
    io.run();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view who = argc > 1 ? argv[1] : "";
    std::uint16_t port = 0;
    if (argc > 2) std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), port);
    if ((who != "ours" && who != "beast" && who != "client") || port == 0) {
        fmt::print(stderr, "usage: http_bench ours|beast|client PORT\n");
        return 2;
    }
    asio::io_context io(1);
    asio::signal_set stop(io, SIGINT, SIGTERM);
    if (who == "ours") {
        serve_ours(io, stop, port);
    } else if (who == "client") {
        run_client(io, stop, port);
    } else {
        serve_beast(io, stop, port);
    }
    report(who);
    return 0;
}
