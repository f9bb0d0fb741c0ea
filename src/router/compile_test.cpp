#include <gtest/gtest.h>

#include "router/router.hpp"

namespace baudot::router {
namespace {

using field = rule_error::field;

route good(std::string name) {
    return {.name = std::move(name), .from = {chat_id{-1}}, .to = {chat_id{-2}}};
}

std::vector<rule_error> errors_of(std::vector<route> routes) {
    auto compiled = compiled_rules::compile({.routes = std::move(routes)});
    return compiled ? std::vector<rule_error>{} : std::move(compiled.error());
}

TEST(compile_rules, takes_good_routes_and_counts_equal_patterns_once) {
    route first = good("a");
    first.include = {"x", "y"};
    route second = good("b");
    second.include = {"y"};
    second.exclude = {"x"};
    const auto compiled = compiled_rules::compile({.routes = {first, second}});
    ASSERT_TRUE(compiled);
    EXPECT_EQ(compiled->patterns().size(), 2u);
    EXPECT_TRUE(compiled_rules::compile({}));
}

TEST(compile_rules, names_route_pattern_reason_and_offset_of_a_bad_regex) {
    route bad = good("news");
    bad.include = {"fine", R"(ab\q)"};
    bad.exclude = {"(?<=x)y"};
    const auto errors = errors_of({good("a"), bad});
    ASSERT_EQ(errors.size(), 2u) << "all errors, not only the first";
    EXPECT_EQ(errors[0].route, 1u);
    EXPECT_EQ(errors[0].where, field::include);
    EXPECT_EQ(errors[0].item, 1u);
    EXPECT_EQ(errors[0].offset, 2u);
    EXPECT_EQ(errors[0].message, R"(route "news": pattern "ab\q": invalid escape sequence: \q)");
    EXPECT_EQ(errors[1].where, field::exclude);
    EXPECT_EQ(errors[1].item, 0u);
}

TEST(compile_rules, refuses_a_route_into_its_own_source) {
    route loop = good("loop");
    loop.from = {chat_id{-1}, chat_id{-3}};
    loop.to = {chat_id{-2}, chat_id{-3}};
    const auto errors = errors_of({loop});
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].where, field::to);
    EXPECT_EQ(errors[0].item, 1u);
    EXPECT_NE(errors[0].message.find("-3"), std::string::npos);
}

TEST(compile_rules, refuses_names_that_are_missing_or_used_twice) {
    const auto errors = errors_of({good("a"), good(""), good("a"), good("")});
    ASSERT_EQ(errors.size(), 3u);
    EXPECT_EQ(errors[0].route, 1u);
    EXPECT_EQ(errors[0].message, "route 2: it has no name");
    EXPECT_EQ(errors[1].route, 2u);
    EXPECT_EQ(errors[1].where, field::name);
    EXPECT_EQ(errors[2].route, 3u);
}

// Two deliveries to one chat would have one id (P2), so the second would vanish.
TEST(compile_rules, refuses_lists_of_chats_that_are_empty_or_name_one_twice) {
    route one = good("a");
    one.from = {};
    one.to = {chat_id{-2}, chat_id{-4}, chat_id{-2}};
    const auto errors = errors_of({one});
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0].message, R"(route "a": "from" names no chat)");
    EXPECT_EQ(errors[1].item, 2u);
    EXPECT_EQ(errors[1].message, R"(route "a": chat -2 is listed twice)");
}

}  // namespace
}  // namespace baudot::router
