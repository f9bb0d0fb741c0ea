#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/delivery_id.hpp"
#include "router/router.hpp"

namespace baudot::router {
namespace {

constexpr chat_id source{-1'001'000'000'001};
constexpr chat_id first_target{-1'001'000'000'002};
constexpr chat_id second_target{-1'001'000'000'003};
constexpr account_id alice{601};
constexpr account_id bob{602};

struct known_accounts final : capabilities {
    std::map<chat_id, std::vector<account_id>> can_post;
    std::set<std::pair<account_id, chat_id>> members;
    std::set<std::pair<account_id, chat_id>> no_media;

    std::span<const account_id> posters(chat_id destination) const override {
        const auto found = can_post.find(destination);
        if (found == can_post.end()) return {};
        return found->second;
    }
    bool sees(account_id account, chat_id chat) const override {
        return members.contains({account, chat});
    }
    bool can_send_media(account_id account, chat_id destination) const override {
        return !no_media.contains({account, destination});
    }
};

struct planner : testing::Test {
    known_accounts accounts;
    update_received received;
    route relay{.name = "news", .from = {source}, .to = {first_target, second_target}};

    planner() {
        accounts.can_post = {{first_target, {alice, bob}}, {second_target, {bob}}};
        accounts.members = {{alice, source}, {bob, source}};
        received.what.account = alice;
        received.what.kind = update_kind::post;
        received.what.content.chat = source;
        received.what.content.id = message_id{10};
        received.what.content.text = {.text = "hello", .entities = {{.type = "bold", .length = 5}}};
    }

    message& post() { return received.what.content; }

    /// What can be delivered; the others are in `reasons`, and an event of them alone is left out.
    std::vector<deliveries_planned> run(std::vector<route> routes) {
        const auto rules = compiled_rules::compile({.routes = std::move(routes)});
        EXPECT_TRUE(rules);
        auto made =
            rules
                ->plan_for({.what = received, .position = sequence{77}, .received_at = 5}, accounts)
                .plans;
        const auto is_rejected = [](const planned_delivery& each) {
            return each.why != reject_class::none;
        };
        for (deliveries_planned& event : made) {
            EXPECT_FALSE(event.deliveries.empty());
            for (const planned_delivery& each : event.deliveries) {
                if (is_rejected(each)) reasons.push_back(each.why);
                EXPECT_NE(each.id, delivery_id{});
            }
            std::erase_if(event.deliveries, is_rejected);
        }
        std::erase_if(made, [](const auto& event) { return event.deliveries.empty(); });
        return made;
    }
    std::vector<deliveries_planned> run() { return run({relay}); }

    std::vector<reject_class> reasons;
};

TEST_F(planner, copies_to_every_destination_by_the_first_account_that_can_post) {
    relay.options = {.silent = true, .protect = true, .link_preview = false};
    relay.on_uncertain = uncertain_policy::skip;
    relay.terms = {traffic_class::broadcast, 5, std::chrono::minutes(1)};
    const auto made = run();
    ASSERT_EQ(made.size(), 1u);
    const deliveries_planned& event = made[0];
    EXPECT_EQ(event.cause, sequence{77});
    EXPECT_EQ(event.moved_from, sequence{});
    EXPECT_EQ(event.source, source);
    EXPECT_EQ(event.message, message_id{10});
    EXPECT_EQ(event.route, "news");
    EXPECT_EQ(event.on_uncertain, uncertain_policy::skip);
    EXPECT_EQ(event.terms, relay.terms);
    EXPECT_EQ(event.received_at, 5);
    ASSERT_EQ(event.variants.size(), 1u) << "content that is equal is stored once";
    EXPECT_EQ(event.variants[0],
              (operation{.what = copy_message{source, message_id{10}}, .options = relay.options}));
    ASSERT_EQ(event.deliveries.size(), 2u);
    EXPECT_EQ(event.deliveries[0].sender, alice);
    EXPECT_EQ(event.deliveries[0].destination, first_target);
    EXPECT_EQ(event.deliveries[1].sender, bob);
    EXPECT_EQ(event.deliveries[1].variant, 0u);
    EXPECT_EQ(event.deliveries[0].id, make_delivery_id({.source = source,
                                                        .reader = alice,
                                                        .message = message_id{10},
                                                        .route = "news",
                                                        .destination = first_target}));
    EXPECT_TRUE(reasons.empty());
}

TEST_F(planner, sends_the_text_with_its_entities_when_the_sender_does_not_see_the_source) {
    accounts.members = {{bob, source}};
    const auto made = run();
    ASSERT_EQ(made.size(), 1u);
    const deliveries_planned& event = made[0];
    ASSERT_EQ(event.variants.size(), 2u);
    EXPECT_EQ(event.variants[event.deliveries[0].variant].what,
              decltype(operation::what)(send_text{post().text}));
    EXPECT_EQ(event.variants[event.deliveries[1].variant].what,
              decltype(operation::what)(copy_message{source, message_id{10}}));
    EXPECT_EQ(event.deliveries[0].sender, alice)
        << "the first in the file, although bob could copy";
}

TEST_F(planner, media_goes_by_an_account_that_sees_the_source_or_not_at_all) {
    post().content = content_kind::photo;
    accounts.members = {{bob, source}};
    const auto made = run();
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0].deliveries[0].sender, bob);
    EXPECT_TRUE(reasons.empty());

    accounts.members = {};
    EXPECT_TRUE(run().empty());
    EXPECT_EQ(reasons, (std::vector{reject_class::needs_member, reject_class::needs_member}));
}

