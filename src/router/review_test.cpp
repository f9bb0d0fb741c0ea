#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "router/router.hpp"

namespace baudot::router {
namespace {

constexpr chat_id source{-1};
constexpr chat_id first_chat{-2};
constexpr chat_id second_chat{-3};
constexpr chat_id review{-4};
constexpr chat_id archive{-5};

/// One account that can do everything.
struct anything final : capabilities {
    std::span<const account_id> posters(chat_id) const override { return accounts; }
    bool sees(account_id, chat_id) const override { return true; }
    bool can_send_media(account_id, chat_id) const override { return true; }
    std::vector<account_id> accounts{account_id{601}};
};

route by(std::string name, std::string include, std::string exclude = "nothing of this") {
    return {.name = std::move(name),
            .from = {source},
            .to = {first_chat},
            .include = {std::move(include)},
            .exclude = {std::move(exclude)},
            .check = review,
            .other = archive};
}

std::vector<deliveries_planned> plan(std::vector<route> routes, std::string text) {
    const auto rules = compiled_rules::compile({.routes = std::move(routes)});
    EXPECT_TRUE(rules);
    update_received what{{.account = account_id{601}, .kind = update_kind::post}};
    what.what.content.chat = source;
    what.what.content.id = message_id{10};
    what.what.content.text.text = std::move(text);
    return rules->plan_for({.what = what, .position = sequence{7}}, anything()).plans;
}

/// "route>chat" of each delivery, in order.
std::vector<std::string> planned(std::vector<route> routes, std::string text) {
    std::vector<std::string> made;
    for (const deliveries_planned& event : plan(std::move(routes), std::move(text))) {
        for (const planned_delivery& each : event.deliveries) {
            std::string one = event.route;
            one += '>';
            one += std::to_string(std::to_underlying(each.destination));
            made.push_back(std::move(one));
        }
    }
    return made;
}

using list = std::vector<std::string>;

TEST(reviews, what_a_route_refuses_is_forwarded_to_its_check_as_it_is) {
    const auto events = plan({by("a", "x", "advert")}, "x advert");
    ASSERT_EQ(events.size(), 1u);
    ASSERT_EQ(events[0].deliveries.size(), 1u);
    EXPECT_EQ(events[0].deliveries[0].destination, review);
    EXPECT_TRUE(std::holds_alternative<forward_message>(events[0].variants.at(0).what));
}

TEST(reviews, what_no_route_takes_is_copied_to_their_other) {
    const auto events = plan({by("a", "x"), by("b", "y")}, "z");
    ASSERT_EQ(events.size(), 1u) << "once, though both pass it over";
    EXPECT_EQ(events[0].route, "a");
    EXPECT_EQ(events[0].deliveries[0].destination, archive);
    EXPECT_TRUE(std::holds_alternative<copy_message>(events[0].variants.at(0).what));
}

TEST(reviews, what_one_route_takes_is_nothing_other_for_those_with_the_same_chat) {
    EXPECT_EQ(planned({by("a", "x"), by("b", "y")}, "y"), (list{"b>-2"}));
    route another = by("b", "y");
    another.other = second_chat;
    EXPECT_EQ(planned({by("a", "x"), another}, "y"), (list{"b>-2", "a>-5"}))
        << "each chat has its own other";
}

TEST(reviews, what_one_route_refuses_and_another_takes_goes_to_both) {
    EXPECT_EQ(planned({by("a", "x", "advert"), by("b", "x"), by("c", "x", "advert")}, "x advert"),
              (list{"b>-2", "a>-4"}))
        << "once to check";
}

TEST(reviews, what_is_not_known_to_be_refused_is_other) {
    route unsure = by("a", "x");
    unsure.refuse =
        post_filter{.how = post_filter::kind::condition,
                    .parts = {},
                    .what = name_condition{.in = name_condition::place::language, .names = {"ru"}}};
    EXPECT_EQ(planned({unsure}, "x"), (list{"a>-5"}));
}

TEST(reviews, a_chat_gets_a_post_once_whatever_it_is_to_the_routes) {
    route first = by("a", "x", "advert");
    route second = by("b", "y");
    first.check = second.other = review;
    EXPECT_EQ(planned({first, second}, "x advert"), (list{"a>-4"})) << "forwarded by the first";
    EXPECT_EQ(planned({second, first}, "x advert"), (list{"b>-4"})) << "copied by the first";
    route third = by("c", "x");
    third.to = {second_chat, review};
    EXPECT_EQ(planned({first, second, third}, "x advert"), (list{"c>-3", "c>-4"}))
        << "it is there anyway";
}

TEST(reviews, what_a_route_without_destinations_takes_is_nothing_other) {
    route bare = by("b", "y");
    bare.to.clear();
    EXPECT_EQ(planned({by("a", "x"), bare}, "y"), list{});
    EXPECT_EQ(planned({by("a", "x"), bare}, "z"), (list{"a>-5"}));
}

TEST(reviews, without_chats_nothing_is_reviewed) {
    route plain = by("a", "x", "advert");
    plain.check = plain.other = chat_id{};
    EXPECT_EQ(planned({plain}, "x advert"), list{});
    EXPECT_EQ(planned({plain}, "z"), list{});
}

TEST(reviews, a_review_into_a_source_is_refused) {
    route loop = by("a", "x");
    loop.check = loop.other = source;
    const auto wrong = compiled_rules::compile({.routes = {loop}});
    ASSERT_FALSE(wrong);
    ASSERT_EQ(wrong.error().size(), 2u);
    EXPECT_EQ(wrong.error()[0].where, rule_error::field::check);
    EXPECT_EQ(wrong.error()[1].where, rule_error::field::other);
}

TEST(reviews, the_first_route_of_the_file_wins_a_destination_where_a_later_one_says_so) {
    route first = by("a", "x");
    route second = by("b", "x");
    second.to = {second_chat, first_chat};
    EXPECT_EQ(planned({first, second}, "x"), (list{"a>-2", "b>-3", "b>-2"}));
    second.per_destination = destination_policy::first;
    EXPECT_EQ(planned({first, second}, "x"), (list{"a>-2", "b>-3"}));
    EXPECT_EQ(planned({second, first}, "x"), (list{"b>-3", "b>-2", "a>-2"}));
    second.to = {first_chat};
    EXPECT_EQ(planned({first, second}, "x"), (list{"a>-2"})) << "no event of nothing";
    EXPECT_EQ(planned({first, second}, "z"), (list{"a>-5"}));
}

// P2: what is left out or reviewed changes no other id.
TEST(reviews, the_ids_of_deliveries_do_not_depend_on_those_beside_them) {
    route second = by("b", "x");
    second.to = {first_chat, second_chat};
    const auto alone = plan({second}, "x");
    second.per_destination = destination_policy::first;
    const auto beside = plan({by("a", "x"), second, by("c", "y")}, "x");
    ASSERT_EQ(beside.size(), 2u);
    ASSERT_EQ(beside[1].deliveries.size(), 1u);
    EXPECT_EQ(beside[1].deliveries[0].id, alone[0].deliveries[1].id);
}

}  // namespace
}  // namespace baudot::router
