#include "telegram/bot_api/bot_account.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "async/virtual_timers.hpp"
#include "observe/secrets.hpp"

namespace baudot::telegram::bot_api {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

const std::string token = "777:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX";

struct sent {
    http::request what;
    time_point at;
    duration within;
};

// Answers what the test has put down, in order, each after a time.
class scripted_exchange final : public http::exchange {
public:
    explicit scripted_exchange(timer_service& timers) : timers_(timers) {}

    void answer(int status, std::string body) {
        script_.push_back(http::response{.status = status, .body = std::move(body)});
    }
    void fail_with(errc code) { script_.push_back(fail(code, "no luck with /bot" + token)); }

    asio::awaitable<result<http::response>> send(http::request what, time_point deadline) override {
        seen.push_back({std::move(what), timers_.now(), deadline - timers_.now()});
        co_await timers_.sleep_until(timers_.now() + 50ms);
        if (script_.empty()) throw std::logic_error("a request that the test did not expect");
        auto next = std::move(script_.front());
        script_.pop_front();
        co_return next;
    }

    std::vector<sent> seen;

private:
    timer_service& timers_;
    std::deque<result<http::response>> script_;
};

class bot_account_test : public testing::Test {
protected:
    std::unique_ptr<bot_account> make(bot_account_options options = default_options()) {
        auto made = make_bot_account(timers, sends, polls, std::move(options));
        EXPECT_TRUE(made.has_value());
        return std::move(*made);
    }
    static bot_account_options default_options() { return {.name = "news", .token = token}; }

    template <class Value>
    Value run(asio::awaitable<Value> what) {
        std::optional<Value> got;
        std::exception_ptr thrown;
        asio::co_spawn(io, std::move(what), [&](const std::exception_ptr& failure, Value value) {
            thrown = failure;
            got = std::move(value);
        });
        timers.run();
        io.restart();
        if (thrown) std::rethrow_exception(thrown);
        return std::move(got.value());
    }

    outcome copy() { return run(account->execute(copying, chat_id{-1002})); }
    result<update_batch> poll(update_id confirmed, duration wait) {
        return run(account->poll(confirmed, wait));
    }

    asio::io_context io{1};
    virtual_timers timers{io};
    scripted_exchange sends{timers};
    scripted_exchange polls{timers};
    std::unique_ptr<bot_account> account = make();
    const operation copying{.what = copy_message{chat_id{-1001}, message_id{7}}, .options = {}};
};

TEST_F(bot_account_test, the_token_is_in_the_target_and_nowhere_else) {
    sends.answer(200, R"({"ok":true,"result":{"message_id":42}})");
    EXPECT_EQ(copy().message, message_id{42});
    const http::request& what = sends.seen.at(0).what;
    EXPECT_EQ(what.method, "POST");
    EXPECT_EQ(what.target, "/bot" + token + "/copyMessage");
    EXPECT_EQ(http::find(what.headers, "Content-Type"), "application/json");
    EXPECT_EQ(what.body.find("777:"), std::string::npos);
    EXPECT_EQ(account->id(), account_id{777});
}

TEST_F(bot_account_test, the_token_is_a_secret_of_the_log_from_the_start) {
    const std::string half = token.substr(token.find(':') + 1);
    EXPECT_EQ(observe::redact("POST /bot" + token + "/getMe").find(half), std::string::npos);
    EXPECT_EQ(observe::redact("only " + half).find(half), std::string::npos);
}

TEST_F(bot_account_test, a_send_has_one_long_deadline_and_is_made_once) {
    sends.fail_with(errc::timed_out);
    EXPECT_EQ(copy().kind, outcome_kind::uncertain);
    ASSERT_EQ(sends.seen.size(), 1u);
    EXPECT_EQ(sends.seen[0].within, 60s);
    EXPECT_TRUE(polls.seen.empty());
}

TEST_F(bot_account_test, a_deadline_that_telegram_can_outwait_is_refused) {
    bot_account_options hasty = default_options();
    hasty.execute_timeout = 29s;
    EXPECT_EQ(make_bot_account(timers, sends, polls, hasty).error().code, errc::invalid_argument);
}

TEST_F(bot_account_test, a_token_that_is_none_is_refused_by_the_name_of_its_account) {
    bot_account_options wrong = default_options();
    wrong.token = "777:short";
    const auto made = make_bot_account(timers, sends, polls, wrong);
    EXPECT_EQ(made.error().code, errc::invalid_argument);
    EXPECT_NE(made.error().message.find("news"), std::string::npos);
    EXPECT_EQ(made.error().message.find("short"), std::string::npos);
}

TEST_F(bot_account_test, every_failure_of_the_transport_is_an_outcome_without_the_token) {
    for (const errc code : {errc::connection_failed, errc::connection_lost, errc::timed_out,
                            errc::bad_answer, errc::invalid_argument, errc::io_failed}) {
        sends.fail_with(code);
        const outcome settled = copy();
        const bool not_sent = code == errc::connection_failed;
        const bool refused_here = code == errc::invalid_argument;
        EXPECT_EQ(settled.kind, not_sent       ? outcome_kind::not_sent
                                : refused_here ? outcome_kind::rejected
                                               : outcome_kind::uncertain);
        EXPECT_EQ(settled.description.find("AAHdq"), std::string::npos) << settled.description;
        EXPECT_NE(settled.description.find("no luck"), std::string::npos);
    }
}

TEST_F(bot_account_test, a_server_that_echoes_the_token_does_not_leak_it) {
    sends.answer(404, R"({"ok":false,"error_code":404,"description":"no path /bot)" + token +
                          R"(/copyMessage"})");
    EXPECT_EQ(copy().description, "no path /bot<token>/copyMessage");
}

