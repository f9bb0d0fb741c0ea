#include "dispatch/verdict.hpp"

#include <gtest/gtest.h>

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr delivery_ref ref{sequence{3}, 1};

outcome answered(outcome_kind kind, reject_class why = reject_class::none) {
    outcome made;
    made.kind = kind;
    made.why = why;
    made.message = message_id{77};
    return made;
}

verdict judged(const outcome& what, uncertain_policy policy = uncertain_policy::repeat,
               std::uint32_t attempts = 0) {
    return judge(ref, what, policy, attempts);
}

TEST(verdict, a_delivery_is_settled_with_the_id_of_its_copy) {
    const verdict is = judged(answered(outcome_kind::delivered));
    ASSERT_TRUE(is.settled.has_value());
    EXPECT_EQ(is.settled->delivery, ref);
    EXPECT_EQ(is.settled->message, message_id{77});
    EXPECT_FALSE(is.again);
}

TEST(verdict, a_refusal_undoes_the_start_and_keeps_the_place) {
    const verdict is = judged(answered(outcome_kind::refused));
    ASSERT_TRUE(is.settled.has_value());
    EXPECT_EQ(is.settled->kind, outcome_kind::refused);
    EXPECT_TRUE(is.again);
    EXPECT_FALSE(is.rest.has_value()) << "the pacer knows the scope of the wait, not we";
}

TEST(verdict, a_429_of_a_server_in_trouble_rests_the_account) {
    outcome what = answered(outcome_kind::refused);
    what.server_trouble = true;
    what.retry_after = 5s;
    EXPECT_EQ(judged(what).rest, 5s);
    EXPECT_EQ(judged(what, uncertain_policy::repeat, 4).rest, 16s);
}

TEST(verdict, no_answer_is_repeated_or_given_up_as_the_route_says) {
    const verdict repeated = judged(answered(outcome_kind::uncertain), uncertain_policy::repeat, 2);
    EXPECT_FALSE(repeated.settled.has_value()) << "it stays started: a crash now is uncertain";
    EXPECT_TRUE(repeated.again);
    EXPECT_EQ(repeated.delay, 4s);

    const verdict skipped = judged(answered(outcome_kind::uncertain), uncertain_policy::skip);
    EXPECT_FALSE(skipped.again);
    ASSERT_TRUE(skipped.settled.has_value());
    EXPECT_EQ(skipped.settled->kind, outcome_kind::uncertain);
    EXPECT_EQ(skipped.settled->why, reject_class::copy_unknown);
}

TEST(verdict, what_surely_was_not_sent_goes_again_whatever_the_route_says) {
    const verdict is = judged(answered(outcome_kind::not_sent), uncertain_policy::skip, 100);
    EXPECT_TRUE(is.again);
    EXPECT_EQ(is.delay, 60s) << "the longest wait";
    EXPECT_FALSE(is.rest.has_value()) << "the breaker knows how its account is, not one answer";
    EXPECT_EQ(is.settled->kind, outcome_kind::not_sent);
}

TEST(verdict, a_lost_account_keeps_its_deliveries) {
    const verdict is = judged(answered(outcome_kind::rejected, reject_class::unauthorized));
    EXPECT_TRUE(is.account_lost);
    EXPECT_TRUE(is.again);
    EXPECT_EQ(is.settled->kind, outcome_kind::not_sent);
}

TEST(verdict, a_migrated_chat_is_followed_and_any_other_rejection_is_final) {
    outcome moved = answered(outcome_kind::rejected, reject_class::chat_migrated);
    moved.migrate_to = chat_id{-1005};
    EXPECT_EQ(judged(moved).migrate_to, chat_id{-1005});
    EXPECT_TRUE(judged(moved).again);

    moved.migrate_to = chat_id{0};
    EXPECT_FALSE(judged(moved).again) << "Telegram did not say where to";
    for (const reject_class why :
         {reject_class::forbidden, reject_class::chat_not_found, reject_class::source_gone,
          reject_class::not_copyable, reject_class::bad_request}) {
        const verdict is = judged(answered(outcome_kind::rejected, why));
        EXPECT_FALSE(is.again);
        EXPECT_EQ(is.settled->why, why);
    }
}

}  // namespace
}  // namespace baudot::dispatch
