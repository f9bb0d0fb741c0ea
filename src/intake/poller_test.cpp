#include "intake/poller.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "async/task_group.hpp"
#include "async/virtual_timers.hpp"
#include "observe/log_capture.hpp"

namespace baudot::intake {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

telegram::update_batch updates(std::initializer_list<int> ids) {
    telegram::update_batch batch;
    for (const int id : ids) {
        batch.emplace_back();
        batch.back().id = update_id{id};
    }
    return batch;
}

/// Answers from a script, then waits as a long poll does.
class scripted_account final : public telegram::account {
public:
    explicit scripted_account(timer_service& timers) : timers_(timers) {}

    const std::string& name() const override { return name_; }
    asio::awaitable<result<telegram::identity>> get_me() override {
        co_return telegram::identity{};
    }
    asio::awaitable<result<telegram::chat_info>> get_chat(chat_reference) override {
        co_return telegram::chat_info{};
    }
    asio::awaitable<result<telegram::membership>> get_membership(chat_id, account_id) override {
        co_return telegram::membership{};
    }
    asio::awaitable<outcome> execute(const operation&, chat_id) override { co_return outcome{}; }

    asio::awaitable<result<telegram::update_batch>> poll(update_id confirmed,
                                                         duration wait) override {
        asked.emplace_back(confirmed, timers_.now());
        if (script.empty()) {
            co_await timers_.sleep_until(timers_.now() + wait);
            co_return telegram::update_batch{};
        }
        auto next = std::move(script.front());
        script.pop_front();
        co_return next;
    }

    std::deque<result<telegram::update_batch>> script;
    std::vector<std::pair<update_id, time_point>> asked;

private:
    timer_service& timers_;
    std::string name_ = "reader";
};

class poller_test : public testing::Test {
protected:
    ~poller_test() override {
        tasks.request_stop();
        timers.run_until(timers.now());
    }

    void start(acceptor accept) {
        tested = std::make_unique<poller>(account, update_id{7}, std::move(accept), timers,
                                          observe::logger(log, "intake"));
        tasks.spawn("poller", run());
    }
    void start() {
        start([this](telegram::update_batch batch) -> asio::awaitable<result<void>> {
            return accept(std::move(batch));
        });
    }
    void wait(duration time) { timers.run_until(timers.now() + time); }

    asio::awaitable<result<void>> accept(telegram::update_batch batch) {
        co_await timers.sleep_until(timers.now() + 10ms);  // the disk
        accepted += batch.size();
        co_return result<void>{};
    }
    asio::awaitable<void> run() { ended = co_await tested->run(); }

    int logged(std::string_view part) const {
        int found = 0;
        for (const auto& line : log->lines()) found += line.event.contains(part);
        return found;
    }

    asio::io_context io;
    virtual_timers timers{io};
    std::shared_ptr<observe::log_capture> log = std::make_shared<observe::log_capture>();
    scripted_account account{timers};
    std::unique_ptr<poller> tested;
    std::optional<error> ended;
    std::size_t accepted = 0;
    task_group tasks{io.get_executor()};
};

TEST_F(poller_test, confirms_only_what_is_durable) {
    account.script.push_back(updates({7, 8, 9}));
    account.script.push_back(updates({10}));
    start();
    wait(5ms);
    EXPECT_EQ(account.asked.size(), 1U) << "the batch is not durable yet";
    wait(1s);
    ASSERT_EQ(account.asked.size(), 3U);
    EXPECT_EQ(account.asked[0].first, update_id{7});
    EXPECT_EQ(account.asked[1].first, update_id{10});
    EXPECT_EQ(account.asked[2].first, update_id{11});
    EXPECT_EQ(accepted, 4U);
    EXPECT_EQ(tested->state(), poller_state::listening);
}

TEST_F(poller_test, a_batch_that_cannot_be_kept_is_never_confirmed) {
    account.script.push_back(updates({7}));
    start([](telegram::update_batch) -> asio::awaitable<result<void>> {
        co_return fail(errc::io_failed, "the disk is gone");
    });
    wait(1h);
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->code, errc::io_failed);
    EXPECT_EQ(account.asked.size(), 1U);
}

TEST_F(poller_test, an_id_that_restarts_lower_is_followed) {
    account.script.push_back(updates({900}));
    account.script.push_back(updates({5}));
    start();
    wait(1s);
    EXPECT_EQ(account.asked.back().first, update_id{6});
}

TEST_F(poller_test, trouble_is_waited_out_and_told_once) {
    for (int each = 0; each < 10; ++each) {
        account.script.push_back(fail(errc::connection_failed, "no route"));
    }
    account.script.push_back(updates({7}));
    start();
    wait(2min);
    EXPECT_EQ(tested->state(), poller_state::waiting);
    wait(10min);
    EXPECT_EQ(accepted, 1U);
    EXPECT_EQ(logged("no updates can be fetched"), 1);
    EXPECT_EQ(logged("updates arrive again"), 1);
    // 1, 2, 4, 8, 16, then 30 s each.
    EXPECT_EQ(account.asked[5].second - account.asked[0].second, 31s);
    EXPECT_EQ(account.asked[7].second - account.asked[6].second, 30s);
}

TEST_F(poller_test, a_conflict_is_an_error_only_when_it_lasts) {
    for (int each = 0; each < 5; ++each) account.script.push_back(fail(errc::conflict, "409"));
    account.script.push_back(updates({7}));
    start();
    wait(1min);
    EXPECT_EQ(accepted, 1U);
    EXPECT_EQ(logged("another program"), 0) << "what was left of our own last run";
    EXPECT_EQ(logged("fetched elsewhere"), 1) << "said once, at the first conflict";
    EXPECT_EQ(logged("updates arrive again"), 1);

    for (int each = 0; each < 20; ++each) account.script.push_back(fail(errc::conflict, "409"));
    wait(2min);
    EXPECT_EQ(logged("another program"), 1);
    EXPECT_EQ(tested->state(), poller_state::conflict);
}

TEST_F(poller_test, a_refused_token_ends_it) {
    account.script.push_back(fail(errc::unauthorized, "401"));
    start();
    wait(1s);
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->code, errc::unauthorized);
    EXPECT_EQ(tested->state(), poller_state::lost);
    EXPECT_EQ(logged("token"), 1);
}

}  // namespace
}  // namespace baudot::intake
