#include "dispatch/ledger.hpp"

#include <gtest/gtest.h>

#include <map>

namespace baudot::dispatch {
namespace {

constexpr account_id bot{1};

deliveries_planned plan(int destinations) {
    deliveries_planned what;
    what.source = chat_id{-100};
    what.message = message_id{7};
    what.route = "news";
    what.on_uncertain = uncertain_policy::skip;
    what.received_at = 123456;
    for (int index = 0; index < destinations; ++index) {
        what.deliveries.push_back({.id = {}, .destination = chat_id{-900 - index}, .sender = bot});
    }
    return what;
}

deliveries_settled settle(sequence planned, std::uint32_t index, outcome_kind kind) {
    deliveries_settled what;
    what.settlements.push_back({.delivery = {planned, index}, .kind = kind, .description = ""});
    return what;
}

std::map<sequence, std::string> checkpoint(ledger& from) {
    std::map<sequence, std::string> values;
    from.take_changes([&](sequence position, const std::string* value) {
        if (value) values[position] = *value;
    });
    return values;
}

TEST(ledger, a_delivery_is_owed_until_it_has_a_fate) {
    ledger tested;
    EXPECT_TRUE(tested.planned(sequence{5}, plan(2), nullptr));
    EXPECT_FALSE(tested.planned(sequence{5}, plan(2), nullptr)) << "a replay may say it again";
    EXPECT_EQ(tested.pending(), 2U);
    EXPECT_EQ(tested.oldest(), sequence{5});

    tested.started({.deliveries = {{sequence{5}, 0}, {sequence{5}, 1}}});
    EXPECT_EQ(tested.started_deliveries().size(), 2U);
    tested.settled(settle(sequence{5}, 0, outcome_kind::refused), nullptr);
    EXPECT_EQ(tested.started_deliveries(), (std::vector<delivery_ref>{{sequence{5}, 1}}));
    EXPECT_EQ(tested.pending(), 2U) << "a refusal undoes the start and is no fate";

    int fates = 0;
    const auto count = [&](const ledger::entry& of, const settlement&) {
        EXPECT_EQ(tested.route_name(of), "news");
        ++fates;
    };
    tested.settled(settle(sequence{5}, 1, outcome_kind::delivered), count);
    tested.settled(settle(sequence{5}, 1, outcome_kind::delivered), count);
    EXPECT_EQ(fates, 1) << "one fate, however often it is told";
    EXPECT_EQ(tested.pending(), 1U);
    tested.settled(settle(sequence{5}, 0, outcome_kind::rejected), count);
    EXPECT_EQ(tested.pending(), 0U);
    EXPECT_EQ(tested.find(sequence{5}), nullptr);
    EXPECT_EQ(tested.oldest(), sequence{0});
}

TEST(ledger, a_checkpoint_restores_what_is_owed) {
    ledger before;
    before.planned(sequence{5}, plan(3), nullptr);
    before.planned(sequence{6}, plan(1), nullptr);
    before.started({.deliveries = {{sequence{5}, 1}}});
    before.settled(settle(sequence{5}, 2, outcome_kind::delivered), nullptr);
    before.settled(settle(sequence{6}, 0, outcome_kind::delivered), nullptr);

    ledger after;
    for (const auto& [position, value] : checkpoint(before)) {
        ASSERT_TRUE(after.restore(position, value).has_value());
    }
    EXPECT_EQ(after.pending(), 2U);
    ASSERT_NE(after.find(sequence{5}), nullptr);
    EXPECT_EQ(after.find(sequence{5})->received_at, 123456);
    EXPECT_EQ(after.find(sequence{5})->on_uncertain, uncertain_policy::skip);
    EXPECT_EQ(after.started_deliveries(), (std::vector<delivery_ref>{{sequence{5}, 1}}));
    EXPECT_EQ(after.find(delivery_ref{sequence{5}, 2})->now, ledger::state::settled);
    EXPECT_TRUE(checkpoint(before).empty()) << "only what changed since";
}

TEST(ledger, what_nobody_can_deliver_ends_with_its_plan) {
    ledger tested;
    deliveries_planned half = plan(2);
    half.deliveries[0].why = reject_class::no_sender;
    std::vector<settlement> ended;
    const auto note = [&](const ledger::entry& of, const settlement& fate) {
        EXPECT_EQ(tested.route_name(of), "news");
        EXPECT_EQ(of.deliveries[fate.delivery.index].id, half.deliveries[0].id);
        ended.push_back(fate);
    };
    EXPECT_TRUE(tested.planned(sequence{5}, half, note));
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].delivery, (delivery_ref{sequence{5}, 0}));
    EXPECT_EQ(ended[0].kind, outcome_kind::rejected);
    EXPECT_EQ(ended[0].why, reject_class::no_sender);
    EXPECT_EQ(tested.pending(), 1U);
    EXPECT_EQ(tested.find(delivery_ref{sequence{5}, 0})->now, ledger::state::settled);

    deliveries_planned none = plan(1);
    none.deliveries[0].why = reject_class::no_sender;
    EXPECT_FALSE(tested.planned(sequence{6}, none, nullptr)) << "nothing is owed";
    EXPECT_EQ(tested.pending(), 1U);
    EXPECT_EQ(tested.find(sequence{6}), nullptr);
}

TEST(ledger, copy_forward_moves_the_content_and_nothing_else) {
    ledger tested;
    tested.planned(sequence{5}, plan(2), nullptr);
    tested.started({.deliveries = {{sequence{5}, 0}}});
    deliveries_planned moved = plan(2);
    moved.moved_from = sequence{5};
    EXPECT_EQ(tested.held_before(sequence{6}), (std::vector{sequence{5}}));
    EXPECT_FALSE(tested.planned(sequence{50}, moved, nullptr)) << "nothing is owed anew";
    EXPECT_EQ(tested.pending(), 2U);
    EXPECT_EQ(tested.oldest(), sequence{50});
    EXPECT_TRUE(tested.held_before(sequence{50}).empty());
    EXPECT_EQ(tested.find(sequence{5})->content_at, sequence{50});

    ledger after;
    for (const auto& [position, value] : checkpoint(tested)) {
        ASSERT_TRUE(after.restore(position, value).has_value());
    }
    EXPECT_EQ(after.oldest(), sequence{50});

    // What was in flight meanwhile ends under the identity that it began with.
    tested.settled(settle(sequence{5}, 0, outcome_kind::delivered), nullptr);
    tested.settled(settle(sequence{5}, 1, outcome_kind::delivered), nullptr);
    EXPECT_EQ(tested.pending(), 0U);
    EXPECT_FALSE(tested.planned(sequence{60}, moved, nullptr))
        << "settled while it was being moved";
    EXPECT_EQ(tested.pending(), 0U);
}

TEST(ledger, a_value_cut_anywhere_is_corrupt_and_changes_nothing) {
    ledger before;
    before.planned(sequence{5}, plan(2), nullptr);
    const std::string value = checkpoint(before)[sequence{5}];
    for (std::size_t size = 0; size < value.size(); ++size) {
        ledger after;
        const auto restored = after.restore(sequence{5}, value.substr(0, size));
        ASSERT_FALSE(restored.has_value()) << size;
        EXPECT_EQ(restored.error().code, errc::corrupt);
        EXPECT_EQ(after.pending(), 0U);
    }
}

}  // namespace
}  // namespace baudot::dispatch
