// What transforms make of a plan: which operations, which parts, which reasons.
#include <gtest/gtest.h>

#include <set>
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
    std::span<const account_id> posters(chat_id) const override {
        return can_post ? std::span(accounts) : std::span<const account_id>();
    }
    bool sees(account_id, chat_id) const override { return sees_source; }
    bool can_send_media(account_id, chat_id) const override { return true; }
    std::vector<account_id> accounts{alice};
    bool can_post = true;
    bool sees_source = true;
};

transform_step replacing(std::string what, std::string with) {
    return {.what = replace_step{{{.find = std::move(what), .with = std::move(with)}}}};
}

struct transforms : testing::Test {
    one_account can;
    update_received received;
    route relay{.name = "news", .from = {source}, .to = {first_target, second_target}};

    transforms() {
        received.what.account = alice;
        received.what.kind = update_kind::post;
        post().chat = source;
        post().id = message_id{10};
        post().text = {.text = "hello", .entities = {{.type = "bold", .length = 5}}};
        relay.transform = {replacing("hello", "bye")};
    }

    message& post() { return received.what.content; }

    deliveries_planned run() {
        const auto rules = compiled_rules::compile({.routes = {relay}});
        EXPECT_TRUE(rules);
        auto made = rules->plan_for({.what = received, .position = sequence{77}}, can).plans;
        EXPECT_EQ(made.size(), 1U);
        return std::move(made.front());
    }

    static const operation& of(const deliveries_planned& plan, std::size_t delivery) {
        return plan.variants.at(plan.deliveries.at(delivery).variant);
    }
    static std::string text_of(const deliveries_planned& plan, std::size_t delivery) {
        return std::get<send_text>(of(plan, delivery).what).text.text;
    }
};

TEST_F(transforms, a_changed_text_is_sent_anew_and_stands_in_the_plan_once) {
    const auto plan = run();
    ASSERT_EQ(plan.variants.size(), 1U);
    EXPECT_EQ(of(plan, 1).what, decltype(operation::what)(send_text{
                                    {.text = "bye", .entities = {{.type = "bold", .length = 3}}}}));
    EXPECT_EQ(plan.deliveries.size(), 2U);
}

TEST_F(transforms, what_no_step_changes_is_copied_as_ever) {
    const auto plain = [&] {
        route bare = relay;
        bare.transform = {};
        std::swap(bare, relay);
        auto made = run();
        std::swap(bare, relay);
        return made;
    };
    for (const char* text : {"another text", ""}) {
        post().text.text = text;
        post().text.entities = {};
        EXPECT_EQ(run(), plain());
    }
    post().text.text = "hello";
    for (const content_kind kind : {content_kind::sticker, content_kind::video_note}) {
        post().content = kind;
        EXPECT_EQ(run(), plain());
    }
    relay.transform = {replacing("hello", "hello")};
    post().content = content_kind::text;
    EXPECT_EQ(run(), plain());
}

TEST_F(transforms, media_are_copied_with_the_changed_caption) {
    post().content = content_kind::photo;
    const auto plan = run();
    EXPECT_EQ(of(plan, 0).what,
              decltype(operation::what)(copy_message{
                  source, message_id{10},
                  formatted_text{.text = "bye", .entities = {{.type = "bold", .length = 3}}}}));
    relay.transform = {{.what = strip_caption_step{}}};
    EXPECT_EQ(of(run(), 0).what,
              decltype(operation::what)(copy_message{source, message_id{10}, formatted_text{}}));
}

TEST_F(transforms, a_changed_text_needs_no_account_that_sees_the_source_but_media_do) {
    can.sees_source = false;
    EXPECT_EQ(text_of(run(), 0), "bye");
    post().content = content_kind::photo;
    EXPECT_EQ(run().deliveries[0].why, reject_class::needs_member);
}

TEST_F(transforms, of_a_destination_come_behind_those_of_the_route) {
    relay.to.push_back(chat_id{-1'001'000'000'004});
    relay.transform_of[second_target] = {replacing("bye", "ciao")};
    relay.transform_of[relay.to[2]] = {replacing("bye", "ciao")};
    auto plan = run();
    EXPECT_EQ(text_of(plan, 0), "bye");
    EXPECT_EQ(text_of(plan, 1), "ciao");
    EXPECT_EQ(text_of(plan, 2), "ciao");
    EXPECT_EQ(plan.variants.size(), 2U) << "the same text once";
    relay.transform = {};
    relay.transform_of[second_target] = {replacing("hello", "ciao")};
    plan = run();
    EXPECT_TRUE(std::holds_alternative<copy_message>(of(plan, 0).what));
    EXPECT_EQ(text_of(plan, 1), "ciao");
}

