#include "app/post_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace baudot::app {
namespace {

using kind = delivery_step::kind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr chat_id source{-1001000000001};
constexpr chat_id destination{-1001000000002};

update_received post(std::int64_t received_at, account_id account = account_id{1},
                     std::int64_t number = 7) {
    update_received made{.what = {.account = account,
                                  .id = update_id{5},
                                  .kind = update_kind::post,
                                  .received_at = received_at}};
    made.what.content.chat = source;
    made.what.content.chat_username = "The_Source";
    made.what.content.id = message_id{number};
    return made;
}

deliveries_planned plan(std::int64_t number = 7) {
    return {.source = source,
            .message = message_id{number},
            .route = "news",
            .variants = {{.what = copy_message{source, message_id{number}}}},
            .deliveries = {{.id = {1, 2}, .destination = destination, .sender = account_id{1}}}};
}

deliveries_settled settled(sequence planned, outcome_kind how, std::int64_t copy = 0) {
    return {.settlements = {{.delivery = {planned, 0}, .kind = how, .message = message_id{copy}}}};
}

post_history read(const std::vector<event>& events, post_name of = {source, message_id{7}}) {
    post_history made(std::move(of));
    for (std::size_t at = 0; at < events.size(); ++at) made.add(sequence{at + 1}, events[at]);
    return made;
}

std::vector<kind> kinds(const delivery_history& of) {
    std::vector<kind> made;
    made.reserve(of.steps.size());
    for (const delivery_step& each : of.steps) made.push_back(each.what);
    return made;
}

TEST(post_history, follows_a_post_and_nothing_else) {
    const auto found =
        read({post(1'000), post(1'100, account_id{2}), post(1'200, account_id{1}, 8), plan(8),
              plan(), deliveries_started{.deliveries = {{sequence{4}, 0}}},
              deliveries_started{.deliveries = {{sequence{5}, 0}}},
              settled(sequence{4}, outcome_kind::delivered, 3),
              settled(sequence{5}, outcome_kind::refused),
              deliveries_started{.deliveries = {{sequence{5}, 0}}, .senders = {account_id{2}}},
              settled(sequence{5}, outcome_kind::delivered, 4)});
    ASSERT_TRUE(found.is_found());
    ASSERT_THAT(found.arrivals(), SizeIs(2));
    EXPECT_EQ(found.arrivals()[0].is.what, intake::news::post);
    EXPECT_EQ(found.arrivals()[1].is.what, intake::news::twice);
    ASSERT_THAT(found.deliveries(), SizeIs(1));
    const delivery_history& one = found.deliveries()[0];
    EXPECT_THAT(kinds(one),
                ElementsAre(kind::started, kind::refused, kind::started, kind::delivered));
    EXPECT_EQ(one.steps[0].account, account_id{1});
    EXPECT_EQ(one.steps[2].account, account_id{2});
    EXPECT_EQ(one.steps[3].message, message_id{4});
}

TEST(post_history, is_found_by_the_name_of_its_chat_in_any_case) {
    const auto found = read({post(1'000), plan()}, {"@the_source", message_id{7}});
    EXPECT_EQ(found.chat(), source);
    EXPECT_THAT(found.deliveries(), SizeIs(1));
    EXPECT_FALSE(read({post(1'000)}, {"@other", message_id{7}}).is_found());
}

TEST(post_history, knows_when_a_record_was_made_from_those_around_it) {
    const auto found = read({post(1'000), plan(), post(2'000, account_id{1}, 8),
                             settled(sequence{2}, outcome_kind::delivered, 3)});
    EXPECT_EQ(found.time_of(sequence{1}).not_before, 1'000);
    EXPECT_EQ(found.time_of(sequence{1}).not_after, 1'000);
    EXPECT_EQ(found.time_of(sequence{2}).not_before, 1'000);
    EXPECT_EQ(found.time_of(sequence{2}).not_after, 2'000);
    EXPECT_EQ(found.time_of(sequence{4}).not_before, 2'000);
    EXPECT_EQ(found.time_of(sequence{4}).not_after, 0) << "nothing came behind it";
    EXPECT_EQ(found.begins_at(), 1'000);
}

TEST(post_history, a_plan_that_was_moved_behind_its_start_needs_a_second_reading) {
    deliveries_planned moved = plan();
    moved.moved_from = sequence{2};
    const std::vector<event> events{hold_set{},
                                    deliveries_started{.deliveries = {{sequence{2}, 0}}}, moved,
                                    settled(sequence{2}, outcome_kind::delivered, 3)};
    auto again = read(events).second_reading();
    ASSERT_TRUE(again);
    for (std::size_t at = 0; at < events.size(); ++at) again->add(sequence{at + 10}, events[at]);
    EXPECT_FALSE(again->second_reading());
    ASSERT_THAT(again->deliveries(), SizeIs(1));
    EXPECT_THAT(kinds(again->deliveries()[0]), ElementsAre(kind::started, kind::delivered));
    EXPECT_FALSE(read({post(1), plan(), moved}).second_reading()) << "its first place is there";
}

TEST(post_history, a_wait_is_told_to_what_waits_for_it) {
    const hold_set of_chat{.account = account_id{1}, .chat = destination, .until = 50};
    const hold_set of_account{.account = account_id{1}, .until = 60};
    const hold_set of_other{.account = account_id{2}, .until = 70};
    const auto found =
        read({plan(), deliveries_started{.deliveries = {{sequence{1}, 0}}},
              settled(sequence{1}, outcome_kind::refused), of_chat, of_account, of_other,
              settled(sequence{1}, outcome_kind::delivered, 3), of_account});
    const auto& steps = found.deliveries().at(0).steps;
    EXPECT_THAT(kinds(found.deliveries()[0]),
                ElementsAre(kind::started, kind::refused, kind::held, kind::delivered));
    EXPECT_EQ(steps[2].until, 60);
}

TEST(post_history, a_retry_and_a_dropped_letter_are_steps_of_the_letter) {
    deliveries_planned retry = plan();
    retry.retry_of = {sequence{1}, 0};
    const auto found =
        read({plan(), settled(sequence{1}, outcome_kind::rejected), retry,
              dead_letters_dropped{.letters = {{sequence{3}, 0}}, .why = drop_reason::age}});
    ASSERT_THAT(found.deliveries(), SizeIs(2));
    EXPECT_THAT(kinds(found.deliveries()[0]), ElementsAre(kind::rejected, kind::retried));
    EXPECT_EQ(found.deliveries()[0].steps[1].retry, (delivery_ref{sequence{3}, 0}));
    EXPECT_THAT(kinds(found.deliveries()[1]), ElementsAre(kind::dropped));
}

TEST(post_history, the_rules_that_decided_are_those_before_the_plan) {
    const auto found = read({rules_changed{"a", ""}, post(1), rules_changed{"b", ""}, plan(),
                             rules_changed{"c", ""}, rules_changed{"d", ""}});
    ASSERT_TRUE(found.rules_then());
    EXPECT_EQ(found.rules_then()->what.fingerprint, "b");
    EXPECT_EQ(found.rules_last()->what.fingerprint, "d");
    EXPECT_EQ(found.rules_changes(), 2U);
    EXPECT_FALSE(read({post(1), rules_changed{"a", ""}}).rules_then());
}

TEST(post_history, a_route_waits_for_an_api_until_its_plan_or_the_end_of_the_wait) {
    const post_waits begin{.cause = sequence{1}, .route = "news", .what = post(1).what};
    const post_waits other{.cause = sequence{1}, .route = "other", .what = post(1).what};
    const post_waits end{.cause = sequence{1}, .route = "other"};
    const auto found = read({post(1), begin, other, end, plan()});
    ASSERT_THAT(found.waits(), SizeIs(2));
    EXPECT_EQ(found.waits()[0].over, sequence{5});
    EXPECT_EQ(found.waits()[1].over, sequence{4});
}

TEST(copy_search, finds_the_post_that_was_copied_into_a_chat) {
    const std::vector<event> events{post(1), plan(),
                                    settled(sequence{2}, outcome_kind::delivered, 9)};
    const auto first = read(events, {destination, message_id{9}});
    EXPECT_FALSE(first.is_found());
    ASSERT_THAT(first.possible_copies(), ElementsAre(delivery_ref{sequence{2}, 0}));
    const auto search = [&](chat_id chat) {
        copy_search made(first.possible_copies(), chat);
        for (std::size_t at = 0; at < events.size(); ++at) made.add(sequence{at + 1}, events[at]);
        return made.found();
    };
    ASSERT_TRUE(search(destination));
    EXPECT_EQ(std::get<chat_id>(search(destination)->chat), source);
    EXPECT_EQ(search(destination)->message, message_id{7});
    EXPECT_FALSE(search(chat_id{-1003}));
    EXPECT_THAT(read(events, {destination, message_id{8}}).possible_copies(), IsEmpty());
}

}  // namespace
}  // namespace baudot::app
