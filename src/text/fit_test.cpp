#include "text/fit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.hpp"
#include "base/utf16.hpp"
#include "text/random_text_test.hpp"
#include "text/words.hpp"

namespace baudot::text {
namespace {

using testing::problem_of;
using policy = long_text_policy;

std::string repeated(std::string_view piece, std::size_t times) {
    std::string made;
    for (std::size_t each = 0; each < times; ++each) made += piece;
    return made;
}

marked_text plain(std::string text) {
    return read_marked({.text = std::move(text), .entities = {}});
}

TEST(fit, what_fits_is_one_message_as_it_is) {
    const formatted_text text{.text = repeated("a", 4096),
                              .entities = {{.type = "bold", .offset = 5, .length = 9}}};
    EXPECT_EQ(fit(read_marked(text), false, policy::split), (std::vector{text}));
    EXPECT_EQ(fit(plain(repeated("a", 1024)), true, policy::cut).size(), 1U);
    EXPECT_EQ(fit(plain(""), true, policy::split), (std::vector{formatted_text{}}));
}

TEST(fit, parts_end_behind_a_paragraph_or_a_line_or_a_word) {
    const std::string line = repeated("word ", 300) + "end";  // 1503
    const auto paragraphs = fit(plain(line + "\n" + line + "\n\n" + line), false, policy::split);
    ASSERT_EQ(paragraphs.size(), 2U);
    EXPECT_EQ(paragraphs[0].text, line + "\n" + line);
    EXPECT_EQ(paragraphs[1].text, line);
    const auto lines = fit(plain(line + "\n" + line + "\n" + line), false, policy::split);
    EXPECT_EQ(lines[0].text, line + "\n" + line);
    const auto words = fit(plain(repeated("word ", 1000)), false, policy::split);
    EXPECT_EQ(words[0].text.size(), 4094U);  // "word ... word"
    const auto letters = fit(plain(repeated("a", 5000)), false, policy::split);
    EXPECT_EQ(letters[0].text.size(), 4096U);
    EXPECT_EQ(letters[1].text.size(), 904U);
}

TEST(fit, an_entity_goes_on_in_the_next_part) {
    const auto parts =
        fit(read_marked({.text = repeated("a", 5000),
                         .entities = {{.type = "bold", .offset = 100, .length = 4500},
                                      {.type = "text_link",
                                       .offset = 4000,
                                       .length = 200,
                                       .url = "https://a.example/"}}}),
            false, policy::split);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(
        parts[0].entities,
        (std::vector<message_entity>{
            {.type = "bold", .offset = 100, .length = 3996},
            {.type = "text_link", .offset = 4000, .length = 96, .url = "https://a.example/"}}));
    EXPECT_EQ(parts[1].entities,
              (std::vector<message_entity>{
                  {.type = "bold", .offset = 0, .length = 504},
                  {.type = "text_link", .offset = 0, .length = 104, .url = "https://a.example/"}}));
}

TEST(fit, nothing_is_parted_that_means_nothing_in_parts) {
    const auto tag =
        fit(read_marked({.text = repeated("a", 4090) + "#hashtag" + repeated("b", 20),
                         .entities = {{.type = "hashtag", .offset = 4090, .length = 8}}}),
            false, policy::split);
    EXPECT_EQ(tag[0].text.size(), 4090U);
    EXPECT_EQ(tag[1].entities,
              (std::vector<message_entity>{{.type = "hashtag", .offset = 0, .length = 8}}));
    const std::string family = "👩\u200D👩\u200D👦";  // 8 units
    const auto joined = fit(plain(repeated("a", 4090) + family), false, policy::split);
    EXPECT_EQ(joined[1].text, family);
    const auto flag = fit(plain(repeated("a", 4094) + "🇩🇪"), false, policy::split);
    EXPECT_EQ(flag[1].text, "🇩🇪");
    const auto accent = fit(plain(repeated("a", 4095) + "e\u0301"), false, policy::split);
    EXPECT_EQ(accent[1].text, "e\u0301");
    const auto endless = fit(plain("e" + repeated("\u0301", 5000)), false, policy::split);
    EXPECT_EQ(utf16_length(endless[0].text), 4096U) << "but not at any price";
}

TEST(fit, what_is_too_much_for_a_caption_follows_as_text) {
    const std::string text = repeated("word ", 400);  // 2000
    const auto parts = fit(plain(text), true, policy::split);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].text.size(), 1024U);
    EXPECT_EQ(parts[0].text.size() + parts[1].text.size(), 1998U);
    const auto following = fit(plain(text), true, policy::follow);
    ASSERT_EQ(following.size(), 2U);
    EXPECT_EQ(following[0], formatted_text{});
    EXPECT_EQ(following[1].text.size(), 1999U);
    EXPECT_EQ(fit(plain(repeated("word ", 2000)), true, policy::follow).size(), 4U);
}

