#include "http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "async/task_group.hpp"

namespace baudot::http {
namespace {

// run() keeps the closure until its coroutine has ended.
// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines)

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

// A raw client: it sends exactly these bytes and reads whatever comes.
class raw_client {
public:
    raw_client(const asio::any_io_executor& shard, std::uint16_t port) : socket_(shard) {
        socket_.connect({asio::ip::address_v4::loopback(), port});
    }

    asio::awaitable<void> write(std::string bytes) {
        const auto [ec, count] = co_await asio::async_write(socket_, asio::buffer(bytes), as_tuple);
        all_taken_ = all_taken_ && !ec && count == bytes.size();
    }

    /// Reads until `seen` holds `text`, or the end. Everything read so far.
    asio::awaitable<std::string> read_until(std::string text) {
        while (seen_.find(text) == seen_.npos) {
            if (!co_await read_more()) break;
        }
        co_return seen_;
    }

    asio::awaitable<std::string> read_all() {
        while (co_await read_more()) continue;
        co_return seen_;
    }

    /// Whether the server has taken every byte.
    bool all_taken() const { return all_taken_; }
    void close() { socket_.close(); }
    void forget() { seen_.clear(); }
    tcp::socket& socket() { return socket_; }

private:
    asio::awaitable<bool> read_more() {
        char bytes[65536];
        const auto [ec, count] = co_await socket_.async_read_some(asio::buffer(bytes), as_tuple);
        seen_.append(bytes, count);
        co_return !ec;
    }

    tcp::socket socket_;
    std::string seen_;
    bool all_taken_ = true;
};

class server_test : public testing::Test {
protected:
    void start(server_options options = {}) {
        made_ = make_server(io.get_executor(), timers, std::move(options),
                            [this](request what) { return handle(std::move(what)); });
        ASSERT_TRUE(made_.has_value()) << made_.error().message;
    }

    asio::awaitable<answer> handle(request what) {
        ++handled;
        if (what.target == "/hang") {
            try {
                co_await timers.sleep_until(timers.now() + 1h);
            } catch (const std::exception&) {
                ++cancelled;
                throw;
            }
        }
        if (what.target == "/slow") co_await timers.sleep_until(timers.now() + 20ms);
        if (what.target == "/throw") throw std::runtime_error("boom");
        if (what.target == "/drop") co_return answer{.drop = true};
        if (what.target == "/large") {
            co_return answer{.what = {.body = std::string(8 << 20, 'x')}};
        }
        co_return answer{.what = {.body = what.method + " " + what.target + " " + what.body}};
    }

    /// Runs the server and `scenario`; stops the server when the scenario ends.
    void run(std::function<asio::awaitable<void>()> scenario) {
        bool stopped = false;
        const auto end = [&](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            made_.value()->stop();
        };
        asio::co_spawn(io, made_.value()->run(), [&](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            stopped = true;
        });
        asio::co_spawn(io, scenario, end);
        io.run_for(30s);
        EXPECT_TRUE(stopped) << "the server did not stop";
    }

    /// All that a connection answers to `bytes` before it closes.
    std::string answer_to(std::string bytes) {
        std::string seen;
        run([&]() -> asio::awaitable<void> {
            raw_client client(io.get_executor(), port());
            co_await client.write(bytes);
            seen = co_await client.read_all();
            EXPECT_TRUE(client.all_taken()) << "the rest of the request was not read";
        });
        return seen;
    }

    /// Lets everything that is ready run once.
    asio::awaitable<void> turn() { co_await timers.sleep_until(timers.now() + 2ms); }

    std::uint16_t port() const { return made_.value()->port(); }
    server& made() { return *made_.value(); }

