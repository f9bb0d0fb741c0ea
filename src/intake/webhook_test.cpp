#include "intake/webhook.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "async/virtual_timers.hpp"
#include "observe/log_capture.hpp"
#include "telegram/bot_api/answers.hpp"

namespace baudot::intake {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using telegram::bot_api::webhook_info;

/// Telegram, as far as it knows the webhook of one bot.
class fake_server final : public telegram::bot_api::bot_account {
public:
    std::optional<error> trouble;
    webhook_info is;
    std::string secret;
    int sets = 0;
    int deletions = 0;

    const std::string& name() const override { return name_; }
    account_id id() const override { return account_id{7}; }
    const telegram::bot_api::bot_figures& figures() const override { return figures_; }
    time_point queries_held_until() const override { return {}; }
    asio::awaitable<result<telegram::identity>> get_me() override {
        co_return telegram::identity{};
    }
    asio::awaitable<result<telegram::chat_info>> get_chat(chat_reference) override {
        co_return telegram::chat_info{};
    }
    asio::awaitable<result<telegram::membership>> get_membership(chat_id, account_id) override {
        co_return telegram::membership{};
    }
    asio::awaitable<result<chat_id>> moved_to(chat_id) override { co_return chat_id{}; }
    asio::awaitable<result<std::vector<telegram::chat_info>>> peek_chats() override {
        co_return std::vector<telegram::chat_info>{};
    }
    asio::awaitable<result<telegram::update_batch>> poll(update_id, duration) override {
        co_return telegram::update_batch{};
    }
    asio::awaitable<outcome> execute(const operation&, chat_id) override { co_return outcome{}; }

    asio::awaitable<result<webhook_info>> get_webhook_info() override {
        if (trouble) co_return std::unexpected(*trouble);
        co_return is;
    }
    asio::awaitable<result<void>> set_webhook(
        const telegram::bot_api::webhook_settings& what) override {
        if (trouble) co_return std::unexpected(*trouble);
        ++sets;
        is.url = what.url;
        secret = what.secret;
        co_return result<void>{};
    }
    asio::awaitable<result<void>> delete_webhook() override {
        if (trouble) co_return std::unexpected(*trouble);
        ++deletions;
        is.url.clear();
        co_return result<void>{};
    }
    result<update> read_posted(std::string_view body) override {
        auto read = reader_.update_posted(body, id());
        if (!read) return std::unexpected(read.error());
        return read->updates.front();
    }

private:
    const std::string name_ = "reader";
    telegram::bot_api::bot_figures figures_;
    telegram::bot_api::answer_reader reader_;
};

const std::string ours = "https://relay.example.com/telegram/reader";
const std::string secret = "a_secret-of_this_test";

std::string post(int message, int chat = -1001) {
    return R"({"update_id":)" + std::to_string(1000 + message) +
           R"(,"channel_post":{"message_id":)" + std::to_string(message) +
           R"(,"text":"x","chat":{"id":)" + std::to_string(chat) + R"(,"type":"channel"}}})";
}

class webhook_test : public testing::Test {
public:
    ~webhook_test() override {
        tasks_.request_stop();
        wait({});
    }

protected:
    asio::awaitable<void> withdraw(std::optional<result<void>>& to) {
        to = co_await withdraw_webhook(server, ours, timers_, logger());
    }

    void start() {
        tasks_.spawn("webhook", [](webhook_test& self) -> asio::awaitable<void> {
            self.ended = co_await self.tested.run();
        }(*this));
        wait(1s);
    }

    void wait(duration time) { timers_.run_until(timers_.now() + time); }
    observe::logger logger() const { return {log, "intake"}; }

    /// A post whose answer is in answers[its place] as soon as it is there.
    void begin(std::string with, std::string body) {
        const std::size_t at = answers.size();
        answers.emplace_back();
        tasks_.spawn("post",
                     [](webhook_test& self, std::size_t place, std::string given,
                        std::string text) -> asio::awaitable<void> {
                         self.answers[place] = co_await self.tested.take(given, text);
                     }(*this, at, std::move(with), std::move(body)));
        wait(1ms);
    }

    int answer(std::string with, std::string body) {
        begin(std::move(with), std::move(body));
        return answers.back().value_or(0);
    }

    asio::awaitable<result<void>> accept(telegram::update_batch batch) {
        for (const update& each : batch) accepted.push_back(each);
        co_await timers_.sleep_until(timers_.now() + sync_time);
        co_return durable;
    }

