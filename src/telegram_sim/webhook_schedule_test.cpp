#include "telegram_sim/webhook_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;
using link = webhook_schedule::link;

struct webhook_schedule_test : testing::Test {
    update_queue queue{1};
    webhook_schedule schedule{1, 3};
    time_point now{1h};

    void push(std::int64_t lane, duration lifetime = 24h) {
        queue.push(update_kind::message, "{}", now, lifetime, lane);
    }
    std::vector<std::int64_t> all_that_go() {
        std::vector<std::int64_t> out;
        while (const auto sent = schedule.next(queue, now)) out.push_back(sent->update_id);
        return out;
    }
    void delivered(std::int64_t id) { schedule.delivered(queue, id, now); }
    void failed(std::int64_t id, link after = link::kept, std::int64_t retry_after = 0) {
        schedule.failed(queue, id, after, retry_after, now);
    }
    /// All connections are used from now on.
    void warm_up() {
        push(1);
        delivered(all_that_go().at(0));
    }
};

TEST_F(webhook_schedule_test, an_update_goes_as_one_object) {
    push(1);
    const auto sent = schedule.next(queue, now);
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->body, "{\"update_id\":" + std::to_string(sent->update_id) + ",\"message\":{}}");
    EXPECT_EQ(queue.pending(now), 1U);
    delivered(sent->update_id);
    EXPECT_EQ(queue.pending(now), 0U);
    EXPECT_EQ(schedule.look_again(), time_point::max());
}

TEST_F(webhook_schedule_test, the_next_of_a_lane_goes_after_the_success_of_the_one_before) {
    warm_up();
    push(7);
    push(7);
    push(8);
    const auto first = all_that_go();
    ASSERT_EQ(first.size(), 2U);  // one of each lane
    failed(first[0]);
    EXPECT_EQ(all_that_go(), std::vector{first[0]});  // at once, the first time
    delivered(first[0]);
    EXPECT_EQ(all_that_go(), std::vector{first[0] + 1});
}

TEST_F(webhook_schedule_test, updates_without_a_lane_wait_for_nobody) {
    warm_up();
    for (int i = 0; i < 3; ++i) push(0);
    EXPECT_EQ(all_that_go().size(), 3U);
}

TEST_F(webhook_schedule_test, no_more_requests_than_connections) {
    warm_up();
    for (int lane = 1; lane <= 10; ++lane) push(lane);
    EXPECT_EQ(all_that_go().size(), 3U);
    EXPECT_EQ(schedule.under_way(), 3U);
}

TEST_F(webhook_schedule_test, a_failed_update_goes_again_after_growing_pauses) {
    push(1);
    const auto id = all_that_go().at(0);
    std::vector<double> pauses;
    for (int i = 0; i < 12; ++i) {
        failed(id);
        const time_point before = now;
        while (all_that_go().empty()) now = schedule.look_again();
        pauses.push_back(std::chrono::duration<double>(now - before).count());
    }
    const std::vector<double> doubled{0, 2, 4, 8, 16, 32};
    EXPECT_TRUE(std::ranges::equal(doubled, std::span(pauses).first(doubled.size())));
    for (std::size_t i = doubled.size(); i < pauses.size(); ++i) {
        EXPECT_GE(pauses[i], 60) << i;
        EXPECT_LE(pauses[i], 120) << i;
    }
}

TEST_F(webhook_schedule_test, retry_after_is_obeyed_up_to_an_hour) {
    push(1);
    const auto id = all_that_go().at(0);
    failed(id, link::kept, 17);
    EXPECT_TRUE(all_that_go().empty());
    EXPECT_EQ(schedule.look_again(), now + 17s);
    now += 17s;
    ASSERT_EQ(all_that_go().size(), 1U);
    failed(id, link::kept, 1'000'000);
    EXPECT_TRUE(all_that_go().empty());
    EXPECT_EQ(schedule.look_again(), now + 1h);
}

TEST_F(webhook_schedule_test, an_update_that_expires_before_its_next_try_is_dropped) {
    push(1, 30s);
    push(1);
    const auto first = all_that_go().at(0);
    failed(first, link::kept, 31);
    EXPECT_EQ(queue.pending(now), 1U);
    EXPECT_EQ(all_that_go(), std::vector{first + 1});
}

