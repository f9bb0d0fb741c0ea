// What the highest class waits for under a backlog, beside what it waits for without one. The
// production pacer stands behind the lanes; time is virtual, and an answer takes a while.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.hpp"
#include "dispatch/lanes_world_test.hpp"

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

struct backlog {
    std::uint64_t deliveries = 0;
    std::int64_t chats = 1;
};

constexpr chat_id reader{7};

/// The 99th percentile of the delays of 500 deliveries of the highest class to one chat, which come
/// by chance, one in five seconds. Chat `reader` is the first of the backlog.
duration p99_of_the_highest(const pace& rates, const backlog& behind) {
    world tested(rates);
    const flow_id bulk = tested.tested.flow("bulk", {.traffic = traffic_class::broadcast});
    const flow_id answers = tested.tested.flow("answers", {.traffic = traffic_class::interactive});
    for (std::uint64_t each = 0; each < behind.deliveries; ++each) {
        const auto chat =
            static_cast<std::int64_t>(each % static_cast<std::uint64_t>(behind.chats));
        tested.push(chat_id{std::to_underlying(reader) + chat}, chat_id{-1}, bulk);
    }
    tested.run(tested.now + 60s);
    random_source random(1);
    const std::uint64_t first = tested.count + 1;
    for (int each = 0; each < 500; ++each) {
        tested.run(tested.now + 1ms * random.between(4'000, 6'000));
        tested.push(reader, chat_id{-2}, answers);
    }
    tested.run(tested.now + 60s);
    std::vector<duration> delays(tested.delays.begin() + static_cast<std::ptrdiff_t>(first),
                                 tested.delays.end());
    EXPECT_EQ(delays.size(), 500U);
    std::ranges::sort(delays);
    EXPECT_GT(delays.front(), duration::zero()) << "each was sent";
    return delays[delays.size() * 99 / 100];
}

void expect_at_most_twice_the_unloaded(const pace& rates, const backlog& behind) {
    const duration unloaded = p99_of_the_highest(rates, {});
    EXPECT_EQ(unloaded, answer_time) << "nothing to wait for";
    EXPECT_LE(p99_of_the_highest(rates, behind), 2 * unloaded);
}

constexpr std::uint64_t million = 1'000'000;

TEST(lanes_delay, a_million_in_its_own_lane_doubles_the_delay_of_the_highest_class_at_most) {
    expect_at_most_twice_the_unloaded(documented_pace(), {.deliveries = million, .chats = 1});
}

TEST(lanes_delay, a_million_across_lanes_doubles_the_delay_of_the_highest_class_at_most) {
    expect_at_most_twice_the_unloaded(documented_pace(), {.deliveries = million, .chats = 100'000});
}

TEST(lanes_delay, what_is_kept_for_the_highest_class_costs_the_others_nothing_in_the_long_run) {
    world tested(documented_pace());
    const flow_id bulk = tested.tested.flow("bulk", {.traffic = traffic_class::broadcast});
    for (int each = 0; each < 10'000; ++each) {
        tested.push(chat_id{1 + each % 1000}, chat_id{-1}, bulk);
    }
    tested.run(tested.now + 100s);
    EXPECT_GE(tested.order.size(), 2'690U) << "27 per second";
}

}  // namespace
}  // namespace baudot::dispatch
