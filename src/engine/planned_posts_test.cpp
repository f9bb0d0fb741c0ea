// P2: what was planned once is never planned again, whatever became of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_io.hpp"
#include "engine/state.hpp"
#include "store/store_double.hpp"

namespace baudot::engine {
namespace {

constexpr chat_id source{-1001};
constexpr message_id post{5};

// To so many chats from `first` on.
deliveries_planned plan(std::uint64_t first, std::uint32_t count, message_id of = post) {
    deliveries_planned made{.source = source, .message = of, .route = "news"};
    made.variants.push_back({});
    for (std::uint64_t n = first; n < first + count; ++n) {
        made.deliveries.push_back({.id = {1, n},
                                   .destination = chat_id{-static_cast<std::int64_t>(n)},
                                   .sender = account_id{7}});
    }
    return made;
}

std::vector<std::uint64_t> fresh_of(state& in, deliveries_planned what) {
    EXPECT_TRUE(in.drop_known(what));
    std::vector<std::uint64_t> left(what.deliveries.size());
    std::ranges::transform(what.deliveries, left.begin(),
                           [](const planned_delivery& each) { return each.id.low; });
    return left;
}

deliveries_settled settle(std::uint64_t planned, std::uint32_t index, outcome_kind kind) {
    deliveries_settled made;
    made.settlements.push_back({.delivery = {sequence{planned}, index}, .kind = kind});
    return made;
}

TEST(planned_posts, what_is_owed_was_delivered_or_died_is_known) {
    store::store_double rows;
    state tested(rows, 10, 1000);
    ASSERT_TRUE(tested.restore([](const auto&, const auto&) {}));
    EXPECT_EQ(fresh_of(tested, plan(1, 3)), (std::vector<std::uint64_t>{1, 2, 3}));
    ASSERT_TRUE(tested.apply(sequence{1}, plan(1, 40)));
    EXPECT_TRUE(fresh_of(tested, plan(1, 40)).empty());

    ASSERT_TRUE(tested.apply(sequence{2}, settle(1, 0, outcome_kind::delivered)));
    ASSERT_TRUE(tested.apply(sequence{3}, settle(1, 1, outcome_kind::rejected)));
    ASSERT_TRUE(tested.commit());
    EXPECT_TRUE(fresh_of(tested, plan(1, 40)).empty());

    // A second plan of the post, under rules with one more route.
    EXPECT_EQ(fresh_of(tested, plan(39, 4)), (std::vector<std::uint64_t>{41, 42}));
    ASSERT_TRUE(tested.apply(sequence{4}, plan(41, 2)));
    EXPECT_TRUE(fresh_of(tested, plan(1, 42)).empty());
    EXPECT_EQ(fresh_of(tested, plan(1, 1, message_id{6})), std::vector<std::uint64_t>{1})
        << "another post";
}

TEST(planned_posts, what_was_planned_is_known_after_a_restart) {
    store::store_double rows;
    {
        state before(rows, 10, 1000);
        ASSERT_TRUE(before.restore([](const auto&, const auto&) {}));
        ASSERT_TRUE(before.apply(sequence{1}, plan(1, 20)));
        for (std::uint32_t n = 0; n < 17; ++n) {  // the whole first row
            ASSERT_TRUE(before.apply(sequence{2 + n}, settle(1, n, outcome_kind::delivered)));
        }
        ASSERT_TRUE(before.commit());
    }
    state tested(rows, 10, 1000);
    ASSERT_TRUE(tested.restore([](const auto&, const auto&) {}));
    EXPECT_EQ(fresh_of(tested, plan(1, 21)), std::vector<std::uint64_t>{21});
}

// It wrote a row of each delivery when it was planned, and no mark.
TEST(planned_posts, what_an_older_program_planned_is_known) {
    store::store_double rows;
    store::write_batch older;
    older.put(store::family::copies, copy_key(source, post, {1, 2}), encode(copy_row{}));
    ASSERT_TRUE(rows.apply(older, sequence{9}));
    state tested(rows, 10, 1000);
    ASSERT_TRUE(tested.restore([](const auto&, const auto&) {}));
    EXPECT_EQ(fresh_of(tested, plan(1, 3)), (std::vector<std::uint64_t>{1, 3}));
    EXPECT_EQ(fresh_of(tested, plan(1, 3)), (std::vector<std::uint64_t>{1, 3}));
}

TEST(planned_posts, a_mark_that_cannot_be_read_is_corrupt) {
    store::store_double rows;
    {
        state before(rows, 10, 1000);
        ASSERT_TRUE(before.restore([](const auto&, const auto&) {}));
        ASSERT_TRUE(before.apply(sequence{1}, plan(1, 2)));
        ASSERT_TRUE(before.commit());
    }
    std::string key;
    put_ordered(key, source);
    put_ordered(key, post);
    store::write_batch odd;
    odd.put(store::family::seen, key + 'p', "odd");
    ASSERT_TRUE(rows.apply(odd, sequence{2}));
    state tested(rows, 10, 1000);
    ASSERT_TRUE(tested.restore([](const auto&, const auto&) {}));
    deliveries_planned again = plan(1, 2);
    const auto dropped = tested.drop_known(again);
    ASSERT_FALSE(dropped);
    EXPECT_EQ(dropped.error().code, errc::corrupt);
}

}  // namespace
}  // namespace baudot::engine
