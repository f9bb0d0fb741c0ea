#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "config/node.hpp"

namespace baudot::config {
namespace {

/// The problems of a text, one line each, and what was read.
struct parsed {
    problem_list problems;
    std::shared_ptr<const node> root;

    explicit parsed(std::string_view text, const parse_limits& limits = {}) {
        root = parse_yaml(text, limits, problems);
    }
    std::string report() const {
        std::string all;
        for (const problem& one : problems.sorted()) all += one.text("f") + '\n';
        return all;
    }
    bool says(std::string_view part) const { return report().find(part) != std::string::npos; }
};

TEST(yaml, keeps_positions_from_one_and_in_characters) {
    const parsed made("a: 1\nключ: [x, \"y\"]\n");
    ASSERT_EQ(made.report(), "");
    ASSERT_EQ(made.root->entries.size(), 2u);
    const node::entry& second = made.root->entries[1];
    EXPECT_EQ(second.key, "ключ");
    EXPECT_EQ(second.at, (position{2, 1}));
    ASSERT_EQ(second.value->items.size(), 2u);
    EXPECT_EQ(second.value->items[1]->at, (position{2, 11}));
    EXPECT_EQ(second.value->items[1]->text, "y");
}

TEST(yaml, broken_text_names_the_place_and_what_to_look_at) {
    EXPECT_TRUE(parsed("a: b: c\n").says("f:1:5: error: not YAML: illegal map value; check the"));
    EXPECT_TRUE(parsed("a: [1, 2\nb: 3\n").says("f:2:2: error: not YAML"));
    EXPECT_TRUE(parsed("a: \"\\q\"\n").says("in single quotes a backslash is itself"));
    EXPECT_TRUE(parsed("a: *x\n").says("a text that begins with * or & needs quotes"));
    EXPECT_TRUE(parsed("a: 1\n  b: 2\n").says("f:2:4: error: not YAML"));
    for (const char* text : {"{", "[", "\"", "'", "? ", "- - -", "!!", "&", "*", "|x", "%", "@"}) {
        const parsed made(text);  // whatever it is, it does not crash or throw
        if (!made.root) EXPECT_TRUE(made.problems.has_errors()) << text;
    }
}

TEST(yaml, refuses_a_key_given_twice_and_says_where_the_first_is) {
    const parsed made("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n");
    EXPECT_EQ(made.report(),
              "f:5:3: error: key \"c\" is given twice; the first is in line 3\n"
              "f:6:1: error: key \"a\" is given twice; the first is in line 1\n");
    EXPECT_EQ(made.root->find("a")->value->text, "1");
}

TEST(yaml, refuses_merge_keys_tags_second_documents_and_keys_that_are_no_text) {
    EXPECT_TRUE(
        parsed("x: &x {a: 1}\ny:\n  <<: *x\n").says("f:3:3: error: merge keys (<<) are not"));
    EXPECT_TRUE(parsed("a: !!str 1\n").says("tags (!) are not used here"));
    EXPECT_TRUE(parsed("a: !x {b: 1}\n").says("tags (!) are not used here"));
    EXPECT_TRUE(parsed("a: 1\n---\nb: 1\n").says("a second document"));
    EXPECT_TRUE(parsed("[a, b]: 1\n").says("f:1:1: error: a key must be a plain text"));
    EXPECT_TRUE(parsed("? {a: 1}\n: 2\n").says("a key must be a plain text"));
    EXPECT_TRUE(parsed("~: 1\n").says("a key must be a plain text"));
}

TEST(yaml, refuses_tabs_control_characters_and_what_is_not_utf_8) {
    EXPECT_EQ(parsed("a:\n\tb: 1\n").report(),
              "f:2:1: error: a tab indents this line; use spaces\n");
    EXPECT_EQ(parsed("a:\tb\n").report(), "") << "a tab between key and value is fine";
    EXPECT_EQ(parsed(std::string_view("a: \0b", 5)).report(),
              "f:1:4: error: a control character; remove it\n");
    EXPECT_EQ(parsed("a: 1\nж: \xff\n").report(),
              "f:2:4: error: not UTF-8; save the file as UTF-8\n");
    EXPECT_TRUE(parsed("\xFF\xFE"
                       "a")
                    .says("f:1:1: error: it is UTF-16"));
}

TEST(yaml, takes_a_byte_order_mark_windows_line_ends_and_an_empty_file) {
    EXPECT_EQ(parsed("\xEF\xBB\xBF"
                     "a: 1\n")
                  .root->find("a")
                  ->at,
              (position{1, 1}));
    const parsed windows("a: 1\r\nb: 2\r\n");
    EXPECT_EQ(windows.root->find("b")->value->text, "2");
    EXPECT_EQ(windows.root->find("b")->at, (position{2, 1}));
    for (const char* empty : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
        const parsed made(empty);
        ASSERT_EQ(made.report(), "") << empty;
        EXPECT_EQ(made.root->kind, node_kind::nothing);
    }
}

TEST(yaml, a_quote_that_is_never_closed_is_found_where_it_opens) {
    EXPECT_TRUE(parsed("a: \"b\nc: d\n").says("f:1:4: error: this quote is never closed"));
    EXPECT_TRUE(parsed("a: 1\nb: 'it''s\n").says("f:2:4: error: this quote is never closed"));
    EXPECT_TRUE(parsed("a: \"b\\\"\n").says("f:1:4: error: this quote is never closed"));
    EXPECT_EQ(parsed("a: ['x''', \"\\\\\", '']\nb: \"\\\"\"\nc: it's\nд: &x \"q\"").report(), "");
}

TEST(yaml, a_pair_of_json_escapes_is_one_character_and_moves_no_position) {
    const parsed made(
        R"({"a": "\ud83d\udd17 \u00e9 \\ud83d\\udd17", "b": "\ud83d\ude80\ud83d\ude80",)"
        "\n \"c\": 1, \"c\": 2}");
    ASSERT_TRUE(made.root) << made.report();
    EXPECT_EQ(made.root->find("a")->value->text, "🔗 é \\ud83d\\udd17");
    EXPECT_EQ(made.root->find("b")->value->text, "🚀🚀");
    EXPECT_EQ(made.root->find("b")->at, (position{1, 45}));
    EXPECT_EQ(made.report(), "f:2:10: error: key \"c\" is given twice; the first is in line 2\n");
    EXPECT_EQ(parsed("a: '\\ud83d\\udd17'").root->find("a")->value->text, "\\ud83d\\udd17");
}

TEST(yaml, half_of_a_pair_is_an_error_with_its_place) {
    for (const char* text : {R"(["\ud83d\ude80", "\ud83d"])", R"(["\ud83d\ude80", "\udd17\ud83d"])",
                             R"(["\ud83d\ude80", "\ud83d\u0041"])"}) {
        const parsed made(text);
        EXPECT_FALSE(made.root);
        EXPECT_TRUE(made.says("f:1:2")) << made.report();
        EXPECT_TRUE(made.says("is no character")) << made.report();
    }
}

TEST(yaml, tabs_may_indent_json) {
    EXPECT_EQ(parsed("{\n\t\"a\": [\n\t\t1\n\t]\n}\n").report(), "");
}

TEST(yaml, tags_of_yaml_itself_are_taken_only_where_they_are_asked_for) {
    const parse_limits foreign{.takes_yaml_tags = true};
    const parsed made("a: !!set\n  ? x\n  ? y\nb: !!str 1\n", foreign);
    ASSERT_TRUE(made.root) << made.report();
    EXPECT_EQ(made.root->find("a")->value->entries[1].key, "y");
    EXPECT_TRUE(parsed("a: !!set {x}\n").says("tags (!) are not used here"));
    EXPECT_TRUE(parsed("a: !x 1\n", foreign).says("tags (!) are not used here"));
}

TEST(yaml, a_missing_bracket_is_asked_for) {
    EXPECT_TRUE(parsed("a: [1, 2\nb: c\n").says("is a ] or } missing?"));
    EXPECT_TRUE(parsed("a: {b: 1\nc: d\n").says("is a ] or } missing?"));
}

TEST(yaml, bounds_size_depth_and_aliases) {
    EXPECT_TRUE(parsed("a: 12345", {.bytes = 7}).says("f: error: it has more than 7 bytes"));
    EXPECT_FALSE(parsed(std::string(100'000, '[')).root);
    EXPECT_TRUE(parsed(std::string(40, '[') + std::string(40, ']')).says("than 32 levels deep"));
    EXPECT_TRUE(parsed("[[1]]", {.depth = 2}).root);
    EXPECT_FALSE(parsed("[[[1]]]", {.depth = 2}).root);
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 40; ++i) {
        bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}]\n", i, i - 1);
    }
    const parsed exploded(bomb);
    EXPECT_FALSE(exploded.root);
    EXPECT_TRUE(exploded.says("more than 100000 values")) << exploded.report();
    EXPECT_TRUE(parsed("a: &a [*a]\n").problems.has_errors()) << "it would never end";
}

TEST(yaml, an_alias_stands_for_its_value) {
    const parsed made("a: &x [1, 2]\nb: *x\n");
    ASSERT_EQ(made.report(), "");
    EXPECT_EQ(made.root->find("b")->value->items[1]->text, "2");
}

}  // namespace
}  // namespace baudot::config
