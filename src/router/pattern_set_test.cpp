#include "router/pattern_set.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

namespace baudot::router {
namespace {

using testing_texts = std::vector<std::string>;

pattern_set set_of(const testing_texts& patterns, const pattern_limits& limits = {}) {
    pattern_set::builder builder(limits);
    for (const std::string& pattern : patterns) {
        const auto added = builder.add(pattern);
        EXPECT_TRUE(added) << pattern << ": " << added.error().reason;
    }
    return std::move(builder).build();
}

std::vector<std::uint8_t> hits_of(const pattern_set& set, std::string_view text) {
    std::vector<std::uint32_t> all(set.sets());
    std::iota(all.begin(), all.end(), 0u);
    std::vector<std::uint8_t> hits;
    set.match(text, all, hits);
    return hits;
}

using hits = std::vector<std::uint8_t>;

TEST(pattern_set, finds_patterns_anywhere_and_tells_upper_from_lower_case) {
    const pattern_set set =
        set_of({"go", "(?i)GO", "^go$", "привет", "(?i)ПРИВЕТ", "a.c", "(?s)a.c"});
    EXPECT_EQ(hits_of(set, "a go b"), (hits{1, 1, 0, 0, 0, 0, 0}));
    EXPECT_EQ(hits_of(set, "go"), (hits{1, 1, 1, 0, 0, 0, 0}));
    EXPECT_EQ(hits_of(set, "Привет"), (hits{0, 0, 0, 0, 1, 0, 0}));
    EXPECT_EQ(hits_of(set, "a\nc"), (hits{0, 0, 0, 0, 0, 0, 1}));
    EXPECT_EQ(hits_of(set, ""), (hits{0, 0, 0, 0, 0, 0, 0}));
}

TEST(pattern_set, of_no_patterns_matches_nothing) {
    EXPECT_TRUE(hits_of(pattern_set(), "text").empty());
    EXPECT_TRUE(hits_of(set_of({}), "text").empty());
}

TEST(pattern_set, the_same_text_is_one_pattern) {
    pattern_set::builder builder({});
    EXPECT_EQ(builder.add("a"), 0u);
    EXPECT_EQ(builder.add("b"), 1u);
    EXPECT_EQ(builder.add("a"), 0u);
    EXPECT_EQ(std::move(builder).build().size(), 2u);
}

TEST(pattern_set, says_what_is_wrong_and_where) {
    pattern_set::builder builder({});
    const auto escape = builder.add(R"(abc\q)");
    ASSERT_FALSE(escape);
    EXPECT_EQ(escape.error().reason, R"(invalid escape sequence: \q)");
    EXPECT_EQ(escape.error().offset, 3u);
    const auto look = builder.add("x(?=y)");
    ASSERT_FALSE(look);
    EXPECT_NE(look.error().reason.find("(?="), std::string::npos) << look.error().reason;
    EXPECT_EQ(look.error().offset, 1u);
    EXPECT_FALSE(builder.add("(a"));
    EXPECT_FALSE(builder.add("a{2000}"));
    EXPECT_FALSE(builder.add("\xff"));
    EXPECT_EQ(builder.add("fine"), 0u) << "refused patterns leave no gap";
}

TEST(pattern_set, a_pattern_that_needs_more_than_its_memory_is_refused) {
    pattern_set::builder builder({.pattern_bytes = 1 << 14});
    const auto added = builder.add("((a{100}){10}|b{500}){2}");
    ASSERT_FALSE(added);
    EXPECT_FALSE(added.error().reason.empty());
}

// 1,000 patterns of this shape do not compile into one set at RE2's default memory, and a set
// that did not compile crashes on its first match.
TEST(pattern_set, splits_what_does_not_compile_together) {
    testing_texts patterns;
    for (int i = 0; i < 1000; ++i) patterns.push_back("[a-z]+x" + std::to_string(i) + "_.{0,20}y");
    const pattern_set set = set_of(patterns, {.set_bytes = 8 << 20});
    EXPECT_GT(set.sets(), 1u);
    const hits found = hits_of(set, "abx7_ and then y, bx999_y");
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i], i == 7 || i == 999) << i;
    }
}

TEST(pattern_set, matches_one_by_one_what_does_not_even_compile_alone) {
    const pattern_set set = set_of({"a{500}b", "plain", "c", "d"}, {.set_bytes = 2000});
    EXPECT_EQ(set.sets(), 2u);
    EXPECT_EQ(hits_of(set, std::string(500, 'a') + "b"), (hits{1, 0, 0, 0}));
    EXPECT_EQ(hits_of(set, "very plain"), (hits{0, 1, 0, 0}));
}

TEST(pattern_set, matches_a_few_one_by_one_and_forgets_what_matched_before) {
    const pattern_set set = set_of({"a", "b"}, {});
    EXPECT_EQ(set.sets(), 1u);
    hits found{1, 1};
    const std::uint32_t wanted[] = {0};
    set.match("b", wanted, found);
    EXPECT_EQ(found, (hits{0, 1}));
}

// A DFA state of a set lists the patterns that match there. Three hundred that all match at once
// do not fit when the memory sufficed for the program and little more; which memory that is
// depends on RE2, so all are tried.
TEST(pattern_set, a_match_that_runs_out_of_memory_is_done_another_way_and_never_means_no) {
    testing_texts patterns{"."};
    while (patterns.size() < 300) patterns.push_back("(?:" + patterns.back() + ")");
    const hits expected(patterns.size(), 1);
    std::uint64_t fallbacks = 0;
    for (std::int64_t memory = 10'000; memory < 14'000; memory += 60) {
        const pattern_set set = set_of(patterns, {.set_bytes = memory});
        ASSERT_EQ(hits_of(set, std::string(100, 'a')), expected) << memory;
        fallbacks += set.fallbacks();
    }
    EXPECT_GT(fallbacks, 0u) << "the test does not test what it says";
}

TEST(pattern_set, runs_only_the_wanted_sets) {
    const pattern_set set = set_of({"a", "a", "b", "c"}, {.set_patterns = 1});
    ASSERT_EQ(set.sets(), 3u);
    hits found{7, 7, 7};
    const std::uint32_t wanted[] = {set.set_of(1)};
    set.match("abc", wanted, found);
    EXPECT_EQ(found, (hits{7, 1, 7}));
}

TEST(pattern_set, takes_texts_that_are_not_utf_8) {
    const pattern_set set = set_of({"a.b", "ab", "^.$", "b$"});
    EXPECT_EQ(hits_of(set,
                      "a\xff"
                      "b"),
              (hits{0, 0, 0, 1}));
    EXPECT_EQ(hits_of(set, "\xd0"), (hits{0, 0, 0, 0}));
    EXPECT_EQ(hits_of(set, std::string_view("ab\0b", 4)), (hits{0, 1, 0, 1}));
}

}  // namespace
}  // namespace baudot::router
