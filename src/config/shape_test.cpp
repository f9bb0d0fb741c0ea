#include "config/shape.hpp"

#include <gtest/gtest.h>

#include "config/reader.hpp"

namespace baudot::config {
namespace {

using kind = value_shape::kind;

enum class mode : std::uint8_t { copy, forward };

// All that a reader can ask for.
void read_all(document& file) {
    const std::function<void(reader&)> read_tree = [&](reader& part) {
        if (part.is_described_as("tree")) return;
        std::string leaf;
        part.required("leaf", leaf);
        part.each("branches", read_tree);
    };
    file.read([&](reader& top) {
        std::uint32_t weight = 0;
        top.optional("weight", weight, {.least = 1U, .most = 100U});
        mode how{};
        top.required("mode", how, {{"copy", mode::copy}, {"forward", mode::forward}});
        std::string model;
        if (how == mode::forward) top.required("model", model);
        secret token;
        top.required("token", token);
        std::vector<std::string> names;
        top.required_list("names", names);
        top.section("tree", read_tree);
        if (top.items("code") > 0) top.required("code", model);
        if (!top.is_section("links")) {
            top.optional("links", how, {{"copy", mode::copy}});
        } else {
            top.section("links", [&](reader& part) { part.required("with", model); });
        }
        if (top.has_sections("to")) {
            top.each_or_values("to", "chat", [&](reader& part) { part.required("chat", model); });
        } else {
            top.required_list("to", names);
        }
        top.one_or_each("replace", [&](reader& part) { part.required("from", model); });
        EXPECT_FALSE(top.is_empty());
    });
    EXPECT_TRUE(file.ok());
    EXPECT_EQ(file.report(), "");
}

class shape_test : public testing::Test {
protected:
    mapping_shape::key& at(std::string_view key) { return made.at(key); }
    mapping_shape made = document::describe(read_all);
};

TEST_F(shape_test, knows_values_their_limits_and_words) {
    ASSERT_TRUE(at("weight").value);
    EXPECT_EQ(at("weight").value->is, kind::whole);
    EXPECT_EQ(at("weight").value->least, 1);
    EXPECT_EQ(at("weight").value->most, 100);
    EXPECT_FALSE(made.is_required(at("weight")));
    EXPECT_EQ(at("mode").value->words, (std::vector<std::string>{"copy", "forward"}));
    EXPECT_TRUE(made.is_required(at("mode")));
    EXPECT_EQ(at("token").value->is, kind::hidden);
    EXPECT_TRUE(at("names").may_be_values);
    EXPECT_TRUE(made.is_required(at("names")));
}

TEST_F(shape_test, finds_what_is_asked_for_beside_one_word_alone) {
    EXPECT_TRUE(at("model").value);
    EXPECT_FALSE(made.is_required(at("model")));
}

TEST_F(shape_test, what_may_be_absent_is_not_required_whatever_is_said_then) {
    EXPECT_TRUE(at("code").value);
    EXPECT_FALSE(made.is_required(at("code")));
}

TEST_F(shape_test, finds_both_ways_of_a_choice) {
    EXPECT_TRUE(at("links").value);
    ASSERT_TRUE(at("links").mapping);
    EXPECT_TRUE(at("links").may_be_alone);
    EXPECT_FALSE(at("links").may_be_list);
    EXPECT_FALSE(made.is_required(at("links")));
    EXPECT_TRUE(at("links").mapping->is_required(at("links").mapping->at("with")));
    const auto& to = at("to");
    EXPECT_TRUE(to.value && to.may_be_values && to.mapping && to.may_be_alone && to.may_be_list);
    EXPECT_TRUE(made.is_required(to));
    EXPECT_TRUE(at("replace").may_be_alone && at("replace").may_be_list);
}

TEST_F(shape_test, a_mapping_inside_of_itself_is_described_once) {
    ASSERT_TRUE(at("tree").mapping);
    mapping_shape& tree = *at("tree").mapping;
    EXPECT_EQ(tree.name, "tree");
    EXPECT_EQ(tree.same_as, "");
    ASSERT_TRUE(tree.at("branches").mapping);
    EXPECT_EQ(tree.at("branches").mapping->same_as, "tree");
    EXPECT_TRUE(tree.at("branches").mapping->keys.empty());
}

}  // namespace
}  // namespace baudot::config
