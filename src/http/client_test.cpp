#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <vector>

#include "http/client_fixture.hpp"
#include "http/server.hpp"

namespace baudot::http {
namespace {

// run() keeps the closure until its coroutine has ended.
// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines)

TEST_F(client_test, requests_share_one_connection) {
    make();
    run([&]() -> asio::awaitable<void> {
        for (const std::string target : {"/1", "/2", "/3"}) {
            const auto answered = co_await get(target);
            EXPECT_EQ(answered.value().body, target);
        }
        EXPECT_EQ(accepted, 1);
    });
}

TEST_F(client_test, an_answer_cut_at_any_byte_is_lost_and_its_connection_not_used_again) {
    const auto cut_at = [](int connection) { return static_cast<std::size_t>(connection / 2); };
    serve([&](peer& with, int connection) -> asio::awaitable<void> {
        if (connection % 2 == 1) {
            co_await echo(with, connection);
            co_return;
        }
        co_await with.read();
        co_await with.write(small_answer.substr(0, cut_at(connection)));
    });
    make();
    run([&]() -> asio::awaitable<void> {
        for (std::size_t cut = 0; cut < small_answer.size(); ++cut) {
            const auto answered = co_await get("/cut");
            EXPECT_FALSE(answered.has_value()) << cut;
            if (!answered) EXPECT_EQ(answered.error().code, errc::connection_lost) << cut;
            const auto next = co_await get(fmt::format("/after{}", cut));
            EXPECT_EQ(next.value().body, fmt::format("/after{}", cut));
            // The script cuts on even connections: leave the odd one behind.
            make();
        }
        EXPECT_EQ(accepted, static_cast<int>(small_answer.size()) * 2);
    });
}

TEST_F(client_test, an_answer_that_drips_byte_by_byte_is_whole) {
    serve([&](peer& with, int) -> asio::awaitable<void> {
        while (co_await with.read()) {
            for (const char each : small_answer) {
                co_await with.write(std::string(1, each));
                co_await timers.sleep_until(timers.now());
            }
        }
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/1")).value().body, "hello");
        EXPECT_EQ((co_await get("/2")).value().body, "hello");
        EXPECT_EQ(accepted, 1);
    });
}

TEST_F(client_test, every_way_to_delimit_a_body_is_understood) {
    const std::vector<std::string> answers = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"};
    serve([&](peer& with, int connection) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write(answers[static_cast<std::size_t>(connection)]);
    });
    run([&]() -> asio::awaitable<void> {
        for (const std::string& sent : answers) {
            make();
            const auto answered = co_await get("/");
            EXPECT_TRUE(answered.has_value() && answered->body == "hello") << sent;
        }
    });
}

TEST_F(client_test, an_answer_that_announces_the_end_is_the_last_on_its_connection) {
    serve([&](peer& with, int) -> asio::awaitable<void> {
        while (co_await with.read()) {
            co_await with.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
        }
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).value().body, "x");
        EXPECT_EQ((co_await get("/")).value().body, "x");
        EXPECT_EQ(accepted, 2);
    });
}

TEST_F(client_test, the_answer_to_head_ends_with_its_headers) {
    serve([&](peer& with, int) -> asio::awaitable<void> {
        while (co_await with.read()) {
            co_await with.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        }
    });
    make();
    run([&]() -> asio::awaitable<void> {
        const request head{.method = "HEAD"};
        EXPECT_EQ((co_await client->send(head, timers.now() + 10s)).value().body, "");
        EXPECT_EQ((co_await client->send(head, timers.now() + 10s)).value().status, 200);
        EXPECT_EQ(accepted, 1);
    });
}

TEST_F(client_test, what_is_not_http_is_a_bad_answer) {
    serve([&](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write("220 mail.example ESMTP ready\r\n\r\n");
        co_await with.read();
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).error().code, errc::bad_answer);
    });
}

TEST_F(client_test, an_answer_beyond_the_limit_is_a_bad_answer) {
    serve([&](peer& with, int connection) -> asio::awaitable<void> {
        co_await with.read();
        const std::string large(200, 'x');
        if (connection == 0) {
            co_await with.write("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + large);
        } else if (connection == 1) {
            co_await with.write("HTTP/1.1 200 OK\r\nX: " + large + "\r\n\r\n");
        } else {
            co_await with.write("HTTP/1.1 200 OK\r\n\r\n" + large);
        }
        co_await with.read();
    });
    make({.response_bytes_max = 100});
    run([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ((co_await get("/")).error().code, errc::bad_answer) << i;
        }
    });
}

TEST_F(client_test, a_proxys_html_is_an_answer_like_any_other) {
    serve([&](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<html></html>");
    });
    make();
    run([&]() -> asio::awaitable<void> {
        const auto answered = co_await get("/");
        EXPECT_EQ(answered.value().status, 502);
        EXPECT_EQ(answered.value().body, "<html></html>");
    });
}

