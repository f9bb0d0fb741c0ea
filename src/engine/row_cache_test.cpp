#include "engine/row_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace baudot::engine {
namespace {

TEST(row_cache, what_is_used_stays_and_the_rest_makes_room) {
    row_cache rows(10);
    rows.keep("used", "a");
    for (int n = 0; n < 100; ++n) {
        rows.keep("once " + std::to_string(n), "b");
        const std::string* used = rows.find("used");
        ASSERT_TRUE(used) << n;
        EXPECT_EQ(*used, "a");
        EXPECT_LE(rows.size(), 10U);
    }
    EXPECT_FALSE(rows.find("once 0"));
    EXPECT_TRUE(rows.find("once 99"));
}

TEST(row_cache, what_is_forgotten_is_in_neither_half) {
    row_cache rows(4);
    rows.keep("old", "a");
    rows.keep("young", "b");
    rows.keep("newest", "c");
    rows.forget("old");
    rows.forget("newest");
    EXPECT_FALSE(rows.find("old"));
    EXPECT_FALSE(rows.find("newest"));
    EXPECT_TRUE(rows.find("young"));
}

TEST(row_cache, a_row_that_is_kept_again_has_its_new_value) {
    row_cache rows(4);
    rows.keep("row", "a");
    rows.keep("row", "b");
    EXPECT_EQ(*rows.find("row"), "b");
}

}  // namespace
}  // namespace baudot::engine
