#include "simulation/network.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "async/virtual_timers.hpp"
#include "http/client.hpp"

namespace baudot::simulation {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct network_test : testing::Test {
    asio::io_context io{1};
    virtual_timers timers{io};
    network wire{io.get_executor(), timers,
                 [](http::request what) { return echo(std::move(what)); }, 1};
    std::unique_ptr<http::exchange> client =
        http::make_client(io.get_executor(), timers, {.base_url = "memory"}, wire.make_connector());
    task_group clients{io.get_executor()};

    ~network_test() override {
        wire.sever();
        clients.request_stop();
        timers.run_until(timers.now());
    }

    static asio::awaitable<http::answer> echo(http::request what) {
        co_return http::answer{.what = {.headers = {}, .body = std::move(what.body)}};
    }
    asio::awaitable<void> send(std::string body, std::optional<result<http::response>>& to) {
        to = co_await client->send({.method = "POST", .body = std::move(body)}, timers.now() + 60s);
    }
    result<http::response> ask(const std::string& body, duration within = 70s) {
        std::optional<result<http::response>> answer;
        clients.spawn("send", send(body, answer));
        timers.run_until(timers.now() + within);
        EXPECT_TRUE(answer.has_value());
        return answer.value_or(fail(errc::timed_out, "the client never returned"));
    }
};

TEST_F(network_test, carries_requests_of_any_size_both_ways) {
    for (const std::size_t size : {1U, 10'000U, 3'000'000U}) {
        const std::string body(size, 'x');
        const auto answer = ask(body, 0s);
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->body, body);
    }
}

TEST_F(network_test, refuses_connections_for_a_while) {
    wire.refuse_until(timers.now() + 5s);
    EXPECT_EQ(ask("early").error().code, errc::connection_failed);
    EXPECT_TRUE(ask("later"));
}

TEST_F(network_test, a_truncated_answer_is_a_lost_one_and_garbage_is_no_answer) {
    wire.spoil_next_answer(spoilage::truncated);
    EXPECT_EQ(ask(std::string(1'000, 'x')).error().code, errc::connection_lost);
    wire.spoil_next_answer(spoilage::garbage);
    EXPECT_EQ(ask("x").error().code, errc::bad_answer);
    EXPECT_TRUE(ask("x"));
}

TEST_F(network_test, a_dripping_answer_arrives_byte_by_byte_within_its_deadline) {
    wire.spoil_next_answer(spoilage::dripping);
    const auto slow = ask("word");
    EXPECT_TRUE(!slow || slow->body == "word");
}

TEST_F(network_test, what_is_stalled_arrives_later_or_is_given_up) {
    ASSERT_TRUE(ask("opens a connection", 10ms));
    wire.stall_until(timers.now() + 30s);
    EXPECT_TRUE(ask("patience"));
    ASSERT_TRUE(ask("opens a connection", 10ms));
    wire.stall_until(timers.now() + 90s);
    EXPECT_EQ(ask("no patience").error().code, errc::timed_out);
}

TEST_F(network_test, a_cut_ends_idle_connections_before_a_request_is_written) {
    ASSERT_TRUE(ask("opens a connection", 10ms));
    wire.cut();
    EXPECT_TRUE(ask("on a new one"));
}

TEST_F(network_test, nothing_runs_on_after_it_was_severed) {
    ASSERT_TRUE(ask("x"));
    wire.sever();
    timers.run_until(timers.now());
    EXPECT_EQ(wire.running(), 0U);
    EXPECT_EQ(ask("too late").error().code, errc::connection_failed);
}

}  // namespace
}  // namespace baudot::simulation