TEST(fit, a_cut_takes_from_the_end_of_the_posts_own_text) {
    marked_text text = plain("header\n\n" + repeated("word ", 1000) + "\n\nfooter");
    text.body_begin = 8;
    text.body_end = text.bytes.size() - 8;
    const auto cut = fit(text, false, policy::cut);
    ASSERT_EQ(cut.size(), 1U);
    EXPECT_TRUE(cut[0].text.starts_with("header\n\nword "));
    EXPECT_TRUE(cut[0].text.ends_with("word…\n\nfooter"));
    EXPECT_GT(utf16_length(cut[0].text), 4090U);
    EXPECT_LE(utf16_length(cut[0].text), 4096U);
    text.body_begin = text.body_end - 3;
    EXPECT_TRUE(fit(text, false, policy::cut).empty()) << "the rest alone is too long";
}

/// The text of all parts, without the blank space that parts are free to lose between them.
std::string squeezed(std::string_view text) {
    std::string made;
    for (const char each : text) {
        if (!is_blank(each)) made += each;
    }
    return made;
}

/// For each character that is not blank the names of its entities, in order.
std::vector<std::string> formats(const formatted_text& text) {
    std::vector<std::string> made;
    std::int32_t at = 0;
    for (const std::string& each : testing::characters_of(text.text)) {
        std::string format;
        for (const message_entity& one : text.entities) {
            const bool has = one.offset <= at && at < one.offset + one.length;
            if (has && !is_found_by_telegram(one.type)) format += one.type + one.url + ' ';
        }
        if (!is_blank(each.front())) made.push_back(std::move(format));
        at += each.size() == 4 ? 2 : 1;
    }
    return made;
}

TEST(fit, random_texts_lose_nothing_when_they_are_split) {
    std::size_t parts_seen = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const formatted_text text = testing::random_formatted(random, 3'000);
        const bool is_caption = random.chance(0.5);
        const auto how = random.chance(0.5) ? policy::split : policy::follow;
        const auto parts = fit(read_marked(text), is_caption, how);
        std::string all;
        std::vector<std::string> all_formats;
        for (std::size_t at = 0; at < parts.size(); ++at) {
            ASSERT_EQ(problem_of(parts[at]), "");
            ASSERT_LE(utf16_length(parts[at].text), is_caption && at == 0 ? 1024U : 4096U);
            ASSERT_TRUE(at == 0 || !parts[at].text.empty());
            if (parts.size() > 1) {
                ASSERT_TRUE(parts[at].text.empty() || !is_blank(parts[at].text.front()));
            }
            all += parts[at].text;
            std::ranges::copy(formats(parts[at]), std::back_inserter(all_formats));
        }
        ASSERT_EQ(squeezed(all), squeezed(text.text));
        ASSERT_EQ(all_formats, formats(text));
        parts_seen += parts.size();
    }
    EXPECT_GT(parts_seen, 700U);
}

TEST(fit, random_texts_that_are_cut_are_valid_and_fit) {
    std::size_t cut = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        marked_text text = read_marked(testing::random_formatted(random, 3'000));
        if (random.chance(0.5)) {
            const std::size_t begin = random.below(text.bytes.size() / 4 + 1);
            const std::size_t size = random.below(text.bytes.size() - begin + 1);
            const auto is_inside = [&](std::size_t at) {
                return at < text.bytes.size() && is_continuation(text.bytes[at]);
            };
            text.body_begin = begin;
            text.body_end = begin + size;
            while (is_inside(text.body_begin)) --text.body_begin;
            while (is_inside(text.body_end)) ++text.body_end;
        }
        const auto parts = fit(text, true, policy::cut);
        if (parts.empty()) continue;
        ASSERT_EQ(parts.size(), 1U);
        ASSERT_EQ(problem_of(parts[0]), "");
        ASSERT_LE(utf16_length(parts[0].text), 1024U);
        cut += parts[0].text.contains("…");
    }
    EXPECT_GT(cut, 150U);
}

}  // namespace
}  // namespace baudot::text
