#include "app/route_changes.hpp"

#include <gtest/gtest.h>

namespace baudot::app {
namespace {

route named(std::string name) {
    return {.name = std::move(name), .from = {chat_id{-1}}, .to = {chat_id{-2}}};
}

TEST(route_changes, routes_are_told_apart_by_name_and_their_keys_are_named) {
    rule_set before{.routes = {named("a"), named("b"), named("c")}};
    rule_set after{.routes = {named("a"), named("b"), named("d")}};
    after.routes[1].to.push_back(chat_id{-3});
    after.routes[1].terms.weight = 7;
    after.routes[1].refuse = post_filter{};
    const route_changes found = compare(before, after);
    EXPECT_EQ(found.added, std::vector<std::string>{"d"});
    EXPECT_EQ(found.removed, std::vector<std::string>{"c"});
    ASSERT_EQ(found.changed.size(), 1U);
    EXPECT_EQ(found.changed[0].name, "b");
    EXPECT_EQ(found.changed[0].keys, (std::vector<std::string>{"to", "weight", "refuse"}));
    EXPECT_FALSE(found.is_reordered);
    EXPECT_EQ(to_text(found), "added d; removed c; changed b (to, weight, refuse)");

    const route_changes back = compare(after, before);
    EXPECT_EQ(back.changed[0].keys, (std::vector<std::string>{"to", "weight", "refuse"}));
    EXPECT_EQ(back.added, std::vector<std::string>{"c"});
}

TEST(route_changes, the_order_of_routes_is_a_change) {
    rule_set before{.routes = {named("a"), named("b"), named("c")}};
    rule_set after{.routes = {named("b"), named("new"), named("c")}};
    EXPECT_FALSE(compare(before, after).is_reordered);
    after.routes = {named("c"), named("a")};
    const route_changes found = compare(before, after);
    EXPECT_TRUE(found.is_reordered);
    EXPECT_EQ(to_text(found), "removed b; the order of routes");
}

TEST(route_changes, equal_rules_are_no_change) {
    const rule_set rules{.routes = {named("a"), named("b")}};
    EXPECT_TRUE(compare(rules, rules).is_none());
    EXPECT_EQ(to_text(compare(rules, rules)), "nothing");
}

TEST(route_changes, many_are_counted) {
    rule_set after;
    for (int number = 0; number < 200; ++number) {
        after.routes.push_back(named(std::string(1, 'r') + std::to_string(number)));
    }
    EXPECT_EQ(to_text(compare({}, after)),
              "added r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 and 190 more");
}

}  // namespace
}  // namespace baudot::app
