#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/virtual_timers.hpp"
#include "telegram_sim/door.hpp"

namespace baudot::telegram_sim {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

inline constexpr const char* small_world = R"({
    "users": [{"id": 501, "name": "Ann", "username": "ann"}],
    "bots": [{"id": 7001, "username": "relay_bot", "token": "7001:relay"},
             {"id": 7002, "username": "other_bot", "token": "7002:other"}],
    "chats": [{"id": -1001, "type": "group", "title": "Friends",
               "members": ["ann", "relay_bot"]},
              {"id": -1000000000010, "title": "News", "username": "news",
               "admins": ["relay_bot"]},
              {"id": -1000000000020, "title": "Copy", "admins": ["relay_bot"]}],
    "starts": [{"user": "ann", "bot": "relay_bot"}]})";

// The whole local Telegram under virtual time: a request is a coroutine, a day is a millisecond.
struct door_fixture : testing::Test {
    asio::io_context io{1};
    virtual_timers timers{io};
    door telegram;
    task_group clients{io.get_executor()};

    explicit door_fixture(door_options options = {})
        : telegram(io.get_executor(), timers, std::move(options)) {
        EXPECT_EQ(control("POST", "/sim/v1/world", small_world), R"({"ok":true})");
        ask("/bot7001:relay/getUpdates?offset=-1");  // forgets what building the world told
        ask("/bot7001:relay/getUpdates?offset=2000000000");
        telegram.telegram().line(user_id{7001})->updates.clear();
    }
    ~door_fixture() override {
        clients.request_stop();
        telegram.stop();
        timers.run_until(timers.now());
    }

    struct exchange {
        std::optional<http::answer> got{};
        time_point when{};

        json::value body() const { return json::parse(got->what.body); }
    };
    asio::awaitable<void> run(http::request what, std::shared_ptr<exchange> to) {
        to->got = co_await telegram.handle(std::move(what));
        to->when = timers.now();
    }
    /// Virtual time stands still while nobody sleeps.
    void pass(duration time) {
        const time_point until = timers.now() + time;
        clients.spawn("time", timers.sleep_until(until));
        timers.run_until(until);
    }
    std::shared_ptr<exchange> begin(http::request what) {
        auto out = std::make_shared<exchange>();
        clients.spawn("client", run(std::move(what), out));
        timers.run_until(timers.now());
        return out;
    }
    std::shared_ptr<exchange> begin(std::string target) {
        return begin(http::request{.target = std::move(target)});
    }
    /// Lets time pass until it is answered.
    http::answer ask(http::request what) {
        const auto out = begin(std::move(what));
        for (int i = 0; !out->got && i < 10'000; ++i) pass(100ms);
        EXPECT_TRUE(out->got);
        return out->got.value_or(http::answer{});
    }
    http::answer ask(std::string target) { return ask(http::request{.target = std::move(target)}); }
    http::answer post(std::string target, std::string body) {
        return ask({.method = "POST",
                    .target = std::move(target),
                    .headers = {{"content-type", "application/json"}},
                    .body = std::move(body)});
    }
    json::value call(const std::string& method, std::string body = "{}") {
        const http::answer got = post("/bot7001:relay/" + method, std::move(body));
        json::value parsed = json::parse(got.what.body);
        EXPECT_TRUE(parsed.at("ok").as_bool()) << got.what.body;
        return parsed.at("ok").as_bool() ? parsed.at("result") : json::value();
    }
    std::string refusal(const std::string& method, std::string body = "{}") {
        const http::answer got = post("/bot7001:relay/" + method, std::move(body));
        const json::value parsed = json::parse(got.what.body);
        EXPECT_FALSE(parsed.at("ok").as_bool()) << got.what.body;
        EXPECT_EQ(parsed.at("error_code").as_int64(), got.what.status);
        return json::value_to<std::string>(parsed.at("description"));
    }
    std::string control(std::string method, std::string target, std::string body = "") {
        return ask({.method = std::move(method),
                    .target = std::move(target),
                    .body = std::move(body)})
            .what.body;
    }
    json::value updates(const std::string& arguments = "") {
        const auto got = ask("/bot7001:relay/getUpdates?" + arguments);
        return json::parse(got.what.body).at("result");
    }
    static std::string text(const json::value& of) { return json::value_to<std::string>(of); }
};

}  // namespace baudot::telegram_sim