TEST_F(transforms, a_text_that_is_too_long_becomes_deliveries_in_order_with_ids_of_their_own) {
    relay.transform = {replacing("hello", std::string(5'000, 'x'))};
    const auto plan = run();
    ASSERT_EQ(plan.deliveries.size(), 4U);
    EXPECT_EQ(plan.deliveries[0].destination, first_target);
    EXPECT_EQ(plan.deliveries[1].destination, first_target);
    EXPECT_EQ(plan.deliveries[2].destination, second_target);
    EXPECT_EQ(text_of(plan, 0).size(), 4'096U);
    EXPECT_EQ(text_of(plan, 1).size(), 904U);
    EXPECT_EQ(plan.variants.size(), 2U);
    std::set<std::pair<std::uint64_t, std::uint64_t>> ids;
    for (const planned_delivery& each : plan.deliveries) ids.emplace(each.id.high, each.id.low);
    EXPECT_EQ(ids.size(), 4U);
    EXPECT_EQ(run(), plan) << "planning again gives the same (P2)";
}

TEST_F(transforms, the_first_part_has_the_id_of_a_whole_message) {
    const auto whole = run();
    relay.transform = {replacing("hello", std::string(5'000, 'x'))};
    EXPECT_EQ(run().deliveries[0].id, whole.deliveries[0].id);
}

TEST_F(transforms, what_a_caption_cannot_hold_follows_as_text) {
    relay.to = {first_target};
    relay.transform = {replacing("hello", std::string(2'000, 'x'))};
    post().content = content_kind::video;
    auto plan = run();
    ASSERT_EQ(plan.deliveries.size(), 2U);
    EXPECT_EQ(std::get<copy_message>(of(plan, 0).what).caption->text.size(), 1'024U);
    EXPECT_EQ(text_of(plan, 1).size(), 976U);
    relay.too_long = long_text_policy::follow;
    plan = run();
    EXPECT_EQ(std::get<copy_message>(of(plan, 0).what).caption, formatted_text{});
    EXPECT_EQ(text_of(plan, 1).size(), 2'000U);
    relay.too_long = long_text_policy::cut;
    plan = run();
    ASSERT_EQ(plan.deliveries.size(), 1U);
    EXPECT_TRUE(std::get<copy_message>(of(plan, 0).what).caption->text.ends_with("x…"));
}

TEST_F(transforms, what_nobody_can_send_is_planned_with_the_reason) {
    relay.transform = {replacing("hello", "")};
    auto plan = run();
    ASSERT_EQ(plan.deliveries.size(), 2U);
    EXPECT_EQ(plan.deliveries[0].why, reject_class::nothing_left);
    EXPECT_TRUE(plan.variants.empty());
    post().content = content_kind::photo;
    EXPECT_EQ(run().deliveries[0].why, reject_class::none) << "a photo needs no caption";
    relay.transform = {replacing("hello", std::string(100'000, 'x'))};
    EXPECT_EQ(run().deliveries[0].why, reject_class::too_long);
    relay.transform = {{.what = add_step{.html = std::string(2'000, 'x')}}};
    relay.too_long = long_text_policy::cut;
    EXPECT_EQ(run().deliveries[0].why, reject_class::too_long);
}

TEST_F(transforms, a_text_of_which_nothing_can_be_seen_is_not_sent) {
    relay.transform = {replacing("hello", "\u200B\u00A0\uFEFF")};
    EXPECT_EQ(run().deliveries[0].why, reject_class::nothing_left);
    relay.transform = {replacing("hello", "\u200B🚀")};
    EXPECT_EQ(run().deliveries[0].why, reject_class::none);
}

TEST_F(transforms, a_caption_of_a_kind_that_is_not_known_is_changed_like_any) {
    post().content = content_kind::other;
    const auto plan = run();
    const auto& caption = std::get<copy_message>(of(plan, 0).what).caption;
    ASSERT_TRUE(caption);
    EXPECT_EQ(caption->text, "bye");
    post().text = {};
    relay.transform = {{.what = add_step{.html = "footer"}}};
    EXPECT_FALSE(std::get<copy_message>(of(run(), 0).what).caption) << "it may have none: a poll";
}

// Or a retry of its dead letter would send it.
TEST_F(transforms, what_nobody_can_send_keeps_nothing_of_what_another_chat_gets) {
    relay.transform = {replacing("hello", "bye")};
    relay.transform_of[relay.to[1]] = {replacing("bye", "")};
    const auto plan = run();
    ASSERT_EQ(plan.deliveries.size(), 2U);
    EXPECT_EQ(plan.deliveries[0].why, reject_class::none);
    ASSERT_EQ(plan.deliveries[1].why, reject_class::nothing_left);
    EXPECT_EQ(cut_out(plan, 0).variants.size(), 1U);
    EXPECT_TRUE(cut_out(plan, 1).variants.empty());
}

TEST_F(transforms, where_nobody_can_post_every_part_is_kept_for_the_day_when_one_can) {
    can.can_post = false;
    relay.transform = {replacing("hello", std::string(5'000, 'x'))};
    const auto plan = run();
    ASSERT_EQ(plan.deliveries.size(), 4U);
    EXPECT_EQ(plan.deliveries[1].why, reject_class::no_sender);
    EXPECT_EQ(text_of(plan, 1).size(), 904U);
}

TEST_F(transforms, protected_content_is_not_looked_at) {
    post().has_protected_content = true;
    relay.transform = {replacing("hello", "")};
    const auto plan = run();
    EXPECT_EQ(plan.deliveries[0].why, reject_class::not_copyable);
    EXPECT_TRUE(plan.variants.empty());
}

message_entity link_to(std::string address) {
    return {.type = "text_link", .length = 5, .url = std::move(address)};
}

TEST_F(transforms, own_links_are_planned_as_such_with_what_becomes_of_them) {
    relay.transform = {{.what = own_links_step{own_links::action::strike, {}}}};
    relay.transform_of[second_target] = {
        {.what = own_links_step{own_links::action::replace, "gone"}}};
    post().text.entities = {link_to("https://t.me/c/1000000001/7")};
    auto plan = run();
    ASSERT_EQ(plan.variants.size(), 2U);
    const auto& text = std::get<send_text>(of(plan, 0).what).text;
    EXPECT_EQ(text.entities.front().own_post, message_id{7});
    EXPECT_EQ(of(plan, 0).own, own_links{.without_copy = own_links::action::strike});
    EXPECT_EQ(of(plan, 1).own,
              (own_links{.without_copy = own_links::action::replace, .with = "gone"}));
    post().content = content_kind::photo;
    plan = run();
    EXPECT_EQ(of(plan, 0).own, own_links{.without_copy = own_links::action::strike});
    EXPECT_EQ(std::get<copy_message>(of(plan, 0).what).caption->entities.front().own_post,
              message_id{7});
}

TEST_F(transforms, without_own_links_a_post_is_copied_as_ever) {
    relay.transform = {{.what = own_links_step{own_links::action::remove, {}}}};
    post().text.entities = {link_to("https://t.me/c/1000000002/7")};
    EXPECT_EQ(of(run(), 0), (operation{copy_message{source, message_id{10}}, {}}));
}

TEST_F(transforms, only_the_part_with_own_links_has_some) {
    relay.transform = {{.what = own_links_step{}},
                       {.what = add_step{.html = std::string(4'095, 'x')}}};
    post().text.entities = {link_to("https://t.me/c/1000000001/7")};
    relay.to = {first_target};
    const auto plan = run();
    ASSERT_EQ(plan.deliveries.size(), 2U);
    EXPECT_TRUE(of(plan, 0).own);
    EXPECT_FALSE(of(plan, 1).own);
}

TEST_F(transforms, copies_of_routes_between_the_same_chats_will_do) {
    const chat_id elsewhere{-1'001'000'000'008};
    relay.transform = {{.what = own_links_step{}}};
    post().text.entities = {link_to("https://t.me/c/1000000001/7")};
    const auto between = [](std::string name, chat_id from, chat_id to) {
        return route{.name = std::move(name), .from = {from}, .to = {to}, .include = {"never"}};
    };
    const auto rules =
        compiled_rules::compile({.routes = {between("same", source, second_target), relay,
                                            between("other source", elsewhere, first_target),
                                            between("other chat", source, elsewhere)}});
    ASSERT_TRUE(rules);
    const auto made = rules->plan_for({.what = received, .position = sequence{77}}, can).plans;
    ASSERT_EQ(made.size(), 1U);
    ASSERT_TRUE(of(made.front(), 0).own);
    EXPECT_EQ(of(made.front(), 0).own->routes, std::vector<std::string>{"same"});
}

TEST_F(transforms, reviews_show_the_post_as_it_was) {
    relay.include = {"nothing of it"};
    relay.other = chat_id{-1'001'000'000'009};
    const auto plan = run();
    EXPECT_EQ(of(plan, 0).what, decltype(operation::what)(copy_message{source, message_id{10}}));
}

TEST_F(transforms, a_forward_cannot_be_changed) {
    relay.mode = relay_mode::forward;
    const auto rules = compiled_rules::compile({.routes = {relay}});
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().front().where, rule_error::field::transform);
    EXPECT_NE(rules.error().front().message.find("mode: copy"), std::string::npos);
}

TEST_F(transforms, a_wrong_step_is_an_error_with_its_place) {
    relay.transform = {{.what = replace_step{{{.find = "a("}}}, .place = 3}};
    std::get<replace_step>(relay.transform[0].what).all[0].is_pattern = true;
    relay.transform_of[second_target] = {{.what = style_step{"loud"}, .place = 9}};
    const auto rules = compiled_rules::compile({.routes = {relay}});
    ASSERT_FALSE(rules);
    ASSERT_EQ(rules.error().size(), 2U);
    EXPECT_EQ(rules.error()[0].item, 3U);
    EXPECT_EQ(rules.error()[1].item, 9U);
    EXPECT_EQ(rules.error()[1].where, rule_error::field::transform);
}

}  // namespace
}  // namespace baudot::router
