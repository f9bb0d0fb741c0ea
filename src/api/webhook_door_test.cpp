#include "api/webhook_door.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <utility>

namespace baudot::api {
namespace {

class webhook_door_test : public testing::Test {
protected:
    webhook_door_test() {
        tested.add("/telegram/reader", [this](std::string_view secret, std::string_view body) {
            return take(secret, body);
        });
    }

    http::response ask(std::string target, std::string method = "POST") {
        boost::asio::io_context io;
        http::answer got;
        boost::asio::co_spawn(io,
                              tested.handle({.method = std::move(method),
                                             .target = std::move(target),
                                             .headers = {{"x-telegram-bot-api-secret-token", "s"}},
                                             .body = "update"}),
                              [&got](const std::exception_ptr& failed, http::answer answer) {
                                  ASSERT_FALSE(failed);
                                  got = std::move(answer);
                              });
        io.run();
        return got.what;
    }

    boost::asio::awaitable<int> take(std::string_view secret, std::string_view body) {
        came += std::string(secret) + ":" + std::string(body) + ";";
        co_return status;
    }

    int status = 200;
    std::string came;
    webhook_door tested;
};

TEST_F(webhook_door_test, a_post_reaches_its_account_with_secret_and_body) {
    EXPECT_EQ(ask("/telegram/reader").status, 200);
    EXPECT_EQ(ask("/telegram/reader?a=b").status, 200);
    EXPECT_EQ(came, "s:update;s:update;");
}

TEST_F(webhook_door_test, what_is_not_a_post_to_an_account_is_told_nothing) {
    for (const char* path : {"/", "/telegram", "/telegram/reader/", "/telegram/other", ""}) {
        const http::response refused = ask(path);
        EXPECT_EQ(refused.status, 404) << path;
        EXPECT_EQ(refused.body, "");
    }
    EXPECT_EQ(ask("/telegram/reader", "GET").status, 404);
    EXPECT_EQ(came, "");
}

TEST_F(webhook_door_test, a_refusal_for_now_says_when_to_come_again_and_no_other_does) {
    status = 503;
    EXPECT_EQ(http::find(ask("/telegram/reader").headers, "Retry-After"), "5");
    for (const int other : {200, 400, 401}) {
        status = other;
        const http::response made = ask("/telegram/reader");
        EXPECT_EQ(made.status, other);
        EXPECT_EQ(made.body, "");
        EXPECT_TRUE(made.headers.empty());
    }
}

}  // namespace
}  // namespace baudot::api