TEST_F(client_test, a_connection_that_the_server_closed_while_idle_is_not_used) {
    bool closed = false;
    serve([&](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write(small_answer);
        co_await pause();
        with.close();
        closed = true;
    });
    make();
    run([&]() -> asio::awaitable<void> {
        for (int i = 1; i <= 5; ++i) {
            EXPECT_EQ((co_await get("/")).value().body, "hello");
            while (!closed) co_await pause();
            closed = false;
            EXPECT_EQ(accepted, i);
        }
    });
}

TEST_F(client_test, an_idle_connection_that_the_server_ends_is_closed_without_a_request) {
    bool dropped = false;
    serve([&](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write(small_answer);
        co_await pause();
        with.finish();
        dropped = !(co_await with.read()).has_value();
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).value().body, "hello");
        co_await until([&] { return dropped; });
    });
}

TEST_F(client_test, an_end_that_arrived_in_this_very_turn_of_the_loop_is_seen) {
    peer* open = nullptr;
    serve([&](peer& with, int connection) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write(small_answer);
        if (connection == 0) {
            open = &with;
            co_await with.read();
        }
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).value().body, "hello");
        co_await until([&] { return open != nullptr; });
        open->close();  // the client's watch has no chance to run before the next line
        EXPECT_EQ((co_await get("/")).value().body, "hello");
        EXPECT_EQ(accepted, 2);
    });
}

TEST_F(client_test, a_connection_on_which_the_server_spoke_unasked_is_not_used) {
    serve([&](peer& with, int connection) -> asio::awaitable<void> {
        co_await with.read();
        const std::string stale =
            connection == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale" : "";
        co_await with.write(small_answer + stale);
        co_await with.read();
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).value().body, "hello");
        EXPECT_EQ((co_await get("/")).value().body, "hello");
        EXPECT_EQ(accepted, 2);
    });
}

TEST_F(client_test, a_connection_that_idled_too_long_is_not_used) {
    make({.idle_max = 1ms});
    run([&]() -> asio::awaitable<void> {
        EXPECT_TRUE((co_await get("/1")).has_value());
        co_await timers.sleep_until(timers.now() + 5ms);
        EXPECT_TRUE((co_await get("/2")).has_value());
        EXPECT_EQ(accepted, 2);
    });
}

TEST_F(client_test, a_request_that_was_written_and_not_answered_is_lost) {
    serve([&](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        with.close();
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).error().code, errc::connection_lost);
    });
}

TEST_F(client_test, a_late_answer_never_reaches_the_next_request) {
    serve([&](peer& with, int connection) -> asio::awaitable<void> {
        if (connection > 0) co_return co_await echo(with, connection);
        co_await with.read();
        co_await timers.sleep_until(timers.now() + 20ms);
        co_await with.write(small_answer);
    });
    make();
    run([&]() -> asio::awaitable<void> {
        const auto late = co_await get("/late", 10ms);
        EXPECT_EQ(late.error().code, errc::timed_out);
        co_await timers.sleep_until(timers.now() + 20ms);
        EXPECT_EQ((co_await get("/next")).value().body, "/next");
        EXPECT_EQ(accepted, 2);
    });
}

TEST_F(client_test, each_request_of_one_connection_has_its_own_deadline) {
    int seen = 0;
    serve([&](peer& with, int) -> asio::awaitable<void> {
        while (co_await with.read()) {
            ++seen;
            if (seen == 2) co_await timers.sleep_until(timers.now() + 40ms);
            if (seen == 3) co_await with.read();  // never answered
            co_await with.write(small_answer);
        }
    });
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_TRUE((co_await get("/1", 20ms)).has_value());
        EXPECT_TRUE((co_await get("/2", 10s)).has_value()) << "ended by the deadline before it";
        const time_point began = timers.now();
        EXPECT_EQ((co_await get("/3", 30ms)).error().code, errc::timed_out);
        EXPECT_LT(timers.now() - began, 5s) << "the deadline before it was 10 s";
        EXPECT_GE(timers.now() - began, 30ms);
        EXPECT_EQ(accepted, 1);
    });
}

TEST_F(client_test, a_request_that_waited_for_a_connection_in_vain_was_surely_not_sent) {
    int seen = 0;
    serve([&](peer& with, int) -> asio::awaitable<void> {
        while (co_await with.read()) {
            ++seen;
            co_await timers.sleep_until(timers.now() + 40ms);
            co_await with.write(small_answer);
        }
    });
    make({.connections_max = 1});
    run([&]() -> asio::awaitable<void> {
        std::optional<result<response>> first;
        start(get("/1"), first);
        co_await until([&] { return seen == 1; });
        EXPECT_EQ((co_await get("/2", 5ms)).error().code, errc::connection_failed);
        EXPECT_TRUE((co_await get("/3")).has_value());
        EXPECT_TRUE(first->has_value());
        EXPECT_EQ(seen, 2);
        EXPECT_EQ(accepted, 1);
    });
}

TEST_F(client_test, a_request_whose_deadline_has_passed_is_not_begun) {
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/", 0s)).error().code, errc::connection_failed);
        co_await pause();
        EXPECT_EQ(accepted, 0);
    });
}

