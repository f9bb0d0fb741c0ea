#include "app/startup.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "app/fake_bot_test.hpp"
#include "observe/log_capture.hpp"
#include "router/router.hpp"

namespace baudot::app {
namespace {

class startup_test : public testing::Test {
protected:
    startup_test() {
        for (const char* name : {"reader", "poster"}) {
            const account_id id{static_cast<std::int64_t>(found.accounts.size()) + 1};
            found.accounts.push_back({.name = name,
                                      .id = id,
                                      .who = telegram::identity{.id = id, .username = name},
                                      .webhook = {}});
        }
        found.names.emplace("@known", chat_id{-10});
        found.names.emplace("@hidden", fail(errc::not_found, "chat not found"));
        route("good", {std::string("@known")}, {chat_id{-20}});
    }

    void route(std::string name, std::vector<chat_reference> from, std::vector<chat_reference> to) {
        route_settings& made = from_file.routes.emplace_back();
        made.name = std::move(name);
        for (chat_reference& each : from) made.from.push_back({std::move(each)});
        for (chat_reference& each : to) made.to.push_back({std::move(each)});
    }
    void lose(std::size_t account) {
        found.accounts[account].who = fail(errc::unauthorized, "Unauthorized");
    }

    settings from_file;
    findings found;
    std::shared_ptr<observe::log_capture> lines = std::make_shared<observe::log_capture>();
    observe::logger log{lines, "startup"};
};

TEST_F(startup_test, names_become_ids) {
    const auto rules = resolve_routes(from_file, found, log);
    ASSERT_EQ(rules.value().routes.size(), 1u);
    EXPECT_EQ(rules->routes[0].from, std::vector{chat_id{-10}});
    EXPECT_EQ(rules->routes[0].to, std::vector{chat_id{-20}});
    EXPECT_TRUE(lines->lines().empty());
}

TEST_F(startup_test, a_name_that_no_account_sees_stops_the_start) {
    route("bad", {std::string("@hidden")}, {chat_id{-20}});
    const auto rules = resolve_routes(from_file, found, log);
    EXPECT_EQ(rules.error().code, errc::not_found);
    EXPECT_NE(rules.error().message.find("@hidden"), std::string::npos);
}

TEST_F(startup_test, what_only_a_lost_account_may_see_stops_no_other_route) {
    route("bad", {std::string("@hidden")}, {chat_id{-20}});
    route("half", {std::string("@known")}, {std::string("@hidden"), chat_id{-21}});
    lose(1);
    const auto rules = resolve_routes(from_file, found, log);
    ASSERT_EQ(rules.value().routes.size(), 2u);
    EXPECT_EQ(rules->routes[1].name, "half");
    EXPECT_EQ(rules->routes[1].to, std::vector{chat_id{-21}});
    EXPECT_EQ(lines->count("route=bad"), 1u);
    EXPECT_EQ(lines->count("route=half"), 1u);
}

TEST_F(startup_test, what_a_route_of_a_lost_account_takes_is_nothing_other) {
    route("far", {std::string("@known")}, {std::string("@hidden")});
    from_file.routes[0].include = {"one"};
    from_file.routes[1].include = {"two"};
    for (route_settings& each : from_file.routes) each.other = chat_text{chat_id{-30}};
    lose(1);
    const auto rules = resolve_routes(from_file, found, log);
    ASSERT_EQ(rules.value().routes.size(), 2u);
    const auto compiled = router::compiled_rules::compile(*rules);
    ASSERT_TRUE(compiled);
    update_received post{{.account = account_id{1}, .kind = update_kind::post}};
    post.what.content.chat = chat_id{-10};
    const auto planned = [&](const char* text) {
        post.what.content.text.text = text;
        return compiled->plan_for({.what = post, .position = sequence{1}}, make_roster(found))
            .plans;
    };
    EXPECT_EQ(planned("two").size(), 0u) << "it is owed to @hidden, not other";
    ASSERT_EQ(planned("three").size(), 1u);
    EXPECT_EQ(planned("three")[0].deliveries[0].destination, chat_id{-30});
}

TEST_F(startup_test, one_refused_token_is_named_and_the_others_work) {
    lose(0);
    EXPECT_TRUE(judge_accounts(found, log).has_value());
    EXPECT_EQ(lines->count("account is lost"), 1u);
    EXPECT_EQ(lines->count("account=reader"), 1u);
    EXPECT_TRUE(is_lost(found, 0));
    EXPECT_FALSE(is_lost(found, 1));
}

TEST_F(startup_test, with_no_account_left_there_is_nothing_to_run) {
    lose(0);
    lose(1);
    EXPECT_EQ(judge_accounts(found, log).error().code, errc::unauthorized);
}

TEST_F(startup_test, the_roster_holds_what_the_accounts_that_work_may_do) {
    const auto view = [](result<telegram::membership> is) {
        return findings::view{.is = std::move(is), .chat = {}, .moved_to = {}};
    };
    found.views.emplace(std::pair{0, chat_id{-20}}, view(administrator));
    found.views.emplace(std::pair{1, chat_id{-20}}, view(administrator));
    found.views.emplace(std::pair{1, chat_id{-10}}, view(fail(errc::rejected, "kicked")));
    lose(0);
    const engine::roster can = make_roster(found);
    ASSERT_EQ(can.posters(chat_id{-20}).size(), 1u);
    EXPECT_EQ(can.posters(chat_id{-20})[0], account_id{2});
    EXPECT_FALSE(can.sees(account_id{2}, chat_id{-10}));
    rule_set rules;
    rules.routes.push_back({.name = "r", .from = {chat_id{-10}}, .to = {chat_id{-20}}});
    tell_unreachable(rules, can, log);
    EXPECT_TRUE(lines->lines().empty());
    rules.routes[0].to.push_back(chat_id{-21});
    tell_unreachable(rules, can, log);
    EXPECT_EQ(lines->count("chat=-21"), 1u);
}

}  // namespace
}  // namespace baudot::app
