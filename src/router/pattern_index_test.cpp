#include "router/pattern_index.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "router/folded_text.hpp"
#include "router/obvious_filter_test.hpp"
#include "router/random_filter_test.hpp"
#include "router/required_literals.hpp"

namespace baudot::router {
namespace {

using strings = std::vector<std::string>;

pattern_index index_of(const strings& patterns, const pattern_limits& limits) {
    pattern_index::builder builder(limits);
    for (const std::string& pattern : patterns) {
        const auto added = builder.add(pattern);
        EXPECT_TRUE(added) << pattern << ": " << added.error().reason;
    }
    return std::move(builder).build();
}

const pattern_limits always{.literals_from = 1};

std::vector<bool> found_by(const pattern_index& index, std::string_view text) {
    std::vector<std::uint32_t> all(index.sets().sets());
    std::iota(all.begin(), all.end(), 0u);
    pattern_index::scanned in;
    index.scan(text, all, in);
    std::vector<bool> found;
    found.reserve(index.size());
    for (std::uint32_t each = 0; each < index.size(); ++each) {
        found.push_back(index.finds(each, in));
    }
    return found;
}

std::string utf8(char32_t of) {
    std::string made;
    if (of < 0x80) return {static_cast<char>(of)};
    if (of < 0x800) {
        made += static_cast<char>(0xC0U | of >> 6);
    } else if (of < 0x10000) {
        made += static_cast<char>(0xE0U | of >> 12);
        made += static_cast<char>(0x80U | (of >> 6 & 0x3FU));
    } else {
        made += static_cast<char>(0xF0U | of >> 18);
        made += static_cast<char>(0x80U | (of >> 12 & 0x3FU));
        made += static_cast<char>(0x80U | (of >> 6 & 0x3FU));
    }
    return made + static_cast<char>(0x80U | (of & 0x3FU));
}

std::string folded(const std::string& text) {
    std::string made;
    fold(text, made);
    return made;
}

TEST(pattern_index, finds_what_each_pattern_finds_by_itself) {
    static const char* const words[] = {"abc", "Жук", "bcx1", "新闻社", "🚀a", "k\u212A", "bb"};
    int found = 0;
    int filtered = 0;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        strings patterns;
        for (int left = 12; left > 0; --left) {
            std::string made = random_rules::pattern(random);
            if (random.chance(0.7)) made.insert(0, words[random.below(std::size(words))]);
            if (random.chance(0.4)) made.insert(0, "(?i)");
            if (random.chance(0.3)) made += words[random.below(std::size(words))];
            const bool is_new = std::ranges::find(patterns, made) == patterns.end();
            if (is_new && obvious::compiled(made).ok()) patterns.push_back(std::move(made));
        }
        const pattern_index index = index_of(patterns, always);
        filtered += static_cast<int>(index.size() - index.sets().size());
        for (int left = 30; left > 0; --left) {
            std::string text = random_rules::text(random);
            for (int more = 3; more > 0; --more) {
                text.insert(random.below(text.size() + 1), words[random.below(std::size(words))]);
            }
            const std::vector<bool> got = found_by(index, text);
            for (std::size_t at = 0; at < patterns.size(); ++at) {
                ASSERT_EQ(got[at], obvious::finds(text, patterns[at]))
                    << patterns[at] << " in " << text;
                found += got[at] ? 1 : 0;
            }
        }
    }
    EXPECT_GT(found, 1'000);
    EXPECT_GT(filtered, 300) << "the test does not test what it says";
}

TEST(pattern_index, a_list_is_found_when_one_of_its_patterns_is) {
    pattern_index::builder builder(always);
    const std::vector<std::uint32_t> patterns = {*builder.add("\\d"), *builder.add("one"),
                                                 *builder.add("two"), *builder.add("t.ree"),
                                                 *builder.add("four")};
    const std::uint32_t digit = builder.add_list({patterns[4], patterns[0]});
    const std::uint32_t some = builder.add_list({patterns[3], patterns[2], patterns[4]});
    const std::uint32_t none = builder.add_list({});
    const pattern_index index = std::move(builder).build();
    const std::uint32_t all[] = {0};
    const auto found = [&](std::string_view text) {
        pattern_index::scanned in;
        index.scan(text, all, in);
        return std::vector<bool>{index.finds_one(digit, in), index.finds_one(some, in),
                                 index.finds_one(none, in)};
    };
    EXPECT_EQ(found("1"), (std::vector<bool>{true, false, false}));
    EXPECT_EQ(found("one two"), (std::vector<bool>{false, true, false}));
    EXPECT_EQ(found("one, four"), (std::vector<bool>{true, true, false}));
    EXPECT_EQ(found("tree"), (std::vector<bool>{false, false, false})) << "a literal is no match";
    EXPECT_EQ(found("three"), (std::vector<bool>{false, true, false}));
    EXPECT_EQ(found(""), (std::vector<bool>{false, false, false}));
}

TEST(pattern_index, of_a_list_only_what_is_accepted_counts) {
    pattern_index::builder builder(always);
    const std::vector<std::uint32_t> patterns = {*builder.add("\\d"), *builder.add("one"),
                                                 *builder.add("two"), *builder.add("four")};
    const std::uint32_t list = builder.add_list({patterns[0], patterns[1], patterns[2]});
    const pattern_index index = std::move(builder).build();
    const std::uint32_t all[] = {0};
    pattern_index::scanned in;
    index.scan("2 two four", all, in);
    std::vector<std::uint32_t> asked;
    const auto refuse = [&](std::uint32_t each) {
        asked.push_back(each);
        return false;
    };
    EXPECT_FALSE(index.finds_one(list, in, refuse));
    EXPECT_EQ(asked, (std::vector{patterns[0], patterns[2]}));
    EXPECT_TRUE(index.finds_one(list, in, [&](std::uint32_t each) { return each == patterns[2]; }));
}

// A post of a source whose routes have no patterns, or that are judged without them, pays nothing
// for those of others.
TEST(pattern_index, literals_are_looked_for_when_a_pattern_is_asked_for) {
    pattern_index::builder builder(always);
    const std::uint32_t digit = *builder.add("\\d");
    const std::uint32_t word = *builder.add("word");
    const pattern_index index = std::move(builder).build();
    const std::uint32_t all[] = {0};
    pattern_index::scanned in;
    for (const char* const text : {"1 word", "word", "1"}) {
        index.scan(text, all, in);
        EXPECT_EQ(index.finds(digit, in), text[0] == '1');
        EXPECT_TRUE(in.of_literals.empty());
        EXPECT_EQ(index.finds(word, in), std::string_view(text).ends_with("word"));
        EXPECT_FALSE(in.of_literals.empty());
    }
}

// RE2 looks 1.7 s for the literals of 4,000 words and 6.2 s for those of 8,000.
TEST(pattern_index, of_a_pattern_of_very_many_parts_no_literals_are_wanted) {
    std::string pattern = "(?i)part0";
    for (int each = 1; each < 300; ++each) pattern += "|part" + std::to_string(each);
    EXPECT_TRUE(required_literals(pattern, obvious::quiet()).literals.empty());
    const pattern_index index = index_of({pattern, "abc", "def", "ghi"}, {.literals_from = 1});
    EXPECT_EQ(found_by(index, "PART299"), (std::vector<bool>{true, false, false, false}));
    EXPECT_EQ(found_by(index, "par"), (std::vector<bool>{false, false, false, false}));
}

TEST(pattern_index, a_pattern_with_a_literal_is_in_no_set_where_there_are_many) {
    const strings patterns = {"release", "(?i)НОВОСТИ", "a.{0,20}bcd", "(?:one|two)", "\\d+", "ab",
                              "x"};
    const pattern_index index = index_of(patterns, {.literals_from = 4});
    EXPECT_EQ(index.sets().size(), 3u);
    EXPECT_EQ(index.literals(), 5u);
    EXPECT_FALSE(index.set_of(0));
    EXPECT_TRUE(index.set_of(4));
    EXPECT_EQ(found_by(index, "Новости: two, a - BCD"),
              (std::vector<bool>{false, true, false, true, false, false, false}));
    const pattern_index few = index_of(patterns, {.literals_from = 5});
    EXPECT_EQ(few.sets().size(), 7u);
    EXPECT_EQ(few.literals(), 0u);
}

TEST(pattern_index, literals_without_which_nothing_matches_are_looked_for) {
    const auto literals = [](const std::string& pattern) {
        std::vector<std::string> found = required_literals(pattern, obvious::quiet()).literals;
        std::ranges::sort(found);  // RE2 promises no order
        return found;
    };
    EXPECT_EQ(literals("(?i)Abc.*LONGER"), (strings{"abc", "longer"}));
    EXPECT_EQ(literals("abc(?:one|three)?"), strings{"abc"});
    EXPECT_EQ(literals("one|three"), (strings{"one", "three"}));
    EXPECT_FALSE(required_literals("one|three", obvious::quiet()).all);
    EXPECT_EQ(literals("ab"), strings{});
    EXPECT_EQ(literals("abc|\\d"), strings{});
    EXPECT_EQ(literals("(?i)новость"), strings{"новость"});
    EXPECT_EQ(literals("αβγδε"), strings{}) << "Greek is not folded here";
}

// RE2 lowers what it requires, and takes more letters for equal than ASCII knows: the sign of
// Kelvin is a k. Whatever it takes for equal has to be equal in folded texts, where literals are of
// use.
TEST(folded_text, is_equal_where_re2_takes_letters_for_equal) {
    std::string all;
    std::vector<std::string> cased;
    static const RE2 has_case(R"([\p{Lu}\p{Ll}\p{Lt}\p{Nl}\p{So}\p{Mn}])");
    for (char32_t each = 1; each < 0x20000; ++each) {
        if (each >= 0xD800 && each < 0xE000) continue;
        std::string character = utf8(each);
        if (!RE2::FullMatch(character, has_case)) continue;
        all += character;
        cased.push_back(std::move(character));
    }
    int pairs = 0;
    for (const std::string& one : cased) {
        const auto literals =
            required_literals("(?i)xyz" + RE2::QuoteMeta(one), obvious::quiet()).literals;
        const auto exact =
            required_literals("xyz" + RE2::QuoteMeta(one), obvious::quiet()).literals;
        if (exact.size() == 1 && exact[0].size() > 3) {
            ASSERT_EQ(exact[0], folded("xyz" + one)) << one;
        }
        if (!is_foldable(one)) continue;
        const RE2 equal("((?i)" + RE2::QuoteMeta(one) + ")", obvious::quiet());
        re2::StringPiece rest(all);
        std::string other;
        while (RE2::FindAndConsume(&rest, equal, &other)) {
            ASSERT_EQ(folded(other), folded(one)) << other << " and " << one;
            ++pairs;
        }
        EXPECT_FALSE(literals.empty());
    }
    EXPECT_GT(pairs, 300);
}

TEST(folded_text, leaves_bytes_that_are_no_character) {
    EXPECT_EQ(folded("A\xff\xd0"), "a\xff\xd0");
    EXPECT_EQ(folded("\xd0\x96\xe2\x84"), "\xd0\xb6\xe2\x84");
    EXPECT_FALSE(is_foldable("a\xff"));
}

TEST(pattern_index, the_turkish_capital_i_is_found_where_re2_lowers_it) {
    const pattern_index index = index_of({"İstanbul", "(?i)istanbul", "ſtein"}, always);
    EXPECT_EQ(found_by(index, "İstanbul"), (std::vector<bool>{true, false, false}));
    EXPECT_EQ(found_by(index, "ISTANBUL"), (std::vector<bool>{false, true, false}));
    EXPECT_EQ(found_by(index, "ſtein"), (std::vector<bool>{false, false, true}));
}

}  // namespace
}  // namespace baudot::router
