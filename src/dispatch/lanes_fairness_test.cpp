// Who gets how much: classes, routes and chats, deadlines, and what a held chat costs the others.
// The production pacer stands behind the lanes; time is virtual, and an answer takes a while.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "dispatch/lanes_world_test.hpp"

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

// Of an account alone: chats have no rate of their own.
pace account_pace() {
    return {.account = documented_pace().account, .private_chat = {}, .group = {}};
}

double jain(const std::vector<double>& shares) {
    double sum = 0;
    double squares = 0;
    for (const double each : shares) {
        sum += each;
        squares += each * each;
    }
    return sum * sum / (static_cast<double>(shares.size()) * squares);
}

// 200 posts of one source for each of the chats after `first`.
void push_to_chats(world& tested, flow_id by, chat_id source, std::int64_t first, int chats) {
    for (int chat = 1; chat <= chats; ++chat) {
        for (int post = 0; post < 200; ++post) tested.push(chat_id{first + chat}, source, by);
    }
}

TEST(lanes_fairness, chats_of_one_route_share_an_account_alike) {
    world tested(account_pace());
    const flow_id news = tested.tested.flow("news", {});
    for (int chat = 1; chat <= 100; ++chat) {
        // What waits differs by a hundred times; what is given does not.
        for (int post = 0; post < (chat == 1 ? 10'000 : 100); ++post) {
            tested.push(chat_id{chat}, chat_id{-1}, news);
        }
    }
    tested.run(time_point{1h} + 200s);
    std::vector<double> shares;
    for (int chat = 1; chat <= 100; ++chat) shares.push_back(tested.sent[chat_id{chat}]);
    EXPECT_GE(jain(shares), 0.99);
    EXPECT_GE(tested.order.size(), 5390U) << "27 per second, nothing of it lost";
}

TEST(lanes_fairness, routes_share_an_account_alike_however_many_chats_they_have) {
    world tested(account_pace());
    for (int route = 1; route <= 10; ++route) {
        const flow_id by = tested.tested.flow("route " + std::to_string(route), {});
        push_to_chats(tested, by, chat_id{-route}, std::int64_t{route} * 1000, route * 4);
    }
    tested.run(time_point{1h} + 100s);
    std::map<std::int64_t, double> by_route;
    for (const auto& [chat, number] : tested.sent) {
        by_route[std::to_underlying(chat) / 1000] += number;
    }
    std::vector<double> shares;
    shares.reserve(by_route.size());
    for (const auto& [route, number] : by_route) shares.push_back(number);
    ASSERT_EQ(shares.size(), 10U);
    EXPECT_GE(jain(shares), 0.99);
}

TEST(lanes_fairness, routes_share_an_account_by_weight) {
    world tested(account_pace());
    std::map<chat_id, int> by_weight;
    for (const std::uint16_t weight : std::vector<std::uint16_t>{1, 2, 4}) {
        const flow_id by = tested.tested.flow("w", {.weight = weight});
        push_to_chats(tested, by, chat_id{-weight}, std::int64_t{weight} * 1000, 20);
    }
    tested.run(time_point{1h} + 100s);
    std::map<std::int64_t, double> shares;
    for (const auto& [chat, number] : tested.sent) {
        shares[std::to_underlying(chat) / 1000] += number;
    }
    const auto all = static_cast<double>(tested.order.size());
    for (const int weight : {1, 2, 4}) {
        EXPECT_NEAR(shares[weight] / all, weight / 7.0, 0.02 * weight / 7.0) << weight;
    }
}

TEST(lanes_fairness, a_backlog_of_the_highest_class_leaves_one_in_ten_to_the_others) {
    world tested(account_pace());
    const flow_id answers = tested.tested.flow("answers", {.traffic = traffic_class::interactive});
    const flow_id news = tested.tested.flow("news", {});
    const flow_id bulk = tested.tested.flow("bulk", {.traffic = traffic_class::broadcast});
    push_to_chats(tested, answers, chat_id{-1}, 1000, 60);
    push_to_chats(tested, news, chat_id{-2}, 2000, 60);
    push_to_chats(tested, bulk, chat_id{-3}, 3000, 60);
    tested.run(time_point{1h} + 100s);
    std::map<std::int64_t, double> shares;
    for (const auto& [chat, number] : tested.sent) {
        shares[std::to_underlying(chat) / 1000] += number;
    }
    const auto all = static_cast<double>(tested.order.size());
    EXPECT_NEAR(shares[2] / all, 0.05, 0.005);
    EXPECT_NEAR(shares[3] / all, 0.05, 0.005);
}

TEST(lanes_fairness, what_costs_more_is_given_less_often) {
    lanes tested;
    const flow_id plain = tested.flow("plain", {});
    const flow_id albums = tested.flow("albums", {});
    for (std::uint64_t post = 1; post <= 1000; ++post) {
        tested.push(chat_id{1 + static_cast<std::int64_t>(post % 10)}, chat_id{-1}, nth(post), bot,
                    plain);
        tested.push(chat_id{101 + static_cast<std::int64_t>(post % 10)}, chat_id{-2}, nth(post),
                    bot, albums, time_point::max(), 4);
    }
    paced_gate limits{pace{}};
    std::map<chat_id, int> sent;
    for (int permit = 0; permit < 500; ++permit) {
        std::vector<lanes::permit> permits;
        tested.take(time_point{1h}, limits, 1, permits);
        ASSERT_EQ(permits.size(), 1U);
        ++sent[permits[0].source];
        tested.finished(permits[0].destination);
    }
    EXPECT_NEAR(sent[chat_id{-1}], 400, 8);
}

TEST(lanes_fairness, a_chat_that_is_held_for_300_seconds_costs_the_others_nothing) {
    std::size_t others[2] = {};
    for (const bool is_held : {false, true}) {
        world tested(account_pace());
        const flow_id news = tested.tested.flow("news", {});
        const chat_id held{1000};
        for (int post = 0; post < 200; ++post) {
            for (int chat = 1; chat <= 50; ++chat) tested.push(chat_id{chat}, chat_id{-1}, news);
            if (is_held) tested.push(held, chat_id{-1}, news);
        }
        if (is_held) tested.limits.limits.apply({{bot, held}, tested.now + 300s});
        tested.run(time_point{1h} + 300s);
        EXPECT_EQ(tested.sent[held], 0) << "no request into a hold";
        others[is_held] = tested.order.size();
        tested.run(time_point{1h} + 400s);
        if (is_held) EXPECT_GT(tested.sent[held], 0);
    }
    EXPECT_GE(static_cast<double>(others[1]), 0.99 * static_cast<double>(others[0]));
}

TEST(lanes_fairness, what_expired_when_its_turn_comes_is_told_and_spends_nothing) {
    world tested(account_pace());
    const flow_id by = tested.tested.flow("soon", {.expire_after = 10s});
    const flow_id forever = tested.tested.flow("forever", {});
    for (int post = 0; post < 1000; ++post)
        tested.push(chat_id{1}, chat_id{-1}, by, tested.now + 10s);
    tested.push(chat_id{1}, chat_id{-1}, forever);
    tested.push(chat_id{1}, chat_id{-1}, by, tested.now + 60s);
    const auto last = tested.count;
    tested.limits.limits.apply({{bot, chat_id{1}}, tested.now + 9s});
    tested.run(time_point{1h} + 30s);
    ASSERT_GE(tested.order.size(), 3U);
    EXPECT_EQ(tested.expired.size() + tested.order.size(), tested.count);
    EXPECT_EQ(tested.order.back(), last) << "what has time left goes after what has not";
    EXPECT_EQ(tested.order[tested.order.size() - 2], last - 1);
    EXPECT_TRUE(std::ranges::is_sorted(tested.order));
    EXPECT_TRUE(std::ranges::is_sorted(tested.expired));
    EXPECT_LT(tested.order[tested.order.size() - 3], tested.expired.front());
    EXPECT_EQ(tested.tested.waiting(), 0U);
}

TEST(lanes_fairness, in_one_lane_a_lower_class_is_passed_nine_times_at_most) {
    world tested(pace{});
    const flow_id bulk = tested.tested.flow("bulk", {.traffic = traffic_class::broadcast});
    const flow_id chat = tested.tested.flow("chat", {.traffic = traffic_class::interactive});
    for (int post = 0; post < 50; ++post) tested.push(chat_id{1}, chat_id{-1}, bulk);
    for (int post = 0; post < 500; ++post) tested.push(chat_id{1}, chat_id{-2}, chat);
    tested.run(time_point{1h} + 500 * answer_time);
    int passes = 0;
    int given = 0;
    for (const std::uint64_t number : tested.order) {
        const bool is_bulk = number <= 50;
        passes = is_bulk ? 0 : passes + 1;
        given += is_bulk;
        ASSERT_LE(passes, 9);
    }
    EXPECT_EQ(given, 50);
}

TEST(lanes_fairness, backfill_of_a_source_is_a_stream_of_its_own) {
    world tested(pace{});
    const flow_id old = tested.tested.flow("old", {.traffic = traffic_class::backfill});
    const flow_id fresh = tested.tested.flow("new", {});
    const flow_id bulk = tested.tested.flow("bulk", {.traffic = traffic_class::broadcast});
    tested.push(chat_id{1}, chat_id{-1}, bulk);
    tested.push(chat_id{1}, chat_id{-1}, old);
    tested.push(chat_id{1}, chat_id{-1}, old);
    tested.push(chat_id{1}, chat_id{-1}, fresh);
    tested.run(time_point{1h} + 1s);
    // Backfill goes before broadcast; the live one keeps its place behind it.
    EXPECT_EQ(tested.order, (std::vector<std::uint64_t>{2, 3, 1, 4}));
}

}  // namespace
}  // namespace baudot::dispatch
