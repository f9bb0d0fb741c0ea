// Posts whose plan waits for an external API: in their order, over a restart, and nobody else with
// them.
#include <map>
#include <set>
#include <string>

#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

// Two routes take every post: "plain" to the first chat, "translated" to the second, of which each
// post waits until it is answered.
struct slow_api {
    std::set<message_id> answered;
    std::set<message_id> dropped;  // answered: nothing is left of it
    std::set<message_id> asked;

    static deliveries_planned one(const plan_wish& wish, std::string route, chat_id to) {
        auto plan =
            to_everywhere(wish.what, wish.version, wish.position, uncertain_policy::repeat)[0];
        plan.route = std::move(route);
        plan.deliveries = {{make_delivery_id({.source = wish.what.content.chat,
                                              .message = wish.what.content.id,
                                              .route = plan.route,
                                              .destination = to}),
                            to, bot, 0}};
        return plan;
    }

    post_plan operator()(const plan_wish& wish) {
        post_plan made;
        if (wish.only.empty()) made.plans.push_back(one(wish, "plain", destinations[0]));
        if (wish.is_behind && wish.is_behind("translated")) {
            made.waiting.emplace_back("translated");
            return made;
        }
        const message_id id = wish.what.content.id;
        asked.insert(id);
        if (!answered.contains(id)) {
            made.waiting.emplace_back("translated");
        } else if (!dropped.contains(id)) {
            made.plans.push_back(one(wish, "translated", destinations[1]));
        }
        return made;
    }

    planner as_planner() {
        return [this](const plan_wish& wish) { return (*this)(wish); };
    }
};

std::vector<message_id> arrived_in(const surroundings& around, chat_id where) {
    std::vector<message_id> found;
    for (const fake_telegram::copy& each : around.telegram.executed) {
        if (each.destination == where) found.push_back(each.message);
    }
    return found;
}

TEST(relay_waiting, a_post_goes_once_it_is_answered_and_keeps_its_place) {
    surroundings around(31);
    slow_api api;
    life node(around, uncertain_policy::repeat, {});
    node.set_waiting_planner(api.as_planner());
    node.post(3, sources[0]);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(arrived_in(around, destinations[0]).size(), 3U) << "the other route goes on";
    EXPECT_TRUE(arrived_in(around, destinations[1]).empty());
    EXPECT_EQ(api.asked.size(), 3U) << "asked ahead";
    EXPECT_EQ(node.tested->facts().waiting().size(), 3U);

    api.answered = {message_id{2}, message_id{3}};
    node.tested->answers_came();
    node.wait(1min);
    EXPECT_TRUE(arrived_in(around, destinations[1]).empty()) << "behind the first";

    api.answered.insert(message_id{1});
    node.tested->answers_came();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(arrived_in(around, destinations[1]),
              (std::vector{message_id{1}, message_id{2}, message_id{3}}));
    EXPECT_EQ(node.tested->facts().waiting().size(), 0U);
    expect_each_once(around);
}

TEST(relay_waiting, a_post_that_needs_no_answer_stays_behind_those_that_do) {
    surroundings around(32);
    slow_api api;
    life node(around, uncertain_policy::repeat, {});
    node.set_waiting_planner(api.as_planner());
    node.post(1, sources[0]);
    node.wait(1min);
    api.answered = {message_id{2}, message_id{3}};
    node.post(1, sources[0]);
    node.post(1, sources[1]);
    node.wait(1min);
    EXPECT_EQ(arrived_in(around, destinations[1]), std::vector{message_id{3}})
        << "another source does not wait";
    api.answered.insert(message_id{1});
    node.tested->answers_came();
    node.wait(1min);
    EXPECT_EQ(arrived_in(around, destinations[1]),
              (std::vector{message_id{3}, message_id{1}, message_id{2}}));
}

TEST(relay_waiting, what_comes_to_nothing_lets_the_next_one_pass) {
    surroundings around(33);
    slow_api api;
    life node(around, uncertain_policy::repeat, {});
    node.set_waiting_planner(api.as_planner());
    node.post(40, sources[0]);
    node.wait(1min);
    for (std::int64_t n = 1; n <= 40; ++n) api.answered.insert(message_id{n});
    api.dropped = {message_id{1}, message_id{17}};
    node.tested->answers_came();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(arrived_in(around, destinations[1]).size(), 38U);
    EXPECT_EQ(node.tested->facts().waiting().size(), 0U);
    expect_order(around);
    expect_each_once(around);
}

TEST(relay_waiting, what_waits_is_not_lost_by_crashes_and_not_doubled) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        surroundings around(seed);
        around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
        slow_api api;
        for (int lives = 0; lives < 4; ++lives) {
            life node(around, uncertain_policy::repeat, {});
            node.set_waiting_planner(api.as_planner());
            node.post(static_cast<int>(around.random.below(6)));
            node.wait(std::chrono::milliseconds(around.random.below(3'000)));
            if (around.random.chance(0.5)) node.checkpoint();
            for (std::int64_t n = 1; n < around.next_message; ++n) {
                if (around.random.chance(0.3)) api.answered.insert(message_id{n});
            }
            node.tested->answers_came();
            node.wait(std::chrono::milliseconds(around.random.below(300)));
            around.disk.crash();
            around.rows.crash(around.random);
        }
        for (std::int64_t n = 1; n < around.next_message; ++n) api.answered.insert(message_id{n});
        life last(around, uncertain_policy::repeat, {});
        last.set_waiting_planner(api.as_planner());
        ASSERT_TRUE(last.drain());
        last.wait(1min);
        ASSERT_TRUE(last.is_idle());
        EXPECT_EQ(last.tested->facts().waiting().size(), 0U);
        std::set<message_id> there;
        for (const message_id each : arrived_in(around, destinations[1])) there.insert(each);
        for (const auto& [chat, id] : around.acknowledged) {
            EXPECT_TRUE(there.contains(id)) << "lost " << std::to_underlying(id);
        }
        for (const auto& [copy, times] : counted(around)) {
            EXPECT_TRUE(times == 1 || around.uncertain.contains(copy)) << "doubled";
        }
        expect_order(around);
    }
}

TEST(relay_waiting, a_route_that_is_gone_lets_go_of_its_posts) {
    surroundings around(34);
    slow_api api;
    {
        life node(around, uncertain_policy::repeat, {});
        node.set_waiting_planner(api.as_planner());
        node.post(20, sources[0]);
        node.wait(1min);
        ASSERT_EQ(node.tested->facts().waiting().size(), 20U);
        node.checkpoint();
    }
    life again(around, uncertain_policy::repeat, {});
    ASSERT_EQ(again.tested->facts().waiting().size(), 20U);
    again.set_waiting_planner([](const plan_wish&) { return post_plan(); });
    again.wait(1min);
    EXPECT_EQ(again.tested->facts().waiting().size(), 0U);
}

}  // namespace
}  // namespace baudot::engine