TEST_F(bot_account_test, every_query_reports_every_failure_with_account_and_method) {
    const auto message_of = [](const auto& answered) {
        EXPECT_FALSE(answered.has_value());
        return answered ? std::string() : answered.error().message;
    };
    for (const errc code :
         {errc::connection_failed, errc::connection_lost, errc::timed_out, errc::bad_answer}) {
        for (int i = 0; i < 3; ++i) sends.fail_with(code);
        const auto me = run(account->get_me());
        EXPECT_EQ(me.error().code, code);
        EXPECT_EQ(message_of(me), "account news: getMe: no luck with /bot<token>");
        EXPECT_EQ(message_of(run(account->get_chat(chat_id{1}))),
                  "account news: getChat: no luck with /bot<token>");
        EXPECT_EQ(message_of(run(account->get_membership(chat_id{1}, account_id{777}))),
                  "account news: getChatMember: no luck with /bot<token>");
        polls.fail_with(code);
        const auto polled = poll(update_id{1}, 10s);
        EXPECT_EQ(polled.error().code, code);
        EXPECT_EQ(message_of(polled), "account news: getUpdates: no luck with /bot<token>");
    }
    EXPECT_EQ(sends.seen.at(0).within, 30s);
}

TEST_F(bot_account_test, queries_return_what_telegram_says) {
    sends.answer(200, R"({"ok":true,"result":{"id":777,"username":"b"}})");
    sends.answer(200, R"({"ok":true,"result":{"id":-5,"type":"group"}})");
    sends.answer(200, R"({"ok":true,"result":{"status":"left"}})");
    EXPECT_EQ(run(account->get_me()).value().username, "b");
    EXPECT_EQ(run(account->get_chat(std::string("news"))).value().kind, chat_kind::group);
    EXPECT_EQ(run(account->get_membership(chat_id{-5}, account_id{777})).value().status, "left");
}

TEST_F(bot_account_test, what_is_looked_up_leaves_the_pool_of_polls_alone) {
    sends.answer(200, R"({"ok":true,"result":{"url":"https://example.org/hook"}})");
    sends.answer(200, R"({"ok":true,"result":[{"update_id":8,"message":{"message_id":1,
        "chat":{"id":4,"type":"private"}}}]})");
    sends.answer(200, R"({"ok":true,"result":true})");
    EXPECT_EQ(run(account->get_webhook_info()).value().url, "https://example.org/hook");
    EXPECT_EQ(run(account->peek_chats()).value().at(0).id, chat_id{4});
    EXPECT_EQ(run(account->moved_to(chat_id{-7})).value(), chat_id{});
    EXPECT_TRUE(polls.seen.empty());
}

TEST_F(bot_account_test, a_refused_query_says_until_when_to_ask_no_more) {
    EXPECT_LE(account->queries_held_until(), timers.now());
    sends.answer(429, R"({"ok":false,"error_code":429,"description":"Too Many Requests",
        "parameters":{"retry_after":9}})");
    EXPECT_EQ(run(account->get_me()).error().code, errc::refused);
    EXPECT_EQ(account->queries_held_until(), timers.now() + 9s);
    sends.answer(200, R"({"ok":true,"result":{"id":777,"username":"b"}})");
    EXPECT_TRUE(run(account->get_me()).has_value());
    EXPECT_GT(account->queries_held_until(), timers.now()) << "a good answer shortens no wait";
}

TEST_F(bot_account_test, a_group_that_moved_says_where_to) {
    sends.answer(400, R"({"ok":false,"error_code":400,
        "description":"Bad Request: group chat was upgraded to a supergroup chat",
        "parameters":{"migrate_to_chat_id":-100777}})");
    EXPECT_EQ(run(account->moved_to(chat_id{-7})).value(), chat_id{-100777});
    sends.answer(403, R"({"ok":false,"error_code":403,"description":"Forbidden: kicked"})");
    EXPECT_EQ(run(account->moved_to(chat_id{-7})).error().code, errc::rejected);
}

