#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "async/virtual_timers.hpp"
#include "observe/log_capture.hpp"
#include "rewriting/desk.hpp"

// For tests: a desk under virtual time, and webhooks that do what the test says.

namespace baudot::rewriting {

using namespace std::chrono_literals;

struct fake_answer {
    result<http::response> what = http::response{};
    duration after = 10ms;  // beyond the deadline: the call ends there, as the client's does
};

inline fake_answer says(std::string_view text) {
    return {.what = http::response{.body = fmt::format(R"({{"text":"{}"}})", text)}};
}
inline fake_answer status(int code, std::string retry_after = {}) {
    http::response made{.status = code};
    if (!retry_after.empty()) made.headers = {{"Retry-After", std::move(retry_after)}};
    return {.what = std::move(made)};
}
inline fake_answer fails(errc code) {
    return {.what = fail(code, "no such luck")};
}
inline fake_answer never() {
    return {.after = 24h};
}

struct fake_api {
    std::function<fake_answer(int number)> script = [](int) { return says("answer"); };
    std::vector<time_point> calls;
    int under_way = 0;
    int most_under_way = 0;
    int cancelled = 0;
};

class fake_exchange final : public http::exchange {
public:
    fake_exchange(timer_service& timers, fake_api& api) : timers_(timers), api_(api) {}

    boost::asio::awaitable<result<http::response>> send(http::request,
                                                        time_point deadline) override {
        fake_answer answer = api_.script(static_cast<int>(api_.calls.size()));
        api_.calls.push_back(timers_.now());
        api_.most_under_way = std::max(api_.most_under_way, ++api_.under_way);
        const time_point at = timers_.now() + answer.after;
        try {
            co_await timers_.sleep_until(std::min(at, deadline));
        } catch (...) {
            ++api_.cancelled;
            --api_.under_way;
            throw;
        }
        --api_.under_way;
        if (at > deadline) co_return fail(errc::timed_out, "no answer in time");
        co_return std::move(answer.what);
    }

private:
    timer_service& timers_;
    fake_api& api_;
};

class desk_test : public testing::Test {
protected:
    static text_api api_of(std::string name) {
        return {.name = std::move(name),
                .kind = api_kind::webhook,
                .url = "http://api.example",
                .key = "a-secret-key-1234"};
    }

    void make(std::vector<text_api> apis, desk_options options = {}) {
        options.apis = std::move(apis);
        options.seed = 7;
        options.connect = [this](const text_api& api) -> result<std::unique_ptr<http::exchange>> {
            return std::make_unique<fake_exchange>(timers, fakes[api.name]);
        };
        auto made = make_desk(io.get_executor(), timers, figures, observe::logger(log, "rewriting"),
                              std::move(options));
        ASSERT_TRUE(made.has_value()) << made.error().message;
        desk_ = std::move(*made);
        desk_->on_news([this] { ++news; });
    }

    question about(std::string text, std::string api = "one",
                   rewrite_failure_policy policy = rewrite_failure_policy::hold) {
        return {.what = {.api = std::move(api), .on_failure = policy},
                .text = text::read_marked({.text = std::move(text), .entities = {}}),
                .received_at = timers.wall_now()};
    }

    /// As the engine does: asks again whenever there are news, for at most `within`.
    reply ask(const question& what, duration within = 3h) {
        reply got = desk_->find(what);
        const time_point end = timers.now() + within;
        while (got.is == reply::state::waiting && timers.now() < end) {
            const int before = news;
            timers.run_until(std::min(timers.now() + 100ms, end));
            if (news != before) got = desk_->find(what);
        }
        return got;
    }

    void pass(duration time) { timers.run_until(timers.now() + time); }

    double figure(const std::string& name) const {
        const std::string all = figures.render();
        const auto at = all.find("\n" + name + " ");
        return at == all.npos ? -1 : std::stod(all.substr(at + name.size() + 2));
    }

    void TearDown() override {
        if (!desk_) return;
        bool ended = false;
        boost::asio::co_spawn(io, desk_->stop(), [&](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            ended = true;
        });
        timers.run_until(timers.now() + 1s);
        EXPECT_TRUE(ended) << "stop() ends";
        for (const auto& [name, fake] : fakes) EXPECT_EQ(fake.under_way, 0) << name;
        desk_.reset();
    }

    boost::asio::io_context io{1};
    virtual_timers timers{io};
    observe::metrics figures;
    std::shared_ptr<observe::log_capture> log = std::make_shared<observe::log_capture>();
    std::map<std::string, fake_api> fakes;
    std::unique_ptr<desk> desk_;
    int news = 0;
};

}  // namespace baudot::rewriting
