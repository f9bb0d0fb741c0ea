// Rules that change while posts come: each post is planned by one set of them, and the journal says
// where one set ends and the next begins.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/relay_fixture_test.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

// The `number`-th rules: each second set leaves out the first destination, and its route is called
// after it.
planner rules_number(int number) {
    return [number](const plan_wish& wish) -> post_plan {
        auto plans =
            to_everywhere(wish.what, wish.version, wish.position, uncertain_policy::repeat);
        plans[0].route = std::to_string(number);
        if (number % 2 == 1) plans[0].deliveries.erase(plans[0].deliveries.begin());
        return plans;
    };
}

void change_rules(life& node, int number) {
    node.tested->set_rules(rules_number(number),
                           {.fingerprint = std::to_string(number), .text = "{}"});
}

struct told_by_journal {
    std::map<sequence, std::string> route_of_post;  // by update_received
    std::set<std::string> fingerprints;
    std::vector<std::string> wrong;
};

told_by_journal read_back(const journal::journal& log) {
    told_by_journal told;
    std::string in_effect;
    const auto scanned =
        log.scan(log.first(), [&](const journal::stored_record& record) -> result<void> {
            const auto read =
                decode_event(static_cast<event_type>(record.header.type), record.payload);
            if (!read) return std::unexpected(read.error());
            if (const auto* rules = std::get_if<rules_changed>(&*read)) {
                in_effect = rules->fingerprint;
                told.fingerprints.insert(in_effect);
            }
            const auto* plan = std::get_if<deliveries_planned>(&*read);
            if (!plan) return {};
            if (plan->route != in_effect) told.wrong.push_back(plan->route + " in " + in_effect);
            const auto [first, is_new] = told.route_of_post.try_emplace(plan->cause, plan->route);
            if (!is_new) told.wrong.push_back("planned twice: " + first->second);
            return {};
        });
    EXPECT_TRUE(scanned.has_value()) << scanned.error().message;
    return told;
}

TEST(relay_rules, each_post_is_planned_by_the_rules_that_the_journal_names_before_it) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        surroundings around(seed);
        around.options.plans_per_turn = 1 + around.random.below(5);
        around.sync_time = std::chrono::milliseconds(around.random.below(20));
        // Small, so that posts are read back from the journal while their turn waits.
        around.options.post_bytes_max = around.random.chance(0.5) ? 1 : 1 << 20;
        int number = 0;
        for (int lives = 0; lives < 3; ++lives) {
            life node(around, uncertain_policy::repeat, {});
            change_rules(node, number);
            for (int step = 0; step < 20; ++step) {
                node.post(static_cast<int>(around.random.below(8)));
                if (around.random.chance(0.5)) change_rules(node, ++number);
                node.wait(std::chrono::milliseconds(around.random.below(30)));
            }
            if (lives < 2 && around.random.chance(0.7)) {
                around.disk.crash();
                around.rows.crash(around.random);
                continue;
            }
            ASSERT_TRUE(node.drain());
        }
        life last(around, uncertain_policy::repeat, {});
        change_rules(last, ++number);
        ASSERT_TRUE(last.drain());

        const told_by_journal told = read_back(last.log());
        EXPECT_TRUE(told.wrong.empty()) << told.wrong.front();
        EXPECT_GT(told.fingerprints.size(), 5U);
        EXPECT_GE(told.route_of_post.size(), around.acknowledged.size()) << "lost";
        int newest = 0;
        for (const auto& [post, route] : told.route_of_post) {
            EXPECT_GE(std::stoi(route), newest) << "the old rules after the new ones";
            newest = std::stoi(route);
        }
        for (const auto& [copy, times] : counted(around)) {
            EXPECT_TRUE(times == 1 || around.uncertain.contains(copy)) << "doubled";
        }
        expect_order(around);
    }
}

TEST(relay_rules, what_changes_while_a_turn_plans_holds_from_the_next_one_on) {
    surroundings around(40);
    life node(around, uncertain_policy::repeat, {});
    const planner old = rules_number(0);
    const auto change = [&node] { change_rules(node, 1); };
    node.tested->set_rules(
        [&old, &change](const plan_wish& wish) {
            post_plan made = old(wish);
            change();
            return made;
        },
        {.fingerprint = "0", .text = "{}"});
    node.post(3, sources[0]);
    ASSERT_TRUE(node.drain());
    node.post(1, sources[0]);
    ASSERT_TRUE(node.drain());
    const told_by_journal told = read_back(node.log());
    EXPECT_TRUE(told.wrong.empty()) << told.wrong.front();
    std::string order;
    for (const auto& [post, route] : told.route_of_post) order += route;
    EXPECT_EQ(order, "0001");
}

TEST(relay_rules, what_is_planned_stays_and_what_is_not_goes_by_the_new_rules) {
    surroundings around(41);
    around.options.pending_max = 3;  // one post at a time
    around.telegram.closed = {destinations[0], destinations[1], destinations[2]};
    life node(around, uncertain_policy::repeat, {});
    change_rules(node, 0);
    node.post(3, sources[0]);
    node.wait(1s);
    ASSERT_EQ(node.tested->facts().owed().pending(), 3U);
    change_rules(node, 1);
    node.wait(1s);
    EXPECT_EQ(node.tested->facts().owed().pending(), 3U) << "as it was planned";
    around.telegram.closed.clear();
    ASSERT_TRUE(node.drain());
    const auto count = [&](chat_id where) {
        return std::ranges::count(around.telegram.executed, where,
                                  &fake_telegram::copy::destination);
    };
    EXPECT_EQ(count(destinations[0]), 1);
    EXPECT_EQ(count(destinations[1]), 3);
    expect_each_once(around);
    expect_order(around);
}

TEST(relay_rules, the_same_rules_are_not_recorded_again_and_the_newest_of_several_holds) {
    surroundings around(42);
    life node(around, uncertain_policy::repeat, {});
    change_rules(node, 2);
    node.wait(1s);
    change_rules(node, 2);
    node.wait(1s);
    change_rules(node, 3);
    change_rules(node, 4);
    node.post(2, sources[0]);
    ASSERT_TRUE(node.drain());
    const told_by_journal told = read_back(node.log());
    EXPECT_EQ(told.fingerprints, (std::set<std::string>{"2", "4"}));
    EXPECT_EQ(told.route_of_post.size(), 2U);
    EXPECT_TRUE(told.wrong.empty());
    EXPECT_EQ(node.tested->facts().rules_fingerprint(), "4");
}

TEST(relay_rules, fewer_dead_letters_are_kept_from_now_on) {
    surroundings around(43);
    life node(around, uncertain_policy::repeat, {});
    node.set_planner([](const update& what, std::uint32_t version, sequence at) {
        auto plans = to_everywhere(what, version, at, uncertain_policy::repeat);
        plans[0].received_at = what.received_at;
        for (planned_delivery& each : plans[0].deliveries) each.why = reject_class::no_sender;
        return plans;
    });
    node.post(5, sources[0]);
    node.wait(1s);
    ASSERT_EQ(node.letters().size(), 15U);
    node.tested->keep_letters({.count = 4});
    node.post(1, sources[0]);
    node.wait(1s);
    EXPECT_EQ(node.letters().size(), 4U);
}

}  // namespace
}  // namespace baudot::engine
