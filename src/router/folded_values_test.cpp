#include "router/folded_values.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace baudot::router {
namespace {

std::string utf8(std::uint32_t letter) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (letter < 0x80) return {byte(letter)};
    if (letter < 0x800) return {byte(0xC0U | letter >> 6), byte(0x80U | (letter & 0x3FU))};
    if (letter < 0x10000) {
        return {byte(0xE0U | letter >> 12), byte(0x80U | (letter >> 6 & 0x3FU)),
                byte(0x80U | (letter & 0x3FU))};
    }
    return {byte(0xF0U | letter >> 18), byte(0x80U | (letter >> 12 & 0x3FU)),
            byte(0x80U | (letter >> 6 & 0x3FU)), byte(0x80U | (letter & 0x3FU))};
}

// Letters of every kind of folding, those of scripts that fold() does not know among them.
TEST(folded_values, are_equal_exactly_to_what_re2_takes_for_equal) {
    const std::vector<std::string> letters = {"a", "I", "k", "s", "ß", "Å", "ÿ",  "µ", "Ж",
                                              "в", "ё", "Σ", "ı", "ǆ", "Ա", "新", "ლ", "7"};
    for (const std::string& one : letters) {
        const folded_values values({one});
        ASSERT_EQ(values.error(), "") << one;
        RE2::Options quiet;
        quiet.set_log_errors(false);
        const RE2 alone("(?i)" + RE2::QuoteMeta(one), quiet);
        for (std::uint32_t letter = 1; letter < 0x1F000; ++letter) {
            if (letter >= 0xD800 && letter < 0xE000) continue;
            const std::string text = utf8(letter);
            ASSERT_EQ(values.contain(text), RE2::FullMatch(text, alone)) << one << ' ' << letter;
        }
    }
}

TEST(folded_values, are_whole_texts_and_no_patterns) {
    const folded_values values({"a.b", "ΣΟΦΙΑ", "x|y", ""});
    EXPECT_TRUE(values.contain("A.B"));
    EXPECT_FALSE(values.contain("axb"));
    EXPECT_FALSE(values.contain("a.bc"));
    EXPECT_TRUE(values.contain("σοφιας") == false && values.contain("σοφια"));
    EXPECT_TRUE(values.contain("X|Y"));
    EXPECT_FALSE(values.contain("x"));
    EXPECT_TRUE(values.contain(""));
    EXPECT_FALSE(folded_values({"a"}).contain("a\xff"));
    EXPECT_FALSE(folded_values({}).contain(""));
}

// As one pattern of RE2 these were refused for their size.
TEST(folded_values, a_list_of_a_million_values_is_good) {
    std::vector<std::string> many;
    many.reserve(1'000'000);
    for (int each = 0; each < 1'000'000; ++each) many.push_back("#Новости" + std::to_string(each));
    const folded_values values(many);
    EXPECT_EQ(values.error(), "");
    EXPECT_TRUE(values.contain("#новости999999"));
    EXPECT_FALSE(values.contain("#новости1000000"));
}

}  // namespace
}  // namespace baudot::router
