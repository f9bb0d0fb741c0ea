#include "text/own_links.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/random.hpp"
#include "base/utf16.hpp"
#include "text/fit.hpp"
#include "text/random_text_test.hpp"
#include "text/transform.hpp"

namespace baudot::text {
namespace {

using action = own_links::action;

constexpr chat_id source{-1'001'234'567'890};

message_entity link(std::int32_t offset, std::int32_t length, std::string behind = {}) {
    return {.type = behind.empty() ? "url" : "text_link",
            .offset = offset,
            .length = length,
            .url = std::move(behind)};
}

message_entity entity(std::string type, std::int32_t offset, std::int32_t length) {
    return {.type = std::move(type), .offset = offset, .length = length};
}

struct own_links_test : ::testing::Test {
    message post{.chat = source, .chat_username = "news"};
    transform_steps steps{{.what = own_links_step{}}};
    std::map<message_id, std::string> copies{{message_id{5}, "https://t.me/copies/105"}};
    std::size_t units_max = text_units_max;

    marked_text planned() const {
        const auto ready = transform::compile(steps);
        EXPECT_TRUE(ready);
        marked_text text = read_marked(post.text);
        EXPECT_EQ(ready->apply({.post = post}, text).is, applied::state::done);
        return text;
    }

    formatted_text sent(const formatted_text& text, action without = action::keep,
                        std::string with = {}) {
        post.text = text;
        steps[0].what = own_links_step{without, std::move(with)};
        const marked_text made = planned();
        formatted_text written = write_formatted(made);
        EXPECT_EQ(has_own_links(written), made.own.has_value());
        if (!made.own) return written;
        return lead_to_copies(written, *made.own, units_max,
                              [&](message_id which) -> std::optional<std::string> {
                                  const auto found = copies.find(which);
                                  if (found == copies.end()) return std::nullopt;
                                  return found->second;
                              });
    }
};

TEST_F(own_links_test, lead_to_the_copy_and_keep_their_words) {
    EXPECT_EQ(sent({"see here and t.me/news/5 now",
                    {entity("bold", 0, 8), link(4, 4, "https://t.me/c/1234567890/5?single"),
                     link(13, 11)}}),
              (formatted_text{"see here and https://t.me/copies/105 now",
                              {entity("bold", 0, 8), link(4, 4, "https://t.me/copies/105")}}));
}

TEST_F(own_links_test, words_that_name_the_source_do_not_stay) {
    EXPECT_EQ(sent({"at t.me/news/5", {link(3, 11, "https://t.me/news/5")}}),
              (formatted_text{"at https://t.me/copies/105", {}}));
}

TEST_F(own_links_test, what_leads_elsewhere_stays_as_it_is) {
    const formatted_text text{"see here, t.me/other/5, t.me/news",
                              {link(4, 4, "https://t.me/c/99/5"), link(10, 12), link(24, 9)}};
    post.text = text;
    const marked_text made = planned();
    EXPECT_FALSE(made.own);
    EXPECT_FALSE(made.is_changed) << "it is copied as ever";
    EXPECT_EQ(sent(text, action::remove), text);
}

TEST_F(own_links_test, without_a_copy_the_policy_decides) {
    const formatted_text text{
        "see here and t.me/news/6 now",
        {entity("bold", 0, 8), link(4, 4, "https://t.me/news/7"), link(13, 11)}};
    EXPECT_EQ(sent(text, action::keep), text);
    EXPECT_EQ(sent(text, action::strike),
              (formatted_text{"see here and now",
                              {entity("bold", 0, 8), entity("strikethrough", 4, 4)}}));
    EXPECT_EQ(sent(text, action::remove), (formatted_text{"see and now", {entity("bold", 0, 4)}}));
    EXPECT_EQ(sent(text, action::replace, "[🚀]"),
              (formatted_text{"see [🚀] and [🚀] now", {entity("bold", 0, 8)}}));
}

// Telegram would make a link of them again.
TEST_F(own_links_test, words_that_are_an_address_are_not_struck_but_go) {
    EXPECT_EQ(sent({"at example.com now", {link(3, 11, "https://t.me/news/6")}}, action::strike),
              (formatted_text{"at now", {}}));
}

TEST_F(own_links_test, those_with_and_those_without_a_copy_stand_beside_each_other) {
    EXPECT_EQ(
        sent({"t.me/news/6 t.me/news/5 t.me/news/7", {link(0, 11), link(12, 11), link(24, 11)}},
             action::remove),
        (formatted_text{"https://t.me/copies/105", {}}));
    EXPECT_EQ(sent({"t.me/news/6", {link(0, 11)}}, action::remove), formatted_text{});
}

TEST_F(own_links_test, a_step_behind_moves_them_and_links_are_no_links_of_others) {
    steps.push_back({.what = rewrite_step{.how = rewrite_step::action::remove}});
    steps.push_back({.what = add_step{.where = add_step::place::header, .html = "🚀 News"}});
    EXPECT_EQ(
        sent({"a.example t.me/news/5 here", {link(0, 9), link(10, 11), link(22, 4, "t.me/news/6")}},
             action::strike),
        (formatted_text{"🚀 News\n\nhttps://t.me/copies/105 here",
                        {entity("strikethrough", 33, 4)}}));
}

TEST_F(own_links_test, a_step_behind_that_puts_another_address_there_has_the_last_word) {
    const auto replacing = [](std::string find, std::string with) {
        return transform_step{
            .what = replace_step{{{.find = std::move(find), .with = std::move(with)}}}};
    };
    const formatted_text text{"at t.me/news/5, here", {link(3, 11), link(16, 4, "t.me/news/5")}};
    const auto here = link(0, 4, "https://t.me/copies/105");
    const auto there = [&](const std::string& address) {
        formatted_text made{"at " + address + ", here", {here}};
        made.entities[0].offset = static_cast<std::int32_t>(made.text.size()) - 4;
        return made;
    };
    steps.push_back(replacing("t.me/news", "t.me/ours"));
    EXPECT_EQ(sent(text), there("https://t.me/copies/105")) << "it still leads to that post";
    steps[1] = replacing("t.me/news/5", "a.example");
    EXPECT_EQ(sent(text), there("a.example"));
    steps[1] = replacing(", ", ". ");
    EXPECT_EQ(sent(text).text, "at https://t.me/copies/105. here") << "an edit beside it";
}

TEST_F(own_links_test, of_a_destination_decide_about_those_of_the_route) {
    post.text = {"here", {link(0, 4, "t.me/news/6")}};
    marked_text text = planned();
    const auto own = transform::compile({{.what = own_links_step{action::strike, {}}}});
    ASSERT_TRUE(own);
    ASSERT_EQ(own->apply({.post = post}, text).is, applied::state::done);
    ASSERT_TRUE(text.own);
    EXPECT_EQ(text.own->without_copy, action::strike);
    EXPECT_TRUE(has_own_links(write_formatted(text)));
}

TEST_F(own_links_test, are_dealt_with_once_in_a_list) {
    steps.push_back({.what = own_links_step{action::strike, {}}, .place = 7});
    const auto made = transform::compile(steps);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().front().place, 7U);
}

TEST_F(own_links_test, nothing_grows_where_there_is_no_room) {
    units_max = 20;
    EXPECT_EQ(sent({"and see t.me/news/5", {link(8, 11)}}),
              (formatted_text{"and see t.me/news/5", {link(8, 11, "https://t.me/copies/105")}}));
    EXPECT_EQ(
        sent({"words to be seen", {link(0, 5, "t.me/news/6")}}, action::replace, "a long text"),
        (formatted_text{"words to be seen", {entity("strikethrough", 0, 5)}}));
    units_max = 31;
    EXPECT_EQ(sent({"and see t.me/news/5", {link(8, 11)}}).text, "and see https://t.me/copies/105");
}

TEST_F(own_links_test, parts_of_a_long_text_keep_their_own) {
    post.text.text = std::string(4'090, 'x') + " t.me/news/5";
    post.text.entities = {link(4'091, 11)};
    const auto parts = fit(planned(), false, long_text_policy::split);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_FALSE(has_own_links(parts[0]));
    EXPECT_TRUE(has_own_links(parts[1]));
}

// Whatever is linked, struck or removed: entities stay valid, and all else stays.
TEST_F(own_links_test, random_texts_stay_valid_and_lose_nothing_else) {
    std::size_t led = 0;
    for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        formatted_text text = testing::random_formatted(random, 30);
        std::size_t own = 0;
        for (message_entity& each : text.entities) {
            if (each.type != "url" && each.type != "text_link") continue;
            if (random.chance(0.7)) each.own_post = message_id{random.between(4, 6)};
            own += each.own_post != message_id{};
        }
        const own_links how{
            .without_copy = static_cast<action>(random.below(4)), .with = "(gone)", .routes = {}};
        units_max = random.chance(0.5) ? utf16_length(text.text) : text_units_max;
        const formatted_text made = lead_to_copies(
            text, how, units_max, [](message_id which) -> std::optional<std::string> {
                if (which != message_id{5}) return std::nullopt;
                return "https://t.me/copies/105";
            });
        ASSERT_EQ(testing::problem_of(made), "") << made.text;
        ASSERT_FALSE(has_own_links(made));
        ASSERT_LE(utf16_length(made.text), units_max);
        if (own == 0) {
            marked_text trimmed = read_marked(text);
            trim(trimmed);
            ASSERT_EQ(made.text, trimmed.bytes);
        }
        const std::string address = "https://t.me/copies/105";
        led +=
            made.text.contains(address) ||
            std::ranges::find(made.entities, address, &message_entity::url) != made.entities.end();
    }
    EXPECT_GT(led, 300U);
}

}  // namespace
}  // namespace baudot::text