TEST_F(client_test, many_requests_over_few_connections_each_get_their_own_answer) {
    make({.connections_max = 4});
    run([&]() -> asio::awaitable<void> {
        std::vector<std::optional<result<response>>> answers(200);
        for (std::size_t i = 0; i < answers.size(); ++i)
            start(get(fmt::format("/{}", i)), answers[i]);
        co_await until([&] {
            return std::ranges::all_of(answers, [](const auto& each) { return each.has_value(); });
        });
        for (std::size_t i = 0; i < answers.size(); ++i) {
            EXPECT_EQ(answers[i]->value().body, fmt::format("/{}", i));
        }
        EXPECT_LE(accepted, 4);
    });
}

TEST_F(client_test, a_cancelled_request_throws_and_closes_its_connection) {
    bool arrived = false;
    bool closed = false;
    serve([&](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        arrived = true;
        co_await with.read();
        closed = true;
    });
    make();
    run([&]() -> asio::awaitable<void> {
        asio::cancellation_signal stop;
        boost::system::error_code thrown;
        bool ended = false;
        const auto on_end = [&](std::exception_ptr failure, const result<response>&) {
            ended = true;
            try {
                if (failure) std::rethrow_exception(failure);
            } catch (const boost::system::system_error& error) {
                thrown = error.code();
            }
        };
        asio::co_spawn(io, get("/"), asio::bind_cancellation_slot(stop.slot(), on_end));
        co_await until([&] { return arrived; });
        stop.emit(asio::cancellation_type::terminal);
        co_await until([&] { return ended && closed; });
        EXPECT_EQ(thrown, asio::error::operation_aborted);
    });
}

TEST_F(client_test, a_refused_connection_failed) {
    tcp::acceptor nobody(io, {asio::ip::address_v4::loopback(), 0});
    const auto closed_port = nobody.local_endpoint().port();
    nobody.close();
    make({.base_url = fmt::format("http://127.0.0.1:{}", closed_port)});
    run([&]() -> asio::awaitable<void> {
        const auto answered = co_await get("/bot123:secret/getMe");
        EXPECT_EQ(answered.error().code, errc::connection_failed);
        EXPECT_NE(answered.error().message.find(std::to_string(closed_port)), std::string::npos);
        EXPECT_EQ(answered.error().message.find("secret"), std::string::npos);
    });
}

TEST_F(client_test, a_server_that_does_not_accept_is_given_up_after_the_connect_timeout) {
    // A full backlog: the kernel drops further handshakes and the client waits.
    tcp::acceptor full(io);
    full.open(tcp::v4());
    full.bind({asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<tcp::socket> fillers;
    for (int i = 0; i < 4; ++i) {
        fillers.emplace_back(io);
        fillers.back().async_connect(full.local_endpoint(), [](const auto&) {});
    }
    make({.base_url = fmt::format("http://127.0.0.1:{}", full.local_endpoint().port()),
          .connect_timeout = 30ms});
    run([&]() -> asio::awaitable<void> {
        co_await pause();
        const time_point began = timers.now();
        EXPECT_EQ((co_await get("/")).error().code, errc::connection_failed);
        EXPECT_LT(timers.now() - began, 5s);
        fillers.clear();
    });
}

TEST_F(client_test, names_are_resolved_and_an_unknown_name_failed) {
    make({.base_url = fmt::format("http://localhost:{}", port())});
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/")).value().body, "/");
        make({.base_url = "http://no-such-host.invalid"});
        EXPECT_EQ((co_await get("/", 2s)).error().code, errc::connection_failed);
    });
}

TEST_F(client_test, an_answer_that_comes_before_the_request_was_read_is_not_missed) {
    auto limited = make_server(io.get_executor(), timers, {.body_bytes_max = 1000},
                               [](request) -> asio::awaitable<answer> { co_return answer{}; });
    ASSERT_TRUE(limited.has_value());
    task_group serving(io.get_executor());
    serving.spawn("server", (*limited)->run());
    make({.base_url = fmt::format("http://127.0.0.1:{}", (*limited)->port())});
    run([&]() -> asio::awaitable<void> {
        const request upload{.method = "POST", .body = std::string(8 << 20, 'x')};
        const auto answered = co_await client->send(upload, timers.now() + 10s);
        EXPECT_EQ(answered.value().status, 413);
        (*limited)->stop();
    });
}

TEST_F(client_test, a_large_body_arrives_whole) {
    make();
    run([&]() -> asio::awaitable<void> {
        const std::string body(3 << 20, 'y');
        const auto answered = co_await client->send({.method = "POST", .target = "/", .body = body},
                                                    timers.now() + 10s);
        EXPECT_TRUE(answered.value().body == "/" + body);
    });
}

TEST_F(client_test, a_target_with_a_line_break_is_refused_before_anything_is_sent) {
    make();
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await get("/ HTTP/1.1\r\nX: y")).error().code, errc::invalid_argument);
        EXPECT_EQ(accepted, 0);
    });
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace baudot::http