    asio::io_context io_;
    virtual_timers timers_{io_};
    fake_server server;
    std::shared_ptr<observe::log_capture> log = std::make_shared<observe::log_capture>();
    std::vector<update> accepted;
    std::vector<std::optional<int>> answers;
    duration sync_time{};
    result<void> durable;
    bool is_open = true;
    std::optional<error> ended;
    webhook tested{server,
                   {.settings = {.url = ours, .secret = secret}},
                   [this](telegram::update_batch batch) { return accept(std::move(batch)); },
                   [this] { return is_open; },
                   timers_,
                   logger()};
    task_group tasks_{io_.get_executor()};
};

TEST_F(webhook_test, answers_only_what_is_durable) {
    sync_time = 3s;
    begin(secret, post(1));
    wait(2s);
    EXPECT_EQ(answers[0], std::nullopt) << "P1";
    wait(2s);
    EXPECT_EQ(answers[0], 200);
    durable = fail(errc::shutting_down, "intake is closed");
    begin(secret, post(2));
    wait(4s);
    EXPECT_EQ(answers[1], 503);
    EXPECT_EQ(tested.taken(), 1U);
}

TEST_F(webhook_test, posts_that_overlap_are_accepted_in_the_order_in_which_they_came) {
    sync_time = 1s;
    for (int message = 1; message <= 50; ++message)
        begin(secret, post(message, -1001 - message % 3));
    wait(2s);
    ASSERT_EQ(accepted.size(), 50U);
    for (int message = 1; message <= 50; ++message) {
        const update& each = accepted[static_cast<std::size_t>(message - 1)];
        EXPECT_EQ(each.content.id, message_id{message});
        EXPECT_EQ(each.id, id_of_posted) << "nobody may poll from there on";
    }
    EXPECT_EQ(std::ranges::count(answers, std::optional(200)), 50);
}

TEST_F(webhook_test, takes_nothing_with_a_wrong_secret_and_nothing_while_it_is_closed) {
    for (std::string wrong : {"", "a", "a_secret-of_this_tesT", "a_secret-of_this_test1"}) {
        EXPECT_EQ(answer(std::move(wrong), post(1)), 401);
    }
    EXPECT_EQ(answer(secret + secret, post(1)), 401);
    EXPECT_EQ(tested.refused(), 5U);
    is_open = false;
    EXPECT_EQ(answer(secret, post(1)), 503);
    EXPECT_EQ(answer("wrong", post(1)), 401) << "and who has no secret is not told";
    is_open = true;
    EXPECT_EQ(answer(secret, "hello"), 400);
    EXPECT_TRUE(accepted.empty());
    EXPECT_EQ(answer(secret, post(1)), 200);
    EXPECT_EQ(log->count(secret), 0U);
}

TEST_F(webhook_test, a_secret_is_the_same_only_when_every_byte_is) {
    EXPECT_TRUE(is_same_secret("abcdefgh", "abcdefgh"));
    for (const char* wrong :
         {"", "a", "abcdefg", "abcdefghi", "Abcdefgh", "abcdefgH", "abcdefghabcdefgh"}) {
        EXPECT_FALSE(is_same_secret(wrong, "abcdefgh")) << wrong;
    }
    EXPECT_FALSE(is_same_secret("", ""));
}

TEST_F(webhook_test, sets_the_webhook_and_looks_whether_it_stands) {
    start();
    EXPECT_EQ(tested.state(), poller_state::listening);
    EXPECT_EQ(server.is.url, ours);
    EXPECT_EQ(server.secret, secret);
    wait(10min);
    EXPECT_EQ(server.sets, 1);
}

TEST_F(webhook_test, waits_trouble_out_and_ends_with_a_refused_token) {
    server.trouble = error{errc::connection_failed, "no route"};
    start();
    EXPECT_EQ(tested.state(), poller_state::waiting);
    server.trouble.reset();
    wait(1min);
    EXPECT_EQ(tested.state(), poller_state::listening);
    server.trouble = error{errc::unauthorized, "Unauthorized"};
    wait(2min);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->code, errc::unauthorized);
    EXPECT_EQ(tested.state(), poller_state::lost);
}

TEST_F(webhook_test, takes_back_a_webhook_that_another_program_has_changed_and_says_so_once) {
    start();
    server.is.url = "https://elsewhere.example.org/secret";
    wait(61s);
    EXPECT_EQ(tested.state(), poller_state::conflict);
    EXPECT_EQ(log->count("another program has changed the webhook of this bot"), 1U);
    EXPECT_EQ(log->count("elsewhere.example.org"), 1U);
    EXPECT_EQ(log->count("org/secret"), 0U) << "its address may be a secret";
    wait(2min);
    EXPECT_EQ(server.is.url, ours);
    EXPECT_EQ(tested.state(), poller_state::listening);
}

TEST_F(webhook_test, reports_each_complaint_of_telegram_once) {
    server.is.last_error_date = 1'700'000'000;
    server.is.last_error_message = "Connection timed out";
    start();
    wait(10min);
    EXPECT_EQ(log->count("Telegram could not post to the webhook"), 1U);
    server.is.last_error_date += 60;
    wait(2min);
    EXPECT_EQ(log->count("Telegram could not post to the webhook"), 2U);
}

TEST_F(webhook_test, is_taken_away_only_when_it_is_ours) {
    std::optional<result<void>> done;
    server.is.url = "https://elsewhere.example.org/";
    tasks_.spawn("withdraw", withdraw(done));
    wait(1s);
    EXPECT_TRUE(done && *done);
    EXPECT_EQ(server.deletions, 0);

    done.reset();
    server.is.url = ours;
    server.trouble = error{errc::timed_out, "no answer"};
    tasks_.spawn("withdraw", withdraw(done));
    wait(10s);
    EXPECT_FALSE(done) << "trouble is waited out";
    server.trouble.reset();
    wait(1min);
    EXPECT_TRUE(done && *done);
    EXPECT_EQ(server.deletions, 1);
}

}  // namespace
}  // namespace baudot::intake
