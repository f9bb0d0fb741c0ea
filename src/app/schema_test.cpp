#include "app/schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace baudot::app {
namespace {

namespace json = boost::json;

// tests/programs/schema_test.py holds the schema against configurations.

TEST(schema, every_key_has_a_line_and_every_line_a_key) {
    const auto keys = configuration_keys();
    for (const std::string& each : keys) {
        EXPECT_NE(line_about(each), "") << each << ": say what it is in schema_lines.cpp";
    }
    for (const std::string_view each : described_keys()) {
        EXPECT_TRUE(std::ranges::find(keys, each) != keys.end()) << each << ": nobody reads it";
    }
}

TEST(schema, says_what_readers_say) {
    const json::object made = configuration_schema();
    EXPECT_EQ(made.at("required"), (json::array{"data", "accounts", "routes"}));
    const json::object& route = made.at("properties").at("routes").at("items").as_object();
    EXPECT_EQ(route.at("additionalProperties"), false);
    EXPECT_EQ(route.at("required"), (json::array{"name", "from", "to"}));
    EXPECT_EQ(route.at("properties").at("mode").at("enum"), (json::array{"copy", "forward"}));
    EXPECT_EQ(route.at("properties").at("weight").at("maximum"), 100);
    const json::object& filter = made.at("definitions").at("filter").as_object();
    EXPECT_EQ(filter.at("properties").at("not").at("allOf").at(0).at("$ref"),
              "#/definitions/filter");
}

TEST(schema, pretty_is_the_same_json) {
    const json::object made = configuration_schema();
    const std::string text = pretty(made);
    EXPECT_EQ(json::parse(text), json::value(made));
    EXPECT_THAT(text, testing::HasSubstr("\n  \"properties\": {\n    \"data\": {"));
}

}  // namespace
}  // namespace baudot::app