    asio::io_context io{1};
    steady_timers timers;
    int handled = 0;
    int cancelled = 0;

private:
    result<std::unique_ptr<server>> made_ = fail(errc::not_found, "not started");
};

TEST_F(server_test, a_connection_serves_one_request_after_the_other) {
    start();
    run([&]() -> asio::awaitable<void> {
        raw_client client(io.get_executor(), port());
        for (const std::string target : {"/a", "/slow", "/b"}) {
            client.forget();
            co_await client.write("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
            const std::string seen = co_await client.read_until("GET " + target);
            EXPECT_TRUE(seen.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << seen;
            EXPECT_EQ(seen.find("Connection"), seen.npos);
        }
    });
    EXPECT_EQ(handled, 3);
}

TEST_F(server_test, pipelined_requests_are_answered_in_order_even_behind_a_slow_one) {
    start();
    const std::string seen = answer_to(
        "GET /slow HTTP/1.1\r\n\r\nPOST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
        "GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    const auto slow = seen.find("GET /slow ");
    const auto first = seen.find("POST /1 abc");
    const auto second = seen.find("GET /2 ");
    EXPECT_LT(slow, first);
    EXPECT_LT(first, second);
    EXPECT_NE(second, seen.npos) << seen;
}

TEST_F(server_test, a_request_that_arrives_while_a_handler_waits_is_not_lost) {
    start();
    run([&]() -> asio::awaitable<void> {
        raw_client client(io.get_executor(), port());
        co_await client.write("GET /slow HTTP/1.1\r\n\r\n");
        co_await turn();
        co_await client.write("GET /ne");
        co_await turn();
        co_await client.write("xt HTTP/1.1\r\n\r\n");
        const std::string seen = co_await client.read_until("GET /next");
        EXPECT_NE(seen.find("GET /slow"), seen.npos);
        EXPECT_NE(seen.find("GET /next"), seen.npos);
    });
    EXPECT_EQ(cancelled, 0);
}

TEST_F(server_test, a_handler_is_cancelled_when_its_client_goes) {
    start();
    run([&]() -> asio::awaitable<void> {
        raw_client client(io.get_executor(), port());
        co_await client.write("GET /hang HTTP/1.1\r\n\r\n");
        while (handled == 0) co_await turn();
        EXPECT_EQ(cancelled, 0);
        client.close();
        for (int i = 0; i < 1000 && cancelled == 0; ++i) co_await turn();
        EXPECT_EQ(cancelled, 1);
    });
}

TEST_F(server_test, stop_cancels_the_handlers_and_returns) {
    start();
    raw_client client(io.get_executor(), port());
    run([&]() -> asio::awaitable<void> {
        co_await client.write("GET /hang HTTP/1.1\r\n\r\n");
        while (handled == 0) co_await turn();
    });
    EXPECT_EQ(cancelled, 1);
}

TEST_F(server_test, limits_are_answered_and_the_answer_survives_the_unread_rest) {
    const server_options small{.body_bytes_max = 100, .header_bytes_max = 1000};
    start(small);
    const std::string large(4 << 20, 'x');
    const std::string too_large =
        answer_to("POST / HTTP/1.1\r\nContent-Length: 4194304\r\n\r\n" + large);
    EXPECT_TRUE(too_large.starts_with("HTTP/1.1 413 ")) << too_large.substr(0, 50);
    EXPECT_NE(too_large.find("Connection: close"), too_large.npos);
    EXPECT_EQ(handled, 0);
}

TEST_F(server_test, long_headers_are_answered_with_431) {
    start({.header_bytes_max = 1000});
    EXPECT_TRUE(
        answer_to("GET / HTTP/1.1\r\nX: " + std::string(5000, 'x')).starts_with("HTTP/1.1 431 "));
}

TEST_F(server_test, what_is_not_http_is_answered_with_400) {
    start();
    EXPECT_TRUE(answer_to("hello\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_F(server_test, the_client_that_expects_a_continue_gets_one_before_it_sends_the_body) {
    start();
    run([&]() -> asio::awaitable<void> {
        raw_client client(io.get_executor(), port());
        co_await client.write(
            "POST /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        EXPECT_EQ(co_await client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.write("body");
        const std::string seen = co_await client.read_until("POST /p body");
        EXPECT_NE(seen.find("200 OK"), seen.npos);
    });
}

TEST_F(server_test, head_announces_the_body_and_does_not_send_it) {
    start();
    const std::string seen = answer_to("HEAD /h HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(seen.find("Content-Length: 8\r\n"), seen.npos) << seen;
    EXPECT_TRUE(seen.ends_with("\r\n\r\n"));
}

TEST_F(server_test, an_old_client_gets_an_old_answer_and_the_end) {
    start();
    const std::string seen = answer_to("GET /o HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(seen.starts_with("HTTP/1.0 200 OK")) << seen;
    EXPECT_TRUE(seen.ends_with("GET /o "));
}

TEST_F(server_test, an_exception_of_a_handler_is_a_500_and_the_connection_lives_on) {
    start();
    const std::string seen =
        answer_to("GET /throw HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(seen.starts_with("HTTP/1.1 500 ")) << seen;
    EXPECT_NE(seen.find("GET /x"), seen.npos);
}

TEST_F(server_test, a_dropped_request_gets_no_byte) {
    start();
    EXPECT_EQ(answer_to("GET /drop HTTP/1.1\r\n\r\n"), "");
    EXPECT_EQ(handled, 1);
}

TEST_F(server_test, a_large_answer_arrives_whole) {
    start();
    const std::string seen = answer_to("GET /large HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(seen.size() - seen.find("\r\n\r\n") - 4, std::size_t{8} << 20);
}

TEST_F(server_test, an_idle_connection_is_closed_a_working_one_is_not) {
    start({.idle_max = 8ms});
    run([&]() -> asio::awaitable<void> {
        raw_client idle(io.get_executor(), port());
        raw_client half(io.get_executor(), port());
        raw_client working(io.get_executor(), port());
        co_await half.write("GET / HT");
        co_await working.write("GET /slow HTTP/1.1\r\n\r\n");
        EXPECT_EQ(co_await idle.read_all(), "");
        EXPECT_EQ(co_await half.read_all(), "");
        const std::string seen = co_await working.read_all();
        EXPECT_NE(seen.find("GET /slow"), seen.npos);
    });
}

TEST_F(server_test, connections_beyond_the_limit_wait_for_a_place) {
    start({.connections_max = 1});
    run([&]() -> asio::awaitable<void> {
        raw_client first(io.get_executor(), port());
        co_await first.write("GET /1 HTTP/1.1\r\n\r\n");
        co_await first.read_until("GET /1");
        raw_client second(io.get_executor(), port());
        co_await second.write("GET /2 HTTP/1.1\r\n\r\n");
        co_await turn();
        EXPECT_EQ(handled, 1);
        first.close();
        const std::string seen = co_await second.read_until("GET /2");
        EXPECT_NE(seen.find("GET /2"), seen.npos);
    });
}

TEST_F(server_test, a_taken_port_and_a_bad_address_are_told_apart) {
    start();
    const auto make = [&](server_options options) {
        return make_server(io.get_executor(), timers, std::move(options),
                           [this](request what) { return handle(std::move(what)); });
    };
    EXPECT_EQ(make({.port = port()}).error().code, errc::in_use);
    EXPECT_EQ(make({.address = "localhost:80"}).error().code, errc::invalid_argument);
    EXPECT_EQ(make({.address = "192.0.2.1"}).error().code, errc::io_failed);
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace baudot::http
