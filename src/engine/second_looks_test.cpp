#include "engine/second_looks.hpp"

#include <gtest/gtest.h>

#include <map>

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;
using place = second_looks::place;

std::vector<place> chats(std::int64_t count) {
    std::vector<place> made;
    for (std::int64_t each = 1; each <= count; ++each) {
        made.emplace_back(account_id{7}, chat_id{-each});
    }
    return made;
}

TEST(second_looks, a_chat_is_asked_about_more_and_more_seldom) {
    second_looks tested;
    const std::vector<place> barred = chats(1);
    std::vector<duration> asked;
    for (duration at{}; at < 10h; at += 1min) {
        if (!tested.due(time_point{at}, barred, 100).empty()) asked.push_back(at);
    }
    ASSERT_GE(asked.size(), 9U);
    const std::vector<duration> first(asked.begin(), asked.begin() + 6);
    EXPECT_EQ(first, (std::vector<duration>{1min, 3min, 7min, 15min, 31min, 63min}));
    EXPECT_EQ(asked.back() - asked[asked.size() - 2], 1h);
}

TEST(second_looks, of_more_than_may_be_asked_at_once_none_is_passed_over) {
    second_looks tested;
    const std::vector<place> barred = chats(250);
    std::map<place, int> asked;
    for (duration at{}; at < 1h; at += 1min) {
        const auto now = tested.due(time_point{at}, barred, 10);
        ASSERT_LE(now.size(), 10U);
        for (const place& each : now) ++asked[each];
    }
    EXPECT_EQ(asked.size(), 250U);
}

TEST(second_looks, what_is_allowed_and_forbidden_again_begins_anew) {
    second_looks tested;
    const std::vector<place> barred = chats(1);
    (void)tested.due(time_point{0min}, barred, 100);
    EXPECT_EQ(tested.due(time_point{1min}, barred, 100), barred);
    EXPECT_TRUE(tested.due(time_point{2min}, {}, 100).empty());
    EXPECT_TRUE(tested.due(time_point{2min}, barred, 100).empty());
    EXPECT_EQ(tested.due(time_point{3min}, barred, 100), barred);
}

}  // namespace
}  // namespace baudot::engine
