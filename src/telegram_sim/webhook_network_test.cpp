// A webhook over a real connection: the other tests of webhooks have none.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/server.hpp"
#include "telegram_sim/door.hpp"

namespace baudot::telegram_sim {
namespace {

namespace asio = boost::asio;

struct webhook_network_test : testing::Test {
    asio::io_context io{1};
    steady_timers timers;
    std::vector<http::request> seen;
    std::unique_ptr<http::server> server;
    door telegram{io.get_executor(), timers, {}};
    task_group tasks{io.get_executor()};

    webhook_network_test() {
        auto made = http::make_server(io.get_executor(), timers, {},
                                      [this](http::request what) { return take(std::move(what)); });
        EXPECT_TRUE(made) << made.error().message;
        server = std::move(*made);
        tasks.spawn("server", server->run());
    }
    ~webhook_network_test() override {
        telegram.stop();
        server->stop();
        tasks.request_stop();
        io.run();
    }

    asio::awaitable<http::answer> take(http::request what) {
        seen.push_back(std::move(what));
        co_return http::answer{};
    }
    asio::awaitable<void> ask(http::request what, std::string& body) {
        body = (co_await telegram.handle(std::move(what))).what.body;
    }
    std::string call(std::string target, std::string body) {
        std::string out;
        tasks.spawn("call", ask({.method = "POST",
                                 .target = std::move(target),
                                 .headers = {{"Content-Type", "application/json"}},
                                 .body = std::move(body)},
                                out));
        while (out.empty()) io.run_one();
        return out;
    }
};

TEST_F(webhook_network_test, an_update_arrives_at_the_address_given_beside_the_name) {
    call("/sim/v1/world", R"({"bots":[{"id":1,"username":"a_bot","token":"1:a"}],
                              "chats":[{"id":-1000000000010,"title":"News","admins":["a_bot"]}]})");
    const std::string host = "bot.test:" + std::to_string(server->port());
    EXPECT_EQ(call("/bot1:a/setWebhook", R"({"url":"http://)" + host +
                                             R"(/in","ip_address":"127.0.0.1",
                                             "drop_pending_updates":true})"),
              R"({"ok":true,"result":true,"description":"Webhook was set"})");
    call("/sim/v1/chats/-1000000000010/messages", R"({"text":"hello"})");
    while (seen.empty()) io.run_one();
    EXPECT_EQ(seen[0].method, "POST");
    EXPECT_EQ(seen[0].target, "/in");
    EXPECT_EQ(http::find(seen[0].headers, "Host"), host);
    EXPECT_NE(seen[0].body.find(R"("text":"hello")"), std::string::npos);
}

}  // namespace
}  // namespace baudot::telegram_sim
