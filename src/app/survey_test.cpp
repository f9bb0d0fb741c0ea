#include "app/survey.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "app/fake_bot_test.hpp"
#include "app/startup.hpp"
#include "async/virtual_timers.hpp"
#include "observe/log_capture.hpp"

namespace baudot::app {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class survey_test : public testing::Test {
protected:
    fake_bot& add(const std::string& name) {
        const account_id id{static_cast<std::int64_t>(accounts.size()) + 1};
        auto made = std::make_unique<fake_bot>(timers, name, id);
        fake_bot& bot = *made;
        accounts.emplace_back().bot = std::move(made);
        return bot;
    }

    findings ask(const std::vector<chat_reference>& chats, survey_options options = {},
                 const std::vector<chat_reference>& named = {}) {
        survey asking(accounts, timers, {lines, "startup"}, options);
        std::optional<findings> found;
        const time_point begun = timers.now();
        asio::co_spawn(io, asking.ask(chats, named),
                       [&](const std::exception_ptr& failure, findings got) {
                           if (failure) std::rethrow_exception(failure);
                           found = std::move(got);
                           took = timers.now() - begun;
                       });
        timers.run();
        io.restart();
        return std::move(found.value());
    }

    static std::vector<chat_reference> many(std::size_t count) {
        std::vector<chat_reference> chats;
        chats.reserve(count);
        for (std::size_t at = 0; at < count; ++at) {
            chats.emplace_back(chat_id{-1000 - static_cast<std::int64_t>(at)});
        }
        return chats;
    }

