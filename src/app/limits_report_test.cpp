#include "app/limits_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace baudot::app {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::vector<limit_view> some_limits() {
    constexpr account_id bot{42};
    return {
        {.scope = {bot, chat_id{-1}}, .what = {.rate = 0.5}, .refusals_left = 30},
        {.scope = {bot, chat_id{-2}},
         .what = {.rate = 1.0 / 3, .doubt = 0.01, .cost = 41, .window = 20, .window_seconds = 60},
         .pace = 0.33,
         .held = 12s,
         .refusals_left = 28},
        {.scope = {bot, {}, method_class::forward}, .what = {.rate = 5}},
        {.scope = {bot}, .what = {.rate = 28.5, .doubt = 0.02}, .pace = 28}};
}

TEST(limits_report, accounts_come_first_and_the_most_refused_chats_next) {
    const json::object all = json::parse(describe_limits(some_limits(), 3)).as_object();
    EXPECT_TRUE(all.at("more").as_bool());
    const json::array& limits = all.at("limits").as_array();
    ASSERT_EQ(limits.size(), 3U);
    EXPECT_EQ(limits[0].at("rate").as_double(), 28.5);
    EXPECT_TRUE(limits[0].at("chat").is_null());
    EXPECT_EQ(limits[1].at("methods").as_string(), "forward");
    EXPECT_EQ(limits[2].at("chat").as_int64(), -2);
    EXPECT_EQ(limits[2].at("window").as_int64(), 20);
    EXPECT_EQ(limits[2].at("held_seconds").as_double(), 12);
}

TEST(limits_report, the_table_names_the_scope_and_the_window) {
    const std::string table = table_of_limits(describe_limits(some_limits(), 100), settings{});
    EXPECT_NE(table.find("42               chat -2"), std::string::npos) << table;
    EXPECT_NE(table.find("20 in 60 s"), std::string::npos) << table;
    EXPECT_NE(table.find("42               all                           28.5        28"),
              std::string::npos)
        << table;
    EXPECT_EQ(table.find("--most"), std::string::npos);
    const std::string first = table_of_limits(describe_limits(some_limits(), 1), settings{});
    EXPECT_NE(first.find("--most"), std::string::npos);
}

}  // namespace
}  // namespace baudot::app
