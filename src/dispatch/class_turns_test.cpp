#include "dispatch/class_turns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/random.hpp"

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t interactive = rank_of(traffic_class::interactive);
constexpr std::size_t live = rank_of(traffic_class::live);
constexpr std::size_t broadcast = rank_of(traffic_class::broadcast);

TEST(class_turns, classes_rank_as_their_names_say) {
    EXPECT_LT(interactive, live);
    EXPECT_LT(live, rank_of(traffic_class::sync));
    EXPECT_LT(rank_of(traffic_class::sync), rank_of(traffic_class::backfill));
    EXPECT_LT(rank_of(traffic_class::backfill), broadcast);
    EXPECT_EQ(broadcast, class_count - 1);
}

TEST(class_turns, of_ten_permits_nine_go_to_the_highest_and_one_to_who_waits_longest) {
    class_turns tested;
    tested.waits(broadcast);
    tested.waits(live);
    tested.waits(interactive);
    std::array<int, class_count> given{};
    for (int permit = 0; permit < 1000; ++permit) {
        const time_point now = time_point{1h} + permit * 1ms;
        const std::size_t rank = tested.next(now);
        ++given[rank];
        tested.served(rank, now);
    }
    EXPECT_EQ(given[interactive], 900);
    EXPECT_EQ(given[live], 50);
    EXPECT_EQ(given[broadcast], 50);
}

TEST(class_turns, of_a_slow_account_the_lowest_has_a_permit_every_ten_seconds) {
    class_turns tested;
    time_point now{1h};
    tested.waits(broadcast);
    tested.waits(interactive);
    time_point last = now;
    for (int permit = 0; permit < 100; ++permit, now += 3s) {
        const std::size_t rank = tested.next(now);
        tested.served(rank, now);
        ASSERT_LE(now - last, class_turns::longest_wait + 3s);
        if (rank == broadcast) last = now;
    }
}

TEST(class_turns, a_class_that_waits_alone_has_every_turn) {
    class_turns tested;
    EXPECT_EQ(tested.highest(), class_count);
    tested.waits(broadcast);
    for (int permit = 0; permit < 30; ++permit) {
        ASSERT_EQ(tested.next(time_point{2h}), broadcast);
        tested.served(broadcast, time_point{2h});
    }
    tested.waits(live);
    EXPECT_EQ(tested.next(time_point{2h}), live) << "what it had alone is not held against others";
    tested.rests(live);
    tested.rests(broadcast);
    EXPECT_EQ(tested.highest(), class_count);
}

// The guarantee in the header, whatever comes and goes.
TEST(class_turns_property, no_class_that_waits_sees_more_than_its_bound_go_to_others) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        class_turns tested;
        time_point now{1h};
        std::array<bool, class_count> waits{};
        std::array<std::size_t, class_count> others{};
        for (int step = 0; step < 2000; ++step) {
            const auto rank = static_cast<std::size_t>(random.below(class_count));
            if (!waits[rank]) {
                tested.waits(rank);
                waits[rank] = true;
                others[rank] = 0;
            } else if (random.chance(0.1)) {
                tested.rests(rank);
                waits[rank] = false;
            }
            if (tested.highest() == class_count) continue;
            const std::size_t turn = tested.next(now);
            ASSERT_TRUE(waits[turn]);
            for (std::size_t each = 0; each < class_count; ++each) ++others[each];
            others[turn] = 0;
            tested.served(turn, now);
            for (std::size_t each = 0; each < class_count; ++each) {
                if (waits[each]) ASSERT_LE(others[each], 10 * class_count);
            }
            now += 1ms * random.below(50);
        }
    }
}

}  // namespace
}  // namespace baudot::dispatch
