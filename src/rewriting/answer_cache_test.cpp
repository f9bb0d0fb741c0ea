#include "rewriting/answer_cache.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace baudot::rewriting {
namespace {

TEST(answer_cache, keeps_to_its_bytes_and_drops_what_was_not_asked_for_the_longest) {
    answer_cache cache(4000);
    cache.put("a", {.bytes = std::string(900, 'a')});
    cache.put("b", {.bytes = std::string(900, 'b')});
    cache.put("c", {.bytes = std::string(900, 'c')});
    ASSERT_NE(cache.find("a"), nullptr);
    cache.put("d", {.bytes = std::string(900, 'd')});
    EXPECT_NE(cache.find("a"), nullptr);
    EXPECT_EQ(cache.find("b"), nullptr);
    EXPECT_NE(cache.find("c"), nullptr);
    EXPECT_EQ(cache.find("d")->bytes, std::string(900, 'd'));
    EXPECT_LE(cache.bytes(), 4000U);
}

TEST(answer_cache, a_later_answer_replaces_the_one_before) {
    answer_cache cache(4000);
    cache.put("a", {.bytes = "one"});
    const std::size_t bytes = cache.bytes();
    cache.put("a", {.bytes = "two"});
    EXPECT_EQ(cache.find("a")->bytes, "two");
    EXPECT_EQ(cache.bytes(), bytes);
}

TEST(answer_cache, never_holds_more_bytes_than_it_may) {
    random_source random(5);
    answer_cache cache(20'000);
    for (int step = 0; step < 20'000; ++step) {
        const std::string key = std::to_string(random.below(100));
        if (random.chance(0.5)) {
            cache.put(key, {.bytes = key + std::string(random.below(3000), 'x')});
        } else if (const text::marked_text* found = cache.find(key)) {
            EXPECT_TRUE(found->bytes.starts_with(key));
        }
        ASSERT_LE(cache.bytes(), 20'000U);
    }
    cache.put("large", {.bytes = std::string(30'000, 'x')});
    EXPECT_EQ(cache.find("large"), nullptr);
    EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace baudot::rewriting