TEST_F(webhook_schedule_test, an_update_that_expired_while_it_waited_is_not_sent) {
    push(1, 30s);
    push(1);
    const auto first = all_that_go().at(0);
    failed(first, link::kept, 20);
    push(2, 10s);
    now += 25s;
    failed(all_that_go().at(0), link::kept, 1);
    now += 10s;
    EXPECT_EQ(all_that_go(), std::vector{first + 1});
}

TEST_F(webhook_schedule_test, a_cleared_queue_sends_nothing_more) {
    for (int i = 0; i < 5; ++i) push(i + 1);
    const auto sent = all_that_go();
    ASSERT_EQ(sent.size(), 1U);
    queue.clear();
    delivered(sent[0]);
    EXPECT_TRUE(all_that_go().empty());
    push(1);
    EXPECT_EQ(all_that_go().size(), 1U);
}

TEST_F(webhook_schedule_test, twice_as_many_updates_as_connections_are_looked_at) {
    warm_up();
    for (int i = 0; i < 6; ++i) push(1);
    push(2);  // the seventh
    const auto stuck = all_that_go();
    ASSERT_EQ(stuck.size(), 1U);
    delivered(stuck[0]);
    EXPECT_EQ(all_that_go().size(), 2U);
}

TEST_F(webhook_schedule_test, one_probe_in_two_seconds_while_nobody_answers) {
    for (int lane = 1; lane <= 3; ++lane) push(lane);
    std::vector<time_point> probes;
    for (int i = 0; i < 5; ++i) {
        auto sent = all_that_go();
        while (sent.empty()) {
            now = schedule.look_again();
            sent = all_that_go();
        }
        ASSERT_EQ(sent.size(), 1U);
        probes.push_back(now);
        failed(sent[0], link::lost);
    }
    for (std::size_t i = 1; i < probes.size(); ++i) EXPECT_GE(probes[i] - probes[i - 1], 2s);
}

TEST_F(webhook_schedule_test, after_ten_quiet_seconds_one_success_opens_the_rest) {
    warm_up();
    now += 11s;
    for (int lane = 1; lane <= 3; ++lane) push(lane);
    const auto first = all_that_go();
    EXPECT_EQ(first.size(), 1U);
    delivered(first[0]);
    EXPECT_EQ(all_that_go().size(), 2U);
}

// Whatever fails, in whatever order answers come: one of a lane at once, its order kept, nothing
// lost, never more than allowed.
TEST(webhook_schedule_property, every_update_is_delivered_in_the_order_of_its_lane) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        update_queue queue(seed);
        const auto most = static_cast<std::size_t>(random.between(1, 8));
        webhook_schedule schedule(seed, most);
        time_point now{1h};
        std::map<std::int64_t, std::int64_t> lane_of;
        std::map<std::int64_t, std::int64_t> newest;  // by lane
        std::set<std::int64_t> under_way;
        std::int64_t id = 0;
        int left = 200;
        int delivered = 0;
        while (left > 0 || queue.pending(now) > 0) {
            if (left > 0 && random.chance(0.5)) {
                --left;
                const std::int64_t lane = random.between(1, 6);
                queue.push(update_kind::message, "{}", now, 24h, lane);
                if (id == 0) id = queue.at_or_after(0, now)->id;
                lane_of[id++] = lane;
            }
            while (const auto sent = schedule.next(queue, now)) {
                const std::int64_t lane = lane_of.at(sent->update_id);
                for (const auto other : under_way) EXPECT_NE(lane_of.at(other), lane);
                under_way.insert(sent->update_id);
                EXPECT_LE(under_way.size(), most);
            }
            if (!under_way.empty() && random.chance(0.6)) {
                auto at = under_way.begin();
                std::advance(at, random.below(under_way.size()));
                const std::int64_t done = *at;
                under_way.erase(at);
                if (random.chance(0.7)) {
                    EXPECT_LT(newest[lane_of.at(done)], done);
                    newest[lane_of.at(done)] = done;
                    schedule.delivered(queue, done, now);
                    ++delivered;
                } else {
                    const auto after = random.chance(0.5) ? link::kept : link::lost;
                    schedule.failed(queue, done, after, random.between(0, 1), now);
                }
            }
            now += std::chrono::milliseconds(random.between(0, 900));
        }
        EXPECT_EQ(delivered, 200);
    }
}

}  // namespace
}  // namespace baudot::telegram_sim
