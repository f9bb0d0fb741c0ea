#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "text/random_text_test.hpp"
#include "text/transform.hpp"

namespace baudot::text {
namespace {

struct script_step_test : ::testing::Test {
    message post{.id = message_id{7}, .content = content_kind::text, .text = {}};
    std::vector<std::string> troubles;
    applied how;

    formatted_text changed(const std::string& code,
                           script_step::policy on_failure = script_step::policy::skip) {
        const auto ready =
            transform::compile({{.what = script_step{.script = {.code = code, .file = {}},
                                                     .on_failure = on_failure}}});
        EXPECT_TRUE(ready) << ready.error().front().message;
        marked_text text = read_marked(post.text);
        how = ready->apply({.post = post, .troubles = &troubles}, text);
        is_changed = text.is_changed;
        return write_formatted(text);
    }
    bool is_changed = false;
};

message_entity entity(std::string type, std::int32_t offset, std::int32_t length) {
    return {.type = std::move(type), .offset = offset, .length = length};
}

TEST_F(script_step_test, what_stays_keeps_its_format) {
    post.text = {"one two three", {entity("bold", 4, 3), entity("italic", 8, 5)}};
    const formatted_text made = changed("return (post.text:gsub('one', 'number one'))");
    EXPECT_EQ(made.text, "number one two three");
    EXPECT_EQ(made.entities, (std::vector{entity("bold", 11, 3), entity("italic", 15, 5)}));
    // What comes instead of a word has the format of the word.
    const formatted_text upper = changed("return post.text:upper()");
    EXPECT_EQ(upper.text, "ONE TWO THREE");
    EXPECT_EQ(upper.entities, post.text.entities);
}

TEST_F(script_step_test, what_returns_nothing_or_the_same_changes_nothing) {
    post.text = {"one #two", {entity("hashtag", 4, 4)}};
    for (const char* const code : {"", "return nil", "return post.text",
                                   "return post.text, post.entities", "post.text = 'other'"}) {
        EXPECT_EQ(changed(code), post.text) << code;
        EXPECT_FALSE(is_changed) << code;
        EXPECT_EQ(how.is, applied::state::done);
    }
}

TEST_F(script_step_test, entities_are_what_the_script_says) {
    post.text = {"🚀 one two", {entity("bold", 0, 10)}};
    EXPECT_EQ(changed("return post.text, {}").entities, std::vector<message_entity>{});
    EXPECT_TRUE(is_changed);
    const formatted_text made = changed(
        "local first, last = post.text:find('two')\n"
        "return post.text, {{type = 'text_link', first = first, last = last, url = 'http://a/'}}");
    message_entity link = entity("text_link", 7, 3);
    link.url = "http://a/";
    EXPECT_EQ(made.entities, std::vector{link});
}

TEST_F(script_step_test, what_telegram_found_is_found_anew_where_it_is_another) {
    post.text = {"#one #two", {entity("hashtag", 0, 4), entity("hashtag", 5, 4)}};
    const formatted_text made = changed(
        "local all = post.entities\n"
        "return (post.text:gsub('one', 'six')), all");
    EXPECT_EQ(made.text, "#six #two");
    EXPECT_EQ(made.entities, std::vector{entity("hashtag", 5, 4)});
}

TEST_F(script_step_test, sees_what_the_step_before_has_made) {
    post.text = {"a <b> link", {}};
    const auto ready = transform::compile(
        {{.what = add_step{.where = add_step::place::footer, .html = "<b>Sign</b>"}},
         {.what = script_step{.script = {.code = "local e = post.entities[1]\n"
                                                 "return post.text .. e.type .. "
                                                 "post.text:sub(e.first, e.last)",
                                         .file = {}}}}});
    ASSERT_TRUE(ready);
    marked_text text = read_marked(post.text);
    ASSERT_EQ(ready->apply({.post = post}, text).is, applied::state::done);
    EXPECT_EQ(text.bytes, "a <b> link\n\nSignboldSign");
    EXPECT_EQ(text.body_end, 10u) << "what is cut when it is too long";
}

TEST_F(script_step_test, a_failure_does_as_the_step_says) {
    post.text = {"text", {}};
    changed("error('no')");
    EXPECT_EQ(how.is, applied::state::failed);
    EXPECT_EQ(how.reason, "script:1: no");
    EXPECT_EQ(changed("while true do end", script_step::policy::pass), post.text);
    EXPECT_EQ(how.is, applied::state::done);
    EXPECT_EQ(changed("return 7", script_step::policy::pass), post.text);
    EXPECT_EQ(troubles,
              (std::vector<std::string>{"script:1: no", "script:1: stopped after 1000000 steps",
                                        "it returns a number where a text belongs"}));
}

TEST_F(script_step_test, a_text_that_is_much_too_long_is_said_to_be_so) {
    post.text = {std::string(4000, 'a'), {}};
    changed("return post.text:rep(20)");
    EXPECT_EQ(how.is, applied::state::too_long);
}

TEST_F(script_step_test, whatever_it_makes_entities_stay_valid) {
    const char* const without_first =
        "local all = {} for i, e in ipairs(post.entities) do all[i] = e end "
        "table.remove(all, 1) return post.text, all";
    const char* const moved =
        "local all = {} for i, e in ipairs(post.entities) do "
        "all[i] = {type = 'bold', first = e.first + 2, last = e.last + 2} end "
        "return '* ' .. post.text, all";
    const std::vector<std::string> scripts{"return (post.text:gsub('%a+', string.upper))",
                                           "return (post.text:gsub('%s', ''))",
                                           "return 'begin ' .. post.text .. ' end'",
                                           "return (post.text:gsub('[aeiou]', '🚀'))",
                                           without_first,
                                           moved};
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        random_source random(seed);
        post.text = testing::random_formatted(random, 15);
        for (message_entity& each : post.text.entities) {
            if (each.type == "custom_emoji") each.custom_emoji_id = "5368324170671202286";
        }
        const formatted_text made = changed(scripts[random.below(scripts.size())]);
        EXPECT_EQ(how.is, applied::state::done) << how.reason << post.text.text;
        EXPECT_EQ(testing::problem_of(made), "") << seed;
    }
}

}  // namespace
}  // namespace baudot::text
