#include "api/status.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>

namespace baudot::api {
namespace {

class status_test : public testing::Test {
protected:
    http::response ask(std::string target, std::string method = "GET") {
        boost::asio::io_context io;
        http::answer got;
        boost::asio::co_spawn(
            io, tested.handle({.method = std::move(method), .target = std::move(target)}),
            [&got](std::exception_ptr failed, http::answer answer) {
                ASSERT_FALSE(failed);
                got = std::move(answer);
            });
        io.run();
        return got.what;
    }

    observe::metrics figures;
    std::vector<std::string> reasons;
    status tested{figures, [this] { return reasons; }, [] { return "{\"generation\":3}\n"; }};
};

TEST_F(status_test, ready_says_why_not) {
    EXPECT_EQ(ask("/ready").status, 200);
    reasons = {"account bot: another program polls", "the disk is full"};
    const http::response answer = ask("/ready?verbose");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, "account bot: another program polls\nthe disk is full\n");
    EXPECT_EQ(ask("/live").status, 200) << "a node that waits is not to be restarted";
}

TEST_F(status_test, metrics_are_prometheus_text) {
    figures.counter("baudot_tests_total", "Tests.").add(3);
    const http::response answer = ask("/metrics");
    EXPECT_NE(answer.body.find("baudot_tests_total 3"), std::string::npos) << answer.body;
    EXPECT_EQ(http::find(answer.headers, "content-type"),
              "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(status_test, config_is_json) {
    const http::response answer = ask("/config");
    EXPECT_EQ(answer.body, "{\"generation\":3}\n");
    EXPECT_EQ(http::find(answer.headers, "content-type"), "application/json");
}

TEST_F(status_test, anything_else_is_refused) {
    EXPECT_EQ(ask("/").status, 404);
    EXPECT_EQ(ask("/live", "POST").status, 405);
}

}  // namespace
}  // namespace baudot::api
