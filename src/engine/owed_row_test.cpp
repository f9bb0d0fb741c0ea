#include "engine/owed_row.hpp"

#include <gtest/gtest.h>

namespace baudot::engine {
namespace {

deliveries_planned plan_of(std::uint32_t count) {
    deliveries_planned plan;
    plan.source = chat_id{-100};
    plan.message = message_id{7};
    plan.route = "news";
    plan.on_uncertain = uncertain_policy::skip;
    plan.received_at = 123;
    plan.terms = {traffic_class::broadcast, 7, std::chrono::minutes(10)};
    for (std::uint32_t index = 0; index < count; ++index) {
        plan.deliveries.push_back({.id = {.high = index, .low = ~std::uint64_t{index}},
                                   .destination = chat_id{-1000 - std::int64_t{index}},
                                   .sender = account_id{std::int64_t{index} + 1}});
    }
    return plan;
}

TEST(owed_row, every_delivery_of_a_plan_is_read_back_from_the_row_that_its_key_names) {
    for (const std::uint32_t count : {1U, 15U, 16U, 17U, 32U, 100U}) {
        const deliveries_planned plan = plan_of(count);
        for (std::uint32_t index = 0; index < count; ++index) {
            const pending_key key = row_of({sequence{5}, index});
            const std::string value = encode_owed_row(plan, key.row - 1);
            const auto row = owed_row::read(value, key.row - 1);
            ASSERT_TRUE(row) << row.error().message;
            EXPECT_EQ(row->planned(), count);
            ASSERT_LE(row->first(), index);
            ASSERT_GT(row->last(), index);
            const owed_delivery found = row->at(index);
            const owed_delivery expected = describe(plan, index);
            EXPECT_EQ(found.id, expected.id);
            EXPECT_EQ(found.destination, expected.destination);
            EXPECT_EQ(found.sender, expected.sender);
            EXPECT_EQ(found.source, plan.source);
            EXPECT_EQ(found.message, plan.message);
            EXPECT_EQ(found.route, plan.route);
            EXPECT_EQ(found.policy, plan.on_uncertain);
            EXPECT_EQ(found.terms, plan.terms);
            EXPECT_EQ(found.received_at, plan.received_at);
        }
    }
}

TEST(owed_row, a_row_cut_anywhere_or_of_another_part_is_corrupt) {
    const std::string value = encode_owed_row(plan_of(20), 1);
    EXPECT_TRUE(owed_row::read(value, 1));
    for (std::size_t size = 0; size < value.size(); ++size) {
        EXPECT_EQ(owed_row::read(value.substr(0, size), 1).error().code, errc::corrupt) << size;
    }
    EXPECT_EQ(owed_row::read(value, 0).error().code, errc::corrupt);
    EXPECT_EQ(owed_row::read(value, 2).error().code, errc::corrupt);
}

// As Baudot wrote it before routes had terms: one delivery of one, of route "n".
TEST(owed_row, a_row_of_version_1_has_the_default_terms) {
    std::string old("\x01\x01\0\0\0", 5);
    old += std::string("\x9C\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);  // source -100
    old += std::string("\x07\0\0\0\0\0\0\0", 8);                // message 7
    old += std::string("\x7B\0\0\0\0\0\0\0", 8);                // received at 123
    old += std::string("\x01\x01\0n", 4);                       // skip, route
    old += std::string("\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0", 16);
    old += std::string("\x18\xFC\xFF\xFF\xFF\xFF\xFF\xFF\x03\0\0\0\0\0\0\0", 16);
    const auto row = owed_row::read(old, 0);
    ASSERT_TRUE(row) << row.error().message;
    const owed_delivery found = row->at(0);
    EXPECT_EQ(found.terms, delivery_terms{});
    EXPECT_EQ(found.policy, uncertain_policy::skip);
    EXPECT_EQ(found.route, "n");
    EXPECT_EQ(found.source, chat_id{-100});
    EXPECT_EQ(found.id, (delivery_id{.high = 1, .low = 2}));
    EXPECT_EQ(found.destination, chat_id{-1000});
    EXPECT_EQ(found.sender, account_id{3});
    EXPECT_TRUE(found.needs_source) << "for all that is known";
    const auto moved = with_sender(old, {sequence{5}, 0}, account_id{4});
    ASSERT_TRUE(moved);
    const auto row_after = owed_row::read(*moved, 0);
    ASSERT_TRUE(row_after);
    EXPECT_EQ(row_after->at(0).sender, account_id{4});
    EXPECT_EQ(row_after->at(0).destination, chat_id{-1000});
}

TEST(owed_row, a_copy_needs_its_source_and_a_text_of_its_own_does_not) {
    deliveries_planned plan = plan_of(3);
    plan.variants = {{.what = copy_message{chat_id{-100}, message_id{7}}, .options = {}},
                     {.what = send_text{}, .options = {}}};
    plan.deliveries[1].variant = 1;
    plan.deliveries[2].variant = 9;  // nobody knows
    for (const bool is_retry : {false, true}) {
        plan.retry_of = is_retry ? delivery_ref{sequence{3}, 1} : delivery_ref{};
        const std::string value = encode_owed_row(plan, 0);
        const auto row = owed_row::read(value, 0);
        ASSERT_TRUE(row);
        for (const std::uint32_t index : {0U, 1U, 2U}) {
            EXPECT_EQ(row->at(index).needs_source, index != 1);
            EXPECT_EQ(row->at(index).is_tied, is_retry);
        }
    }
}

TEST(owed_row, another_sender_changes_one_delivery_and_nothing_else) {
    const deliveries_planned plan = plan_of(20);
    for (std::uint32_t index = 0; index < 20; ++index) {
        const std::uint32_t part = index / deliveries_per_row;
        const auto changed =
            with_sender(encode_owed_row(plan, part), {sequence{5}, index}, account_id{99});
        ASSERT_TRUE(changed);
        deliveries_planned expected = plan;
        expected.deliveries[index].sender = account_id{99};
        EXPECT_EQ(*changed, encode_owed_row(expected, part));
    }
    EXPECT_FALSE(with_sender("", {sequence{5}, 0}, account_id{99}));
    EXPECT_FALSE(with_sender(encode_owed_row(plan, 1), {sequence{5}, 20}, account_id{99}));
}

TEST(owed_row, a_class_that_there_is_not_is_corrupt) {
    std::string value = encode_owed_row(plan_of(1), 0);
    ASSERT_TRUE(owed_row::read(value, 0));
    constexpr std::size_t traffic_at = 1 + 4 + 3 * 8 + 1;
    value[traffic_at] = 9;
    EXPECT_EQ(owed_row::read(value, 0).error().code, errc::corrupt);
}

TEST(owed_row, keys_sort_posts_before_plans_and_each_by_position_then_row) {
    const pending_key ordered[] = {{.position = sequence{1}},  {.position = sequence{0x100}},
                                   {true, sequence{1}, 0},     {true, sequence{1}, 1},
                                   {true, sequence{1}, 0x100}, {true, sequence{0x100}, 0}};
    for (std::size_t at = 0; at < std::size(ordered); ++at) {
        const std::string key = encode(ordered[at]);
        if (at > 0) EXPECT_LT(encode(ordered[at - 1]), key);
        const auto back = decode_pending_key(key);
        ASSERT_TRUE(back);
        EXPECT_EQ(back->is_planned, ordered[at].is_planned);
        EXPECT_EQ(back->position, ordered[at].position);
        EXPECT_EQ(back->row, ordered[at].row);
    }
    EXPECT_EQ(decode_pending_key("12345678").error().code, errc::corrupt) << "of an older Baudot";
    EXPECT_EQ(decode_pending_key("").error().code, errc::corrupt);
}

}  // namespace
}  // namespace baudot::engine
