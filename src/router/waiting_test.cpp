// Routes whose transforms wait for an answer: nothing of them is planned, all else is.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "router/router.hpp"

namespace baudot::router {
namespace {

constexpr chat_id source{-1'001'000'000'001};
constexpr chat_id first_target{-1'001'000'000'002};
constexpr chat_id second_target{-1'001'000'000'003};
constexpr account_id alice{601};

struct one_account final : capabilities {
    std::span<const account_id> posters(chat_id) const override { return accounts; }
    bool sees(account_id, chat_id) const override { return true; }
    bool can_send_media(account_id, chat_id) const override { return true; }
    std::vector<account_id> accounts{alice};
};

/// Says what the test has it say, by the name of the API.
struct scripted_world final : text::outside {
    text::applied rewrite(const rewrite_request& what, const text::transform_input& of,
                          text::marked_text& to) override {
        asked.push_back(what.api + " by " + std::string(of.route));
        if (states[what.api] == text::applied::state::done) {
            to.bytes += " by " + what.api;
            to.body_end = to.bytes.size();
            to.is_changed = true;
        }
        return {.is = states[what.api]};
    }
    std::map<std::string, text::applied::state> states;
    std::vector<std::string> asked;
};

transform_steps asking(std::string api) {
    return {{.what = ask_step{{.api = std::move(api), .to = "de"}}}};
}

struct waiting : testing::Test {
    one_account can;
    scripted_world world;
    update_received received;
    route translated{
        .name = "translated", .from = {source}, .to = {first_target}, .transform = asking("a")};
    route plain{.name = "plain", .from = {source}, .to = {second_target}};

    waiting() {
        received.what = {.account = alice, .kind = update_kind::post};
        received.what.content.chat = source;
        received.what.content.id = message_id{10};
        received.what.content.text.text = "text";
    }

    post_plan run(std::string_view only = {},
                  std::function<bool(std::string_view)> is_behind = {}) {
        const auto rules = compiled_rules::compile({.routes = {translated, plain}});
        EXPECT_TRUE(rules);
        return rules->plan_for({.what = received,
                                .position = sequence{77},
                                .only = only,
                                .is_behind = std::move(is_behind),
                                .world = &world},
                               can);
    }

    static std::vector<std::string> planned(const post_plan& of) {
        std::vector<std::string> names;
        names.reserve(of.plans.size());
        for (const deliveries_planned& each : of.plans) names.push_back(each.route);
        return names;
    }
};

using state = text::applied::state;
using names = std::vector<std::string>;

TEST_F(waiting, a_route_that_waits_is_named_and_the_others_are_planned) {
    world.states["a"] = state::waits;
    const post_plan made = run();
    EXPECT_EQ(made.waiting, names{"translated"});
    EXPECT_EQ(planned(made), names{"plain"});
}

TEST_F(waiting, an_answer_is_planned) {
    world.states["a"] = state::done;
    const post_plan made = run();
    EXPECT_EQ(made.waiting, names{});
    ASSERT_EQ(planned(made), (names{"translated", "plain"}));
    const operation& what = made.plans[0].variants.at(0);
    EXPECT_EQ(std::get<send_text>(what.what).text.text, "text by a");
}

TEST_F(waiting, without_an_answer_the_post_is_a_letter_that_says_so) {
    world.states["a"] = state::failed;
    const post_plan made = run();
    EXPECT_EQ(made.waiting, names{});
    ASSERT_EQ(planned(made), (names{"translated", "plain"}));
    ASSERT_EQ(made.plans[0].deliveries.size(), 1U);
    EXPECT_EQ(made.plans[0].deliveries[0].why, reject_class::transform_failed);
    EXPECT_TRUE(made.plans[0].variants.empty());
}

TEST_F(waiting, a_route_behind_others_waits_and_asks_nobody) {
    world.states["a"] = state::done;
    const post_plan made = run({}, [](std::string_view route) { return route == "translated"; });
    EXPECT_EQ(made.waiting, names{"translated"});
    EXPECT_EQ(planned(made), names{"plain"});
    EXPECT_EQ(world.asked, names{});
}

TEST_F(waiting, of_one_route_nothing_else_is_planned) {
    world.states["a"] = state::done;
    EXPECT_EQ(planned(run("translated")), names{"translated"});
    world.asked.clear();
    EXPECT_EQ(planned(run("plain")), names{"plain"});
    EXPECT_EQ(world.asked, names{});
    EXPECT_EQ(planned(run("gone")), names{});
}

TEST_F(waiting, all_destinations_of_a_route_are_asked_for_at_once) {
    world.states["a"] = state::waits;
    world.states["b"] = state::waits;
    translated.transform = {};
    translated.to = {first_target, second_target};
    translated.transform_of = {{first_target, asking("a")}, {second_target, asking("b")}};
    world.asked.clear();
    EXPECT_EQ(run().waiting, names{"translated"});
    EXPECT_EQ(world.asked, (names{"a by translated", "b by translated"}));
    world.states["a"] = state::done;
    EXPECT_EQ(run().waiting, names{"translated"}) << "a plan has all destinations, or none";
}

TEST_F(waiting, a_destination_is_taken_by_the_route_that_waits_for_it) {
    world.states["a"] = state::waits;
    plain.to = {first_target};
    translated.per_destination = plain.per_destination = destination_policy::first;
    const post_plan made = run();
    EXPECT_EQ(made.waiting, names{"translated"});
    EXPECT_EQ(planned(made), names{});
    world.states["a"] = state::done;
    EXPECT_EQ(planned(run("translated")), names{"translated"});
}

TEST_F(waiting, reviews_are_planned_with_the_first_plan_alone) {
    world.states["a"] = state::waits;
    plain.include = {"never"};
    plain.other = chat_id{-1'001'000'000'004};
    const post_plan first = run();
    EXPECT_EQ(first.waiting, names{"translated"});
    EXPECT_EQ(planned(first), names{"plain"});
    world.states["a"] = state::done;
    EXPECT_EQ(planned(run("translated")), names{"translated"});
}

TEST_F(waiting, nobody_is_asked_without_a_world_or_a_text) {
    const auto rules = compiled_rules::compile({.routes = {translated}});
    ASSERT_TRUE(rules);
    EXPECT_TRUE(rules->plan_for({.what = received}, can).waiting.empty());
    received.what.content.content = content_kind::photo;
    received.what.content.text.text.clear();
    run();
    EXPECT_EQ(world.asked, names{});
}

}  // namespace
}  // namespace baudot::router