    asio::io_context io{1};
    virtual_timers timers{io};
    std::shared_ptr<observe::log_capture> lines = std::make_shared<observe::log_capture>();
    std::vector<connected_account> accounts;
    duration took{};
};

TEST_F(survey_test, twenty_accounts_and_a_thousand_chats_take_seconds) {
    for (int at = 0; at < 20; ++at) add("bot" + std::to_string(at));
    const findings found = ask(many(1'000));
    EXPECT_EQ(found.views.size(), 20'000u);
    EXPECT_LT(took, 7s);  // 125 rounds of 50 ms; one after another it would be 1,000 s
    EXPECT_EQ(lines->count("asking Telegram about accounts and chats"), 1u);
    for (connected_account& each : accounts) {
        EXPECT_EQ(dynamic_cast<fake_bot&>(*each.bot).most_in_flight, 8u);
    }
}

TEST_F(survey_test, a_short_one_says_nothing) {
    add("bot");
    (void)ask(many(100));
    EXPECT_TRUE(lines->lines().empty());
}

TEST_F(survey_test, a_wait_holds_its_account_and_no_other) {
    fake_bot& held = add("held");
    fake_bot& other = add("other");
    held.refuse_at = 20;
    other.in[chat_id{-1000}] = administrator;
    const findings found = ask(many(100));
    EXPECT_GE(took, 30s);
    EXPECT_EQ(held.before_wait_over, 0u);
    EXPECT_EQ(found.views.size(), 200u);
    EXPECT_EQ(held.asked, 1 + 100 + 1u) << "what was refused is asked once more";
    EXPECT_TRUE(found.find(1, chat_id{-1000})->is->can_post);
    EXPECT_FALSE(found.find(0, chat_id{-1000})->is.has_value());
}

TEST_F(survey_test, trouble_is_waited_out_for_as_long_as_it_lasts) {
    add("bot").away_until = timers.now() + 10min;
    const findings found = ask(many(1));
    EXPECT_TRUE(found.accounts[0].who.has_value());
    EXPECT_GE(took, 10min);
    EXPECT_GE(lines->count("no answer yet"), 5u);
    EXPECT_GE(lines->count("account=bot"), 5u);
}

TEST_F(survey_test, an_account_whose_token_is_refused_is_asked_no_more) {
    fake_bot& lost = add("lost");
    fake_bot& good = add("good");
    lost.token_refused = true;
    good.in[chat_id{-1000}] = administrator;
    const findings found = ask(many(100));
    EXPECT_EQ(found.accounts[0].who.error().code, errc::unauthorized);
    EXPECT_EQ(lost.asked, 1u);
    EXPECT_TRUE(found.accounts[1].who.has_value());
    EXPECT_TRUE(found.find(1, chat_id{-1000})->is->can_post);
}

TEST_F(survey_test, a_name_is_looked_up_until_one_account_knows_it) {
    fake_bot& first = add("first");
    fake_bot& second = add("second");
    fake_bot& third = add("third");
    second.chats[chat_id{-1007}] = {.id = chat_id{-1007}, .username = "news"};
    third.chats = second.chats;
    const findings found = ask({std::string("@news"), std::string("@news"), std::string("@gone")});
    EXPECT_EQ(found.resolve(std::string("@news")).value(), chat_id{-1007});
    EXPECT_EQ(found.resolve(chat_id{-5}).value(), chat_id{-5});
    EXPECT_EQ(found.resolve(std::string("@gone")).error().code, errc::not_found);
    const auto asked = [](const fake_bot& bot, const std::string& name) {
        return std::ranges::count(bot.names_asked, name);
    };
    EXPECT_EQ(asked(first, "@news"), 1);
    EXPECT_EQ(asked(second, "@news"), 1);
    EXPECT_EQ(asked(third, "@news"), 0) << "look-ups of names are few: 200 a day";
    EXPECT_EQ(found.views.size(), 3u);
}

TEST_F(survey_test, usernames_are_asked_for_where_they_are_wanted_and_of_one_account) {
    fake_bot& first = add("first");
    fake_bot& second = add("second");
    const telegram::chat_info news{.id = chat_id{-1000}, .username = "news"};
    for (fake_bot* const each : {&first, &second}) {
        each->in[chat_id{-1000}] = administrator;
        each->in[chat_id{-1001}] = administrator;
    }
    second.chats[chat_id{-1000}] = news;
    second.chats[chat_id{-1001}] = {.id = chat_id{-1001}, .username = "more"};
    const std::vector<chat_reference> named{chat_id{-1000}};
    const findings found = ask(many(2), {}, named);
    using all = std::map<chat_id, std::string>;
    EXPECT_EQ(found.usernames(), (all{{chat_id{-1000}, "news"}})) << "the first did not know it";
    EXPECT_EQ(make_roster(found).username(chat_id{-1000}), "news");
    first.chats[chat_id{-1000}] = news;
    const auto before = second.asked;
    EXPECT_EQ(ask(many(2), {}, named).usernames(), (all{{chat_id{-1000}, "news"}}));
    EXPECT_EQ(second.asked - before, 3U) << "who it is, and what it may do in two chats";
    EXPECT_EQ(ask({std::string("@more")}).usernames(), (all{{chat_id{-1001}, "more"}}))
        << "what is written is known";
}

TEST_F(survey_test, with_a_bound_it_ends_whatever_telegram_does) {
    fake_bot& away = add("away");
    fake_bot& held = add("held");
    fake_bot& slow = add("slow");
    away.away_until = timers.now() + 24h;
    held.refuse_at = 1;
    held.refuse_for = 1h;
    slow.latency = 40s;
    const findings found =
        ask(many(50),
            {.give_up = timers.now() + 1min, .patience = 10s, .describes = true, .probes = true});
    EXPECT_LE(took, 1min);
    EXPECT_EQ(found.accounts[0].who.error().code, errc::connection_failed);
    EXPECT_TRUE(found.accounts[1].who.has_value());
    ASSERT_NE(found.find(1, chat_id{-1000}), nullptr);
    EXPECT_EQ(found.find(1, chat_id{-1000})->is.error().code, errc::timed_out);
    EXPECT_EQ(held.before_wait_over, 0u);
    EXPECT_EQ(found.find(2, chat_id{-1000})->is.error().code, errc::timed_out);
}

TEST_F(survey_test, what_is_described_is_title_webhook_and_where_a_group_went) {
    fake_bot& bot = add("bot");
    bot.webhook.url = "https://example.org/";
    bot.in[chat_id{-1000}] = plain_member;
    bot.in[chat_id{-1001}] = plain_member;
    bot.chats[chat_id{-1000}] = {
        .id = chat_id{-1000}, .kind = chat_kind::group, .title = "Old", .username = {}};
    bot.chats[chat_id{-1001}] = {
        .id = chat_id{-1001}, .kind = chat_kind::channel, .title = "News", .username = {}};
    bot.moved[chat_id{-1000}] = chat_id{-1005};
    const findings found = ask(many(2), {.describes = true, .probes = true});
    EXPECT_EQ(found.accounts[0].webhook.url, "https://example.org/");
    EXPECT_EQ(found.find(0, chat_id{-1000})->moved_to, chat_id{-1005});
    EXPECT_EQ(found.find(0, chat_id{-1001})->moved_to, chat_id{});
    EXPECT_EQ(found.find(0, chat_id{-1001})->chat->title, "News");
}

}  // namespace
}  // namespace baudot::app
