#include "telegram_sim/webhook.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "telegram_sim/door_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

// The other end of all webhooks, without a network.
struct receiver {
    struct reply {
        int status = 200;
        duration after{};
        std::string body{};
        http::fields headers{};
        std::optional<errc> failure{};  // instead of an answer
    };
    struct visit {
        time_point when;
        http::request what;

        json::value body() const { return json::parse(what.body); }
        std::string text() const {
            return json::value_to<std::string>(body().at("channel_post").at("text"));
        }
    };

    timer_service* timers = nullptr;
    std::function<reply(const visit&)> judge = [](const visit&) { return reply{}; };
    std::vector<visit> visits;
    int inside = 0;
    int inside_most = 0;
};

class receiver_link final : public http::exchange {
public:
    explicit receiver_link(receiver& to) : to_(to) {}

    asio::awaitable<result<http::response>> send(http::request what, time_point deadline) override {
        to_.visits.push_back({to_.timers->now(), std::move(what)});
        const receiver::reply told = to_.judge(to_.visits.back());
        to_.inside_most = std::max(to_.inside_most, ++to_.inside);
        co_await to_.timers->sleep_until(std::min(deadline, to_.timers->now() + told.after));
        --to_.inside;
        if (to_.timers->now() >= deadline) co_return fail(errc::timed_out, "no answer");
        if (told.failure) co_return fail(*told.failure, "it is down");
        co_return http::response{told.status, told.headers, told.body};
    }

private:
    receiver& to_;
};

struct has_receiver {
    receiver there{};

    door_options options(webhook_rules rules) {
        door_options out;
        out.telegram.strict_webhooks = rules.is_strict;
        out.telegram.is_local = rules.is_local;
        out.open_webhook = [this](const webhook_settings&) {
            return result<std::unique_ptr<http::exchange>>(std::make_unique<receiver_link>(there));
        };
        return out;
    }
};

struct webhook_test : has_receiver, door_fixture {
    explicit webhook_test(webhook_rules rules = {}) : door_fixture(options(rules)) {
        there.timers = &timers;
    }

