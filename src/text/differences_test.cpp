#include "text/differences.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "text/random_text_test.hpp"

namespace baudot::text {
namespace {

/// "2-4:new" of each edit.
std::string shown(std::string_view from, std::string_view to) {
    std::string all;
    for (const edit& each : differences(from, to)) {
        all += (all.empty() ? "" : " ") + std::to_string(each.begin) + '-' +
               std::to_string(each.end) + ':' + each.with;
    }
    return all;
}

TEST(differences, are_word_by_word) {
    EXPECT_EQ(shown("same", "same"), "");
    EXPECT_EQ(shown("", "new"), "0-0:new");
    EXPECT_EQ(shown("old", ""), "0-3:");
    EXPECT_EQ(shown("one two three", "one 2 three"), "4-7:2");
    EXPECT_EQ(shown("one two three four five", "1 two 3 four 5"), "0-3:1 8-13:3 19-23:5");
    EXPECT_EQ(shown("a b c", "a c"), "2-4:");
    EXPECT_EQ(shown("a c", "a b c"), "2-2:b ");
    EXPECT_EQ(shown("Слово", "Слава"), "4-10:ава") << "no character is torn";
    EXPECT_EQ(shown("\xF0\x9F\x9A\x80", "\xF0\x9F\x9A\x81"), "0-4:\xF0\x9F\x9A\x81");
}

TEST(differences, make_the_one_of_the_other_and_keep_what_they_share) {
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        random_source random(seed);
        const formatted_text old = testing::random_formatted(random, 12);
        marked_text text = read_marked(old);
        std::string wanted = random.chance(0.2) ? testing::random_words(random, 12) : text.bytes;
        for (std::uint64_t left = random.below(4); left > 0 && !wanted.empty(); --left) {
            std::size_t at = random.below(wanted.size() + 1);
            while (at < wanted.size() && is_continuation(wanted[at])) ++at;
            wanted.insert(at, testing::random_words(random, 2));
        }
        const std::vector<edit> edits = differences(text.bytes, wanted);
        std::size_t last = 0;
        for (const edit& each : edits) {
            EXPECT_TRUE(each.begin >= last && each.begin <= each.end) << seed;
            EXPECT_TRUE(each.begin == text.bytes.size() ||
                        !is_continuation(text.bytes[each.begin]));
            EXPECT_TRUE(each.end == text.bytes.size() || !is_continuation(text.bytes[each.end]));
            last = each.end;
        }
        apply_edits(edits, text);
        ASSERT_EQ(text.bytes, wanted) << seed;
        ASSERT_EQ(testing::problem_of(write_formatted(text)), "") << seed;
    }
}

TEST(differences, of_very_much_are_one) {
    std::string from;
    std::string to;
    for (int at = 0; at < 3000; ++at) {
        from += std::to_string(at) + ' ';
        to += std::to_string(at * 7 % 3000) + ' ';
    }
    const std::vector<edit> edits = differences("same " + from, "same " + to);
    ASSERT_EQ(edits.size(), 1u);
    EXPECT_EQ(edits[0].begin, 7u) << "both begin with 0";
}

}  // namespace
}  // namespace baudot::text
