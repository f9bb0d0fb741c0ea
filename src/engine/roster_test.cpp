#include "engine/roster.hpp"

#include <gtest/gtest.h>

namespace baudot::engine {
namespace {

constexpr account_id first{1};
constexpr account_id second{2};
constexpr chat_id channel{-1001};

const telegram::membership admin{
    .is_member = true, .can_post = true, .can_send_media = true, .status = "administrator"};
const telegram::membership reader{.is_member = true, .status = "member"};

std::vector<account_id> posters(const roster& of) {
    const auto found = of.posters(channel);
    return {found.begin(), found.end()};
}

class roster_test : public testing::Test {
protected:
    roster_test() {
        tested.add(first);
        tested.add(second);
    }
    roster tested;
};

TEST_F(roster_test, the_order_of_the_configuration_decides_not_that_of_the_answers) {
    tested.learn(second, channel, admin);
    tested.learn(first, channel, admin);
    EXPECT_EQ(posters(tested), (std::vector{first, second}));
}

TEST_F(roster_test, an_unknown_chat_has_no_posters_and_nobody_sees_it) {
    EXPECT_TRUE(posters(tested).empty());
    EXPECT_FALSE(tested.sees(first, channel));
    EXPECT_FALSE(tested.can_send_media(first, channel));
}

TEST_F(roster_test, a_reader_sees_and_does_not_post) {
    tested.learn(first, channel, reader);
    EXPECT_TRUE(tested.sees(first, channel));
    EXPECT_TRUE(posters(tested).empty());
}

TEST_F(roster_test, a_forbidden_account_makes_way_until_it_is_learned_anew) {
    tested.learn(first, channel, admin);
    tested.learn(second, channel, admin);
    tested.forbid(first, channel);
    EXPECT_EQ(posters(tested), (std::vector{second}));
    EXPECT_TRUE(tested.sees(first, channel)) << "it may still read";
    tested.learn(first, channel, admin);
    EXPECT_EQ(posters(tested), (std::vector{first, second}));
}

TEST_F(roster_test, what_was_forbidden_is_known_until_it_is_allowed_again) {
    tested.learn(first, channel, admin);
    EXPECT_FALSE(tested.is_barred(first, channel));
    tested.forbid(first, channel);
    EXPECT_TRUE(tested.is_barred(first, channel));
    EXPECT_FALSE(tested.is_barred(second, channel));
    EXPECT_EQ(tested.barred().size(), 1U);
    tested.learn(first, channel, reader);
    EXPECT_TRUE(tested.is_barred(first, channel));
    tested.learn(first, channel, admin);
    EXPECT_FALSE(tested.is_barred(first, channel));
}

// What it was to send there was planned in a life before, when it could.
TEST_F(roster_test, who_may_not_post_at_the_start_is_barred_and_not_asked_about_again) {
    tested.learn(first, channel, reader);
    EXPECT_TRUE(tested.is_barred(first, channel));
    EXPECT_TRUE(tested.barred().empty());
    tested.learn(first, channel, admin);
    EXPECT_FALSE(tested.is_barred(first, channel));
}

TEST_F(roster_test, an_account_that_is_back_has_its_old_place) {
    tested.learn(first, channel, admin);
    tested.learn(second, channel, admin);
    tested.lose(first);
    EXPECT_EQ(posters(tested), (std::vector{second}));
    tested.regain(first);
    EXPECT_EQ(posters(tested), (std::vector{first, second}));
}

TEST_F(roster_test, a_lost_account_is_planned_for_nothing) {
    tested.learn(first, channel, admin);
    tested.lose(first);
    EXPECT_TRUE(posters(tested).empty());
    tested.learn(first, channel, admin);
    EXPECT_TRUE(posters(tested).empty()) << "a late answer does not bring it back";
}

}  // namespace
}  // namespace baudot::engine