    void post_in(const std::string& chat, const std::string& text) {
        control("POST", "/sim/v1/chats/" + chat + "/messages", R"({"text":")" + text + R"("})");
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> out;
        out.reserve(there.visits.size());
        for (const auto& each : there.visits) out.push_back(each.text());
        return out;
    }
    std::string described(const std::string& method, std::string body) {
        return text(json::parse(post("/bot7001:relay/" + method, std::move(body)).what.body)
                        .at("description"));
    }
    void set(const std::string& more = "") {
        EXPECT_EQ(described("setWebhook", R"({"url":"http://bot.test:9000/in?x=1")" + more + "}"),
                  "Webhook was set");
    }
};
using words = std::vector<std::string>;

struct strict_webhook_test : webhook_test {
    strict_webhook_test() : webhook_test({.is_strict = true}) {}
};

TEST_F(webhook_test, an_update_is_posted_with_the_secret_token) {
    set(R"(,"secret_token":"a-Secret_1")");
    post_in("@news", "one");
    pass(1s);
    ASSERT_EQ(there.visits.size(), 1U);
    const http::request& got = there.visits[0].what;
    EXPECT_EQ(got.method, "POST");
    EXPECT_EQ(got.target, "/in?x=1");
    EXPECT_EQ(http::find(got.headers, "Content-Type"), "application/json");
    EXPECT_EQ(http::find(got.headers, "X-Telegram-Bot-Api-Secret-Token"), "a-Secret_1");
    EXPECT_EQ(there.visits[0].text(), "one");
    EXPECT_GT(there.visits[0].body().at("update_id").as_int64(), 2'000'000);
    EXPECT_EQ(call("getWebhookInfo").at("pending_update_count").as_int64(), 0);
}

TEST_F(webhook_test, without_a_secret_token_there_is_no_header) {
    set();
    post_in("@news", "one");
    pass(1s);
    ASSERT_EQ(there.visits.size(), 1U);
    EXPECT_EQ(http::find(there.visits[0].what.headers, "X-Telegram-Bot-Api-Secret-Token"), "");
}

TEST_F(webhook_test, a_secret_token_is_1_to_256_letters_digits_and_dashes) {
    const auto with = [](const std::string& secret) {
        return R"({"url":"http://bot.test/","secret_token":")" + secret + R"("})";
    };
    EXPECT_EQ(refusal("setWebhook", with("no space")),
              "Bad Request: secret token contains unallowed characters");
    EXPECT_EQ(refusal("setWebhook", with("dot.")),
              "Bad Request: secret token contains unallowed characters");
    EXPECT_EQ(refusal("setWebhook", with(std::string(257, 'a'))),
              "Bad Request: secret token is too long");
    EXPECT_EQ(described("setWebhook", with(std::string(256, '-'))), "Webhook was set");
}

TEST_F(webhook_test, an_address_that_is_none_is_refused) {
    for (const char* url :
         {"ftp://bot.test/", "http://", "http://bot.test/a b", "http://x:70000/"}) {
        EXPECT_EQ(refusal("setWebhook", std::string(R"({"url":")") + url + R"("})"),
                  "Bad Request: invalid webhook URL specified")
            << url;
    }
    EXPECT_EQ(refusal("setWebhook", R"({"url":"http://bot.test/","ip_address":"here"})"),
              "Bad Request: bad webhook: Invalid IP address specified");
    EXPECT_EQ(text(call("getWebhookInfo").at("url")), "");
}

TEST_F(strict_webhook_test, the_cloud_wants_https_on_four_ports_and_a_public_address) {
    const auto said = [&](const std::string& url, const std::string& more = "") {
        return refusal("setWebhook", R"({"url":")" + url + R"(")" + more + "}");
    };
    EXPECT_EQ(said("http://bot.test/"),
              "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
    EXPECT_EQ(said("bot.test"),
              "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
    EXPECT_EQ(said("https://bot.test:9000/"),
              "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
    for (const char* address : {"127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1"}) {
        EXPECT_EQ(said(std::string("https://") + address + "/"),
                  std::string("Bad Request: bad webhook: IP address ") + address + " is reserved");
    }
    EXPECT_EQ(said("https://bot.test/", R"(,"ip_address":"::1")"),
              "Bad Request: bad webhook: IPv6-only addresses are not allowed");
    for (const char* url : {"https://bot.test/", "https://bot.test:88/", "https://bot.test:80/",
                            "https://bot.test:8443/"}) {
        EXPECT_EQ(described("setWebhook", std::string(R"({"url":")") + url + R"("})"),
                  "Webhook was set");
    }
}

TEST_F(webhook_test, get_updates_conflicts_with_a_webhook) {
    const auto poll = begin("/bot7001:relay/getUpdates?timeout=50");
    set();
    timers.run_until(timers.now());
    ASSERT_TRUE(poll->got);
    EXPECT_EQ(poll->got->what.status, 409);
    EXPECT_EQ(text(poll->body().at("description")), "Conflict: terminated by setWebhook request");
    EXPECT_EQ(refusal("getUpdates"),
              "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
              "to delete the webhook first");
    EXPECT_EQ(described("deleteWebhook", "{}"), "Webhook was deleted");
    EXPECT_EQ(described("deleteWebhook", "{}"), "Webhook is already deleted");
    EXPECT_TRUE(call("getUpdates").as_array().empty());
}

TEST_F(webhook_test, what_waits_stays_when_a_bot_changes_between_both) {
    there.judge = [](const auto&) { return receiver::reply{.status = 500}; };
    post_in("@news", "one");
    set();
    pass(1s);
    EXPECT_FALSE(there.visits.empty());
    call("deleteWebhook");
    const json::value polled = updates();
    ASSERT_EQ(polled.as_array().size(), 1U);
    EXPECT_EQ(polled.at(0).at("update_id"), there.visits[0].body().at("update_id"));
    there.judge = [](const auto&) { return receiver::reply{}; };
    there.visits.clear();
    set();
    pass(1s);
    EXPECT_EQ(texts(), words{"one"});
}

TEST_F(webhook_test, pending_updates_are_dropped_when_asked) {
    post_in("@news", "one");
    set(R"(,"drop_pending_updates":true)");
    post_in("@news", "two");
    pass(1s);
    EXPECT_EQ(texts(), words{"two"});
}

TEST_F(webhook_test, allowed_updates_are_kept_as_with_get_updates) {
    set(R"(,"allowed_updates":["message"])");
    post_in("@news", "one");
    pass(1s);
    EXPECT_TRUE(there.visits.empty());
    EXPECT_EQ(text(call("getWebhookInfo").at("allowed_updates").at(0)), "message");
    set(R"(,"max_connections":3)");
    EXPECT_EQ(text(call("getWebhookInfo").at("allowed_updates").at(0)), "message");
}

TEST_F(webhook_test, a_slow_chat_delays_no_other_and_keeps_its_order) {
    set();
    post_in("@news", "warm");
    pass(1s);
    there.visits.clear();
    there.judge = [](const receiver::visit& what) {
        return receiver::reply{.after = what.text().starts_with("slow") ? duration(5s) : 10ms};
    };
    for (const char* each : {"slow 1", "slow 2", "slow 3"}) post_in("@news", each);
    for (const char* each : {"quick 1", "quick 2", "quick 3"}) post_in("-1000000000020", each);
    pass(20s);
    EXPECT_EQ(texts(), (words{"slow 1", "quick 1", "quick 2", "quick 3", "slow 2", "slow 3"}));
}

TEST_F(webhook_test, other_kinds_have_a_lane_of_their_own) {
    set();
    post_in("@news", "warm");
    pass(1s);
    there.visits.clear();
    there.judge = [](const auto&) { return receiver::reply{.after = 5s}; };
    post_in("@news", "slow");
    control("PUT", "/sim/v1/chats/@news/members", R"({"user":"relay_bot","status":"left"})");
    pass(1s);
    ASSERT_EQ(there.visits.size(), 2U);
    EXPECT_TRUE(there.visits[1].body().as_object().contains("my_chat_member"));
}

TEST_F(webhook_test, max_connections_requests_run_at_once) {
    for (int i = 0; i < 8; ++i) {
        control("POST", "/sim/v1/chats",
                R"({"id":)" + std::to_string(-1000000000030 - i) +
                    R"(,"title":"More","admins":["relay_bot"]})");
    }
    set(R"(,"max_connections":4,"drop_pending_updates":true)");
    EXPECT_EQ(call("getWebhookInfo").at("max_connections").as_int64(), 4);
    there.judge = [](const auto&) { return receiver::reply{.after = 1s}; };
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 8; ++i) post_in(std::to_string(-1000000000030 - i), "x");
    }
    pass(20s);
    EXPECT_EQ(there.visits.size(), 24U);
    EXPECT_EQ(there.inside_most, 4);
}

TEST_F(webhook_test, an_answer_that_takes_60_s_is_a_duplicate) {
    set();
    int first = 2;
    there.judge = [&](const auto&) {
        return receiver::reply{.after = first-- > 0 ? duration(10min) : 0s};
    };
    const time_point begun = timers.now();
    post_in("@news", "one");
    pass(59s);
    EXPECT_EQ(there.visits.size(), 1U);
    pass(5min);
    ASSERT_EQ(there.visits.size(), 3U);
    EXPECT_EQ(there.visits[0].body().at("update_id"), there.visits[2].body().at("update_id"));
    EXPECT_GE(there.visits[1].when - begun, 60s);
    EXPECT_EQ(text(call("getWebhookInfo").at("last_error_message")), "Read timeout expired");
}

TEST_F(webhook_test, info_says_what_went_wrong) {
    set();
    EXPECT_FALSE(call("getWebhookInfo").as_object().contains("last_error_message"));
    there.judge = [](const auto&) { return receiver::reply{.status = 503}; };
    post_in("@news", "one");
    pass(1s);
    const json::value info = call("getWebhookInfo");
    EXPECT_EQ(text(info.at("url")), "http://bot.test:9000/in?x=1");
    EXPECT_FALSE(info.at("has_custom_certificate").as_bool());
    EXPECT_EQ(info.at("pending_update_count").as_int64(), 1);
    EXPECT_EQ(text(info.at("last_error_message")),
              "Wrong response from the webhook: 503 Service Unavailable");
    EXPECT_GT(info.at("last_error_date").as_int64(), 1'700'000'000);
    EXPECT_EQ(info.at("max_connections").as_int64(), 40);
    there.judge = [](const auto&) { return receiver::reply{.failure = errc::connection_failed}; };
    pass(10s);
    EXPECT_EQ(text(call("getWebhookInfo").at("last_error_message")),
              "Can't connect to the webhook");
    const auto bot = json::parse(control("GET", "/sim/v1/bots")).at(0);
    EXPECT_EQ(bot.at("webhook").at("failed").as_int64(),
              static_cast<std::int64_t>(there.visits.size()));
}

TEST_F(webhook_test, retry_after_of_the_answer_is_obeyed) {
    set();
    there.judge = [](const auto&) {
        return receiver::reply{.status = 429, .headers = {{"Retry-After", "30"}}};
    };
    post_in("@news", "one");
    pass(95s);
    ASSERT_EQ(there.visits.size(), 4U);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_EQ(there.visits[i].when - there.visits[i - 1].when, 30s);
    }
}

TEST_F(webhook_test, an_update_is_tried_for_24_hours) {
    set();
    there.judge = [](const auto&) { return receiver::reply{.status = 500}; };
    post_in("@news", "one");
    pass(24h + 1s);
    EXPECT_GT(there.visits.size(), 24U * 30);
    EXPECT_EQ(call("getWebhookInfo").at("pending_update_count").as_int64(), 0);
    there.visits.clear();
    there.judge = [](const auto&) { return receiver::reply{}; };
    pass(10min);
    EXPECT_TRUE(there.visits.empty());
}

TEST_F(webhook_test, an_answer_may_hold_one_call) {
    set();
    there.judge = [](const receiver::visit&) {
        return receiver::reply{
            .body = R"({"method":"sendMessage","chat_id":"-1000000000020","text":"at once"})",
            .headers = {{"Content-Type", "application/json"}}};
    };
    post_in("@news", "one");
    pass(1s);
    const auto history = json::parse(control("GET", "/sim/v1/chats/-1000000000020/messages"));
    ASSERT_EQ(history.as_array().size(), 1U);
    EXPECT_EQ(text(history.at(0).at("text")), "at once");
}

TEST_F(webhook_test, an_answer_cannot_read_nor_change_the_webhook) {
    set();
    for (const char* method : {"deleteWebhook", "setwebhook", "getMe"}) {
        there.judge = [&](const receiver::visit&) {
            return receiver::reply{.body = std::string(R"({"method":")") + method + R"("})",
                                   .headers = {{"Content-Type", "application/json"}}};
        };
        post_in("@news", "one");
        pass(1s);
    }
    EXPECT_EQ(there.visits.size(), 3U);
    const auto stats = json::parse(control("GET", "/sim/v1/stats")).at("methods").as_object();
    EXPECT_FALSE(stats.contains("getMe"));
    EXPECT_FALSE(stats.contains("deleteWebhook"));
    EXPECT_NE(text(call("getWebhookInfo").at("url")), "");
}

TEST_F(webhook_test, what_is_answered_after_the_end_of_a_webhook_does_not_count) {
    set();
    there.judge = [](const auto&) { return receiver::reply{.after = 5s}; };
    post_in("@news", "one");
    pass(1s);
    call("deleteWebhook");
    pass(10s);
    EXPECT_EQ(there.visits.size(), 1U);
    EXPECT_EQ(updates().as_array().size(), 1U);
}

struct local_webhook_test : webhook_test {
    local_webhook_test() : webhook_test({.is_local = true}) {}
};

TEST_F(local_webhook_test, a_local_server_allows_a_hundred_thousand_connections) {
    set();
    EXPECT_EQ(call("getWebhookInfo").at("max_connections").as_int64(), 100);
    set(R"(,"max_connections":200000)");
    EXPECT_EQ(call("getWebhookInfo").at("max_connections").as_int64(), 100'000);
}

TEST_F(webhook_test, set_webhook_is_allowed_once_a_second) {
    control("PUT", "/sim/v1/profile", R"({"limits":{"server_local":true}})");
    const auto again = [&] {
        return post("/bot7001:relay/setWebhook", R"({"url":"http://bot.test/"})").what;
    };
    EXPECT_EQ(again().status, 200);
    const http::response refused = again();
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(http::find(refused.headers, "Retry-After"), "1");
    pass(1s);
    EXPECT_EQ(again().status, 200);
}

TEST_F(webhook_test, the_same_webhook_again_changes_nothing) {
    set();
    EXPECT_EQ(described("setWebhook", R"({"url":"http://bot.test:9000/in?x=1"})"),
              "Webhook is already set");
}

TEST_F(webhook_test, a_webhook_that_is_gone_for_23_hours_is_removed) {
    set();
    there.judge = [](const auto&) { return receiver::reply{.status = 410}; };
    for (int hour = 0; hour < 23; ++hour) {
        post_in("@news", "one");
        pass(1h);
    }
    EXPECT_NE(text(call("getWebhookInfo").at("url")), "");
    pass(10min);
    EXPECT_EQ(text(call("getWebhookInfo").at("url")), "");
    EXPECT_FALSE(updates().as_array().empty());
}

TEST_F(webhook_test, a_certificate_is_taken_up_to_3_MiB) {
    const auto send = [&](std::size_t size) {
        const std::string body =
            "--x\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\n"
            "http://bot.test/\r\n--x\r\nContent-Disposition: form-data; "
            "name=\"certificate\"; filename=\"a.pem\"\r\n\r\n" +
            std::string(size, 'c') + "\r\n--x--\r\n";
        return ask({.method = "POST",
                    .target = "/bot7001:relay/setWebhook",
                    .headers = {{"Content-Type", "multipart/form-data; boundary=x"}},
                    .body = body})
            .what.status;
    };
    EXPECT_EQ(send((3 << 20) + 1), 400);
    EXPECT_EQ(send(3 << 20), 200);
    EXPECT_TRUE(call("getWebhookInfo").at("has_custom_certificate").as_bool());
}

TEST_F(webhook_test, a_reset_world_sends_nothing) {
    set();
    there.judge = [](const auto&) { return receiver::reply{.status = 500}; };
    post_in("@news", "one");
    pass(1s);
    control("POST", "/sim/v1/reset");
    there.visits.clear();
    pass(10min);
    EXPECT_TRUE(there.visits.empty());
}

}  // namespace
}  // namespace baudot::telegram_sim
