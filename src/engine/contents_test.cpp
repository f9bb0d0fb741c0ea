#include "engine/contents.hpp"

#include <gtest/gtest.h>

namespace baudot::engine {
namespace {

std::shared_ptr<const deliveries_planned> a_plan() {
    return std::make_shared<const deliveries_planned>();
}

const std::size_t each = bytes_in_memory(deliveries_planned{});

TEST(contents, a_plan_of_a_backlog_that_was_read_back_stays_for_its_other_chats) {
    contents tested(3 * each);
    for (std::uint64_t at = 10; at < 20; ++at) tested.put(sequence{at}, a_plan());
    const auto read_back = a_plan();
    tested.put(sequence{1}, read_back);
    EXPECT_EQ(tested.find(sequence{1}), read_back) << "older than all others, and needed now";
    tested.put(sequence{20}, a_plan());
    tested.put(sequence{21}, a_plan());
    EXPECT_EQ(tested.find(sequence{1}), read_back);
}

TEST(contents, what_was_used_longest_ago_goes_first) {
    contents tested(3 * each);
    for (std::uint64_t at = 1; at <= 3; ++at) tested.put(sequence{at}, a_plan());
    EXPECT_TRUE(tested.find(sequence{1}));
    tested.put(sequence{4}, a_plan());
    EXPECT_TRUE(tested.find(sequence{1}));
    EXPECT_FALSE(tested.find(sequence{2}));
}

TEST(contents, are_bounded_and_give_room_back) {
    contents tested(3 * each);
    for (std::uint64_t at = 1; at <= 9; ++at) tested.put(sequence{at}, a_plan());
    EXPECT_EQ(tested.bytes(), 3 * each);
    tested.put(sequence{9}, a_plan());  // known
    EXPECT_EQ(tested.bytes(), 3 * each);
    tested.erase(sequence{9});
    tested.erase(sequence{9});
    EXPECT_EQ(tested.bytes(), 2 * each);
    EXPECT_FALSE(tested.find(sequence{9}));
}

}  // namespace
}  // namespace baudot::engine