TEST_F(planner, media_needs_the_right_to_send_media_and_text_does_not) {
    accounts.no_media = {{alice, first_target}, {bob, second_target}};
    EXPECT_EQ(run()[0].deliveries[0].sender, alice);
    post().content = content_kind::video;
    const auto made = run();
    ASSERT_EQ(made.size(), 1u);
    ASSERT_EQ(made[0].deliveries.size(), 1u);
    EXPECT_EQ(made[0].deliveries[0].sender, bob);
    EXPECT_EQ(made[0].deliveries[0].destination, first_target);
    EXPECT_EQ(reasons, std::vector{reject_class::media_not_allowed});
}

TEST_F(planner, forwards_only_by_an_account_that_sees_the_source) {
    relay.mode = relay_mode::forward;
    EXPECT_EQ(run()[0].variants[0].what,
              decltype(operation::what)(forward_message{source, message_id{10}}));
    accounts.members = {{bob, source}};
    EXPECT_EQ(run()[0].deliveries[0].sender, bob);
    accounts.members = {};
    EXPECT_TRUE(run().empty());
    EXPECT_EQ(reasons, (std::vector{reject_class::needs_member, reject_class::needs_member}));
}

// What compares each destination with each does not end here before the test's time is over.
TEST_F(planner, plans_for_very_many_destinations_of_two_routes) {
    constexpr std::int64_t count = 300'000;
    route second = relay;
    second.name = "later";
    second.per_destination = destination_policy::first;
    relay.to.clear();
    for (std::int64_t each = 0; each < count; ++each) relay.to.push_back(chat_id{-9 - each});
    second.to = relay.to;
    second.to.push_back(first_target);
    const auto rules = compiled_rules::compile({.routes = {relay, second}});
    ASSERT_TRUE(rules);
    const auto made = rules->plan_for({.what = received, .position = sequence{77}}, accounts).plans;
    EXPECT_EQ(made.at(0).deliveries.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(made.at(1).deliveries.size(), 1u);
}

TEST_F(planner, says_when_no_account_can_post) {
    accounts.can_post.erase(second_target);
    const auto made = run();
    ASSERT_EQ(made[0].deliveries.size(), 1u);
    EXPECT_EQ(reasons, std::vector{reject_class::no_sender});
}

TEST_F(planner, protected_content_is_neither_copied_nor_forwarded_nor_retyped) {
    post().has_protected_content = true;
    for (const relay_mode mode : {relay_mode::copy, relay_mode::forward}) {
        for (const bool member : {true, false}) {
            if (!member) accounts.members = {};
            relay.mode = mode;
            reasons.clear();
            EXPECT_TRUE(run().empty());
            EXPECT_EQ(reasons,
                      (std::vector{reject_class::not_copyable, reject_class::not_copyable}));
        }
    }
}

// In such chats another account's id of this message means another message of the same chat.
TEST_F(planner, where_message_ids_are_per_account_only_the_reader_copies) {
    const chat_id group{-4001};
    relay.from = {group};
    post().chat = group;
    accounts.members = {{alice, group}, {bob, group}};
    const auto made = run();
    const deliveries_planned& event = made[0];
    EXPECT_TRUE(
        std::holds_alternative<copy_message>(event.variants[event.deliveries[0].variant].what));
    EXPECT_TRUE(
        std::holds_alternative<send_text>(event.variants[event.deliveries[1].variant].what));
}

TEST_F(planner, edits_service_messages_other_updates_and_other_chats_plan_nothing) {
    for (const update_kind kind : {update_kind::edit, update_kind::other}) {
        received.what.kind = kind;
        EXPECT_TRUE(run().empty());
    }
    received.what.kind = update_kind::post;
    post().content = content_kind::service;
    EXPECT_TRUE(run().empty());
    post().content = content_kind::text;
    post().chat = chat_id{-1'001'000'000'009};
    EXPECT_TRUE(run().empty());
    EXPECT_TRUE(reasons.empty()) << "nothing was selected, so nothing is missing";
}

TEST_F(planner, include_selects_and_exclude_wins) {
    const auto selects = [&](std::vector<std::string> include, std::vector<std::string> exclude) {
        relay.include = std::move(include);
        relay.exclude = std::move(exclude);
        return !run().empty();
    };
    EXPECT_TRUE(selects({}, {}));
    EXPECT_TRUE(selects({"none", "hel"}, {}));
    EXPECT_FALSE(selects({"none"}, {}));
    EXPECT_FALSE(selects({"HEL"}, {}));
    EXPECT_TRUE(selects({"(?i)HEL"}, {}));
    EXPECT_FALSE(selects({"hel"}, {"none", "lo$"}));
    EXPECT_FALSE(selects({}, {"lo$"}));
    EXPECT_TRUE(selects({}, {"none"}));
    post().content = content_kind::photo;  // the caption
    EXPECT_TRUE(selects({"hello"}, {}));
    post().text = {};
    EXPECT_FALSE(selects({"hello"}, {}));
    EXPECT_TRUE(selects({"^$"}, {}));
}

TEST_F(planner, every_route_plans_in_file_order_with_ids_of_its_own) {
    route second = relay;
    second.name = "archive";
    const auto made = run({relay, second});
    ASSERT_EQ(made.size(), 2u);
    EXPECT_EQ(made[0].route, "news");
    EXPECT_EQ(made[1].route, "archive");
    std::set<delivery_id> ids;
    for (const auto& event : made) {
        for (const auto& delivery : event.deliveries) ids.insert(delivery.id);
    }
    EXPECT_EQ(ids.size(), 4u);
}

TEST_F(planner, planning_again_yields_the_same_ids_although_the_way_changed) {
    const auto before = run();
    accounts.members = {};
    accounts.can_post[first_target] = {bob};
    const auto after = run();
    ASSERT_EQ(after.size(), 1u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(before[0].deliveries[i].id, after[0].deliveries[i].id);
    }
}

}  // namespace
}  // namespace baudot::router