TEST_F(bot_account_test, a_poll_waits_longer_than_the_server_does) {
    polls.answer(200, R"({"ok":true,"result":[{"update_id":8,"message":{"message_id":1,
        "chat":{"id":4},"text":"x"}}]})");
    polls.answer(200, R"({"ok":true,"result":[]})");
    const auto first = poll(update_id{8}, 40s);
    EXPECT_EQ(first.value().at(0).content.text.text, "x");
    EXPECT_EQ(first->at(0).account, account_id{777});
    EXPECT_EQ(polls.seen.at(0).within, 70s);
    EXPECT_EQ(poll(update_id{9}, 2h).value().size(), 0u);
    EXPECT_EQ(polls.seen.at(1).within, 80s);
    EXPECT_NE(polls.seen[1].what.body.find("\"offset\":9"), std::string::npos);
    EXPECT_TRUE(sends.seen.empty());
}

TEST_F(bot_account_test, one_offset_is_not_asked_for_twice_within_half_a_second) {
    for (int i = 0; i < 4; ++i) polls.answer(200, R"({"ok":true,"result":[{"update_id":5}]})");
    (void)poll(update_id{5}, 10s);
    (void)poll(update_id{5}, 10s);
    (void)poll(update_id{6}, 10s);
    (void)poll(update_id{5}, 10s);
    EXPECT_EQ(polls.seen[1].at - polls.seen[0].at, 600ms);
    EXPECT_EQ(polls.seen[2].at - polls.seen[1].at, 50ms);
    EXPECT_EQ(polls.seen[3].at - polls.seen[2].at, 50ms);
}

TEST_F(bot_account_test, a_poll_that_failed_is_repeated_no_faster) {
    polls.fail_with(errc::connection_lost);
    polls.answer(502, "<html>");
    polls.answer(200, R"({"ok":true,"result":[]})");
    EXPECT_EQ(poll(update_id{5}, 10s).error().code, errc::connection_lost);
    EXPECT_EQ(poll(update_id{5}, 10s).error().code, errc::bad_answer);
    EXPECT_TRUE(poll(update_id{5}, 10s).has_value());
    EXPECT_EQ(polls.seen[1].at - polls.seen[0].at, 600ms);
    EXPECT_EQ(polls.seen[2].at - polls.seen[1].at, 600ms);
}

TEST_F(bot_account_test, no_poll_goes_out_before_a_wait_is_over) {
    polls.answer(
        429, R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 25"})");
    polls.answer(200, R"({"ok":true,"result":[]})");
    EXPECT_EQ(poll(update_id{5}, 10s).error().code, errc::refused);
    const time_point until = timers.now() + 25s;
    for (int i = 0; i < 2; ++i) {
        const time_point began = timers.now();
        const auto held = poll(update_id{6}, 10s);
        EXPECT_EQ(held.error().code, errc::refused);
        EXPECT_EQ(timers.now() - began, 10s);
    }
    EXPECT_EQ(polls.seen.size(), 1u);
    EXPECT_TRUE(poll(update_id{6}, 10s).has_value());
    EXPECT_EQ(polls.seen.at(1).at, until);
}

TEST_F(bot_account_test, a_conflict_is_reported_and_left_to_the_caller) {
    polls.answer(409,
                 R"({"ok":false,"error_code":409,"description":"Conflict: terminated by other"})");
    EXPECT_EQ(poll(update_id{5}, 10s).error().code, errc::conflict);
    EXPECT_EQ(polls.seen.size(), 1u);
}

TEST_F(bot_account_test, what_could_not_be_read_is_counted) {
    polls.answer(200,
                 "{\"ok\":true,\"result\":[{\"update_id\":5,\"message\":{\"text\":\"\xFF\"}}]}");
    polls.answer(200, R"({"ok":true,"result":[]})");
    EXPECT_EQ(poll(update_id{5}, 1s).value().size(), 1u);
    EXPECT_EQ(poll(update_id{6}, 1s).value().size(), 0u);
    EXPECT_EQ(account->figures().updates_unreadable, 1u);
    EXPECT_EQ(account->figures().answers_repaired, 1u);
}

TEST_F(bot_account_test, cancelling_a_send_throws) {
    asio::cancellation_signal stop;
    boost::system::error_code thrown;
    const auto on_end = [&](const std::exception_ptr& failure, const outcome&) {
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            thrown = error.code();
        }
    };
    asio::co_spawn(io, account->execute(copying, chat_id{1}),
                   asio::bind_cancellation_slot(stop.slot(), on_end));
    timers.run_until(timers.now() + 10ms);
    stop.emit(asio::cancellation_type::terminal);
    timers.run();
    EXPECT_EQ(thrown, asio::error::operation_aborted);
}

}  // namespace
}  // namespace baudot::telegram::bot_api
