#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

constexpr int chats = 500;

// One post owes a delivery to each of many chats.
std::vector<deliveries_planned> to_many_chats(const update& what, std::uint32_t version,
                                              sequence position) {
    auto plans = to_everywhere(what, version, position, uncertain_policy::repeat);
    const planned_delivery one = plans.front().deliveries.front();
    plans.front().deliveries.clear();
    for (int each = 0; each < chats; ++each) {
        planned_delivery made = one;
        made.destination = chat_id{-1'000'000'100'000 - each};
        made.id = make_delivery_id({.source = what.content.chat,
                                    .reader = what.account,
                                    .message = what.content.id,
                                    .version = version,
                                    .route = plans.front().route,
                                    .destination = made.destination});
        plans.front().deliveries.push_back(made);
    }
    return plans;
}

TEST(relay_breaker, a_dead_endpoint_gets_few_calls_and_is_used_again_one_pause_after_it_is_back) {
    surroundings around(1);
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(to_many_chats);
    node.post(400);
    node.wait(5s);
    std::size_t before = around.telegram.asked;
    node.wait(1s);
    const std::size_t rate = around.telegram.asked - before;  // a second
    ASSERT_GT(rate, 1'000U);

    around.telegram.not_sent = 1;
    node.wait(2s);
    before = around.telegram.asked;
    node.wait(8s);
    EXPECT_LE((around.telegram.asked - before) * 100, rate * 8) << "more than 1 % of its calls";

    around.telegram.not_sent = 0;
    node.wait(11s + 1s);  // at most the second pause of 10 s with its jitter, and one second
    before = around.telegram.executed.size();
    EXPECT_GT(before, 0U);
    node.wait(1s);
    EXPECT_GT(around.telegram.executed.size() - before, rate / 2) << "in use again";
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.executed.size(), 400U * chats);
    expect_each_once(around);
    expect_order(around);
}

TEST(relay_breaker, waits_that_telegram_asks_for_are_no_failures) {
    surroundings around(2);
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(to_many_chats);
    for (int each = 0; each < chats - 1; ++each) {
        around.telegram.closed.insert(chat_id{-1'000'000'100'000 - each});
    }
    node.post(3);
    node.wait(2h);
    EXPECT_EQ(around.telegram.before_wait_over, 0);
    around.telegram.closed.clear();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.executed.size(), 3U * chats);
}

TEST(relay_breaker, an_endpoint_that_loses_every_answer_is_left_alone_too) {
    surroundings around(3);
    life node(around, uncertain_policy::skip, {});
    node.set_planner([](const update& what, std::uint32_t version, sequence at) {
        auto plans = to_many_chats(what, version, at);
        plans.front().on_uncertain = uncertain_policy::skip;
        return plans;
    });
    around.telegram.lose_answer = 1;
    node.post(10);
    node.wait(2s);
    const std::size_t before = around.telegram.asked;
    node.wait(60s);
    EXPECT_LE(around.telegram.asked - before, 10U) << "a trial now and then";
    around.telegram.lose_answer = 0;
    ASSERT_TRUE(node.drain());
    expect_each_once(around);
}

}  // namespace
}  // namespace baudot::engine
