#include "schedule/scope_judge.hpp"

#include <gtest/gtest.h>

namespace baudot {
namespace {

using namespace std::chrono_literals;

constexpr time_point now{1h};
constexpr chat_id first{-1}, second{-2}, third{-3};
constexpr method_class copies = method_class::copy;
constexpr method_class forwards = method_class::forward;

TEST(scope_judge, the_first_refusal_is_of_the_chat_and_a_second_chat_in_a_row_of_the_account) {
    scope_judge tested;
    const auto one = tested.refused(now, first, copies, {});
    EXPECT_TRUE(one.is_chat && one.is_new && one.is_in_a_row);
    EXPECT_TRUE(tested.refused(now + 1s, first, copies, {}).is_chat) << "the same chat";
    const auto two = tested.refused(now + 2s, second, copies, {});
    EXPECT_FALSE(two.is_chat);
    EXPECT_FALSE(two.is_new);
    EXPECT_EQ(two.methods, method_class::any);
}

TEST(scope_judge, what_passes_between_two_refusals_shows_that_the_account_may_go_on) {
    scope_judge tested;
    (void)tested.refused(now, first, copies, {});
    tested.accepted(copies, now + 10ms);
    const auto two = tested.refused(now + 1s, second, copies, {});
    EXPECT_TRUE(two.is_chat && two.is_new);
}

TEST(scope_judge, what_was_on_its_way_before_the_refusal_shows_nothing) {
    scope_judge tested;
    (void)tested.refused(now, first, copies, {});
    tested.accepted(copies, now - 10ms);
    EXPECT_FALSE(tested.refused(now + 1s, second, copies, {}).is_chat);
}

TEST(scope_judge, refusals_far_apart_are_not_in_a_row) {
    scope_judge tested;
    (void)tested.refused(now, first, copies, {});
    EXPECT_TRUE(tested.refused(now + 11s, second, copies, {}).is_new);
}

TEST(scope_judge, where_other_methods_are_in_use_it_is_the_class_until_they_are_refused_too) {
    scope_judge tested;
    tested.accepted(copies, now - 1s);
    (void)tested.refused(now, first, forwards, {});
    const auto two = tested.refused(now + 1s, second, forwards, {});
    EXPECT_FALSE(two.is_chat);
    EXPECT_EQ(two.methods, forwards);
    EXPECT_EQ(tested.refused(now + 2s, third, copies, {}).methods, method_class::any);
}

TEST(scope_judge, refusals_of_several_methods_in_a_row_are_the_accounts) {
    scope_judge tested;
    (void)tested.refused(now, first, forwards, {});
    EXPECT_EQ(tested.refused(now + 1s, second, copies, {}).methods, method_class::any);
}

TEST(scope_judge, a_chat_at_its_own_limit_says_nothing_of_the_account) {
    scope_judge tested;
    (void)tested.refused(now, first, copies, {});
    EXPECT_TRUE(tested.refused(now + 1s, second, copies, {.chat_is_due = true}).is_chat);
    EXPECT_FALSE(tested.refused(now + 2s, third, copies, {}).is_chat) << "the row goes on";
}

TEST(scope_judge, chats_that_may_be_at_their_own_limits_take_three_to_accuse_the_account) {
    const scope_judge::clues weak{.chat_is_pressed = true};
    scope_judge tested;
    (void)tested.refused(now, first, copies, weak);
    EXPECT_TRUE(tested.refused(now + 1s, second, copies, weak).is_chat);
    EXPECT_FALSE(tested.refused(now + 2s, third, copies, weak).is_chat);
}

TEST(scope_judge, an_account_at_its_known_limit_is_accused_at_once) {
    scope_judge tested;
    EXPECT_FALSE(tested.refused(now, first, copies, {.account_is_due = true}).is_chat);
}

TEST(scope_judge, trouble_and_a_full_bot_api_server_are_told_from_limits) {
    EXPECT_EQ(cause_of(60s, 3050ms), refusal_cause::bot_api_server);
    EXPECT_EQ(cause_of(60s, 80ms), refusal_cause::limit);
    EXPECT_EQ(cause_of(61s, 3050ms), refusal_cause::limit);
    EXPECT_EQ(cause_of(8s, 7300ms), refusal_cause::server_trouble);
    EXPECT_EQ(cause_of(8s, 80ms), refusal_cause::limit);
    EXPECT_EQ(cause_of(16s, 7300ms), refusal_cause::limit);
}

}  // namespace
}  // namespace baudot
