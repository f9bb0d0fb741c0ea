#include "telegram_sim/entities.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/utf16.hpp"
#include "telegram_sim/markup.hpp"

namespace baudot::telegram_sim {
namespace {

entity make(entity_kind kind, int offset, int length, std::string argument = {}) {
    return {.kind = kind, .offset = offset, .length = length, .argument = std::move(argument)};
}

TEST(entities, crossing_styles_are_cut_until_they_nest) {
    const auto made =
        normalise({.text = "abcdef",
                   .entities = {make(entity_kind::bold, 0, 4), make(entity_kind::italic, 2, 4)}},
                  false);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->entities,
              (std::vector{make(entity_kind::bold, 0, 4), make(entity_kind::italic, 2, 2),
                           make(entity_kind::italic, 4, 2)}));
}

TEST(entities, nothing_is_bold_inside_code) {
    const auto made =
        normalise({.text = "abcdef",
                   .entities = {make(entity_kind::bold, 0, 6), make(entity_kind::code, 2, 2)}},
                  false);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->entities,
              (std::vector{make(entity_kind::bold, 0, 2), make(entity_kind::code, 2, 2),
                           make(entity_kind::bold, 4, 2)}));
}

TEST(entities, an_entity_inside_a_surrogate_pair_is_an_error) {
    EXPECT_FALSE(normalise({.text = "🚀a", .entities = {make(entity_kind::bold, 1, 2)}}, false));
    EXPECT_TRUE(normalise({.text = "🚀a", .entities = {make(entity_kind::bold, 0, 2)}}, false));
    EXPECT_FALSE(normalise({.text = "a", .entities = {make(entity_kind::bold, 0, 2)}}, false));
}

TEST(entities, normalising_twice_changes_nothing) {
    const std::vector<std::string> words = {
        "a", "🚀", " ", "\n", "\r", "ж", "#tag", "@name", "/go", "https://a.b/c", "\t", "é"};
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        random_source random(seed);
        formatted_text input;
        for (std::uint64_t at = random.below(12); at > 0; --at) {
            input.text += words[random.below(words.size())];
        }
        const auto units = static_cast<std::int64_t>(utf16_length(input.text));
        for (std::uint64_t at = random.below(6); at > 0 && units > 0; --at) {
            const auto from = random.between(0, units - 1);
            input.entities.push_back(
                make(static_cast<entity_kind>(random.between(7, entity_kinds - 1)),
                     static_cast<int>(from), static_cast<int>(random.between(1, units - from))));
        }
        const auto once = normalise(input, true);
        if (!once) continue;  // inside a pair
        const auto twice = normalise(*once, true);
        ASSERT_TRUE(twice) << "seed " << seed;
        ASSERT_EQ(*once, *twice) << "seed " << seed;
    }
}

TEST(entities, commands_mentions_tags_and_links_are_found) {
    const auto found = find_entities("🚀 /go@a_bot @name #тег $USD a@b.co https://x.y/z.");
    ASSERT_EQ(found.size(), 6u);
    EXPECT_EQ(found[0], make(entity_kind::bot_command, 3, 9));
    EXPECT_EQ(found[1], make(entity_kind::mention, 13, 5));
    EXPECT_EQ(found[2], make(entity_kind::hashtag, 19, 4));
    EXPECT_EQ(found[3], make(entity_kind::cashtag, 24, 4));
    EXPECT_EQ(found[4], make(entity_kind::email, 29, 6));
    EXPECT_EQ(found[5], make(entity_kind::url, 36, 13));
}

TEST(markup, html_nests_and_names_what_is_wrong) {
    const auto made = parse_html(
        "<b>a<i>b</i></b> <a href=\"e.com\">c</a><pre><code class=\"language-cpp\">d</code></pre>");
    ASSERT_TRUE(made) << made.error().description;
    EXPECT_EQ(made->text, "ab cd");
    EXPECT_EQ(made->entities,
              (std::vector{make(entity_kind::italic, 1, 1), make(entity_kind::bold, 0, 2),
                           make(entity_kind::text_link, 3, 1, "http://e.com/"),
                           make(entity_kind::pre, 4, 1, "cpp")}));
    EXPECT_EQ(parse_html("<x>").error().description,
              "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0");
    EXPECT_EQ(parse_html("<b>a").error().description,
              "Bad Request: can't parse entities: Can't find end tag corresponding to start tag "
              "\"b\"");
    EXPECT_EQ(parse_html("<b>a</i>").error().description,
              "Bad Request: can't parse entities: Unmatched end tag at byte offset 4, expected "
              "\"</b>\", found \"</i>\"");
}

TEST(markup, markdown_v2_wants_its_marks_escaped) {
    const auto made = parse_markdown_v2("*a _b_* ||c|| `d\\`` [e](http://f/) \\.\n>q");
    ASSERT_TRUE(made) << made.error().description;
    EXPECT_EQ(made->text, "a b c d` e .\nq");
    EXPECT_EQ(made->entities.size(), 6u);
    EXPECT_EQ(made->entities.back(), make(entity_kind::blockquote, 13, 1));
    EXPECT_EQ(parse_markdown_v2("a.").error().description,
              "Bad Request: can't parse entities: Character '.' is reserved and must be escaped "
              "with the preceding '\\'");
    EXPECT_FALSE(parse_markdown_v2("*a"));
}

TEST(markup, the_parsers_survive_any_input) {
    constexpr std::string_view alphabet = "<>/&#;=\"'ab*_`~|[]()!\\>\n \xF0\x9F\x9A\x80";
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        random_source random(seed);
        std::string input;
        for (std::uint64_t at = random.below(40); at > 0; --at) {
            input.push_back(alphabet[random.below(alphabet.size())]);
        }
        for (const auto& made :
             {parse_html(input), parse_markdown_v2(input), parse_markdown(input)}) {
            if (!made) continue;
            for (const entity& one : made->entities) {
                ASSERT_GT(one.length, 0);
                ASSERT_LE(static_cast<std::size_t>(one.offset + one.length),
                          utf16_length(made->text));
            }
        }
    }
}

TEST(markup, old_markdown_knows_four_marks) {
    const auto made = parse_markdown("*a* _b_ `c` [d](http://e/) \\_");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->text, "a b c d _");
    EXPECT_EQ(made->entities.size(), 4u);
    EXPECT_FALSE(parse_markdown("*a"));
}

}  // namespace
}  // namespace baudot::telegram_sim
