#include "router/cycles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"

namespace baudot::router {
namespace {

using field = rule_error::field;
using chats = std::vector<chat_id>;

route by(chats from, chats to) {
    return {.name = "r", .from = std::move(from), .to = std::move(to)};
}

TEST(cycles, there_and_back_is_one) {
    const auto found = find_cycles({.routes = {by({chat_id{-1}}, {chat_id{-3}, chat_id{-2}}),
                                               by({chat_id{-2}}, {chat_id{-1}})}});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0], (route_cycle{{chat_id{-1}, 0, chat_id{-2}, field::to, 1},
                                     {chat_id{-2}, 1, chat_id{-1}, field::to, 0}}));
}

TEST(cycles, what_leads_on_and_what_comes_together_is_none) {
    EXPECT_TRUE(
        find_cycles({.routes = {by({chat_id{-1}}, {chat_id{-2}, chat_id{-3}}),
                                by({chat_id{-2}}, {chat_id{-4}}), by({chat_id{-3}}, {chat_id{-4}}),
                                by({chat_id{-1}}, {chat_id{-4}})}})
            .empty());
}

TEST(cycles, reviews_lead_round_as_well) {
    route first = by({chat_id{-1}}, {chat_id{-9}});
    first.check = chat_id{-2};
    route second = by({chat_id{-2}}, {chat_id{-8}});
    second.other = chat_id{-1};
    const auto found = find_cycles({.routes = {first, second}});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0][0].where, field::check);
    EXPECT_EQ(found[0][1].where, field::other);
}

TEST(cycles, each_group_of_chats_has_its_own_and_the_shortest_is_told) {
    const auto found =
        find_cycles({.routes = {by({chat_id{-1}}, {chat_id{-2}}), by({chat_id{-2}}, {chat_id{-3}}),
                                by({chat_id{-3}}, {chat_id{-1}}), by({chat_id{-2}}, {chat_id{-1}}),
                                by({chat_id{-5}}, {chat_id{-6}}), by({chat_id{-6}}, {chat_id{-5}}),
                                by({chat_id{-1}}, {chat_id{-5}})}});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].size(), 2u);
    EXPECT_EQ(found[0][1].route, 3u);
    EXPECT_EQ(found[1][0].route, 4u);
}

TEST(cycles, a_long_chain_of_routes_costs_no_stack) {
    rule_set rules;
    constexpr std::int64_t length = 200'000;
    for (std::int64_t each = 1; each <= length; ++each) {
        rules.routes.push_back(by({chat_id{-each}}, {chat_id{-(each % length + 1)}}));
    }
    const auto found = find_cycles(rules);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].size(), 200'000u);
}

/// Chats that are reached from `from` by one route or more.
std::set<chat_id> reached(const rule_set& rules, chat_id from) {
    std::set<chat_id> all;
    std::vector<chat_id> open{from};
    while (!open.empty()) {
        const chat_id here = open.back();
        open.pop_back();
        for (const route& each : rules.routes) {
            if (std::ranges::find(each.from, here) == each.from.end()) continue;
            for (const chat_id to : each.to) {
                if (all.insert(to).second) open.push_back(to);
            }
        }
    }
    return all;
}

TEST(cycles, there_is_one_exactly_where_a_chat_is_reached_from_itself) {
    int none = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        rule_set rules;
        for (std::uint64_t left = 1 + random.below(8); left > 0; --left) {
            const auto some = [&] {
                std::set<chat_id> made;
                for (std::uint64_t more = 1 + random.below(2); more > 0; --more) {
                    made.insert(chat_id{random.between(-12, -1)});
                }
                return chats(made.begin(), made.end());
            };
            rules.routes.push_back(by(some(), some()));
        }
        std::set<chat_id> round;  // chats that are on some way back to themselves
        for (std::int64_t each = -12; each <= -1; ++each) {
            if (reached(rules, chat_id{each}).contains(chat_id{each})) round.insert(chat_id{each});
        }
        const auto found = find_cycles(rules);
        EXPECT_EQ(found.empty(), round.empty());
        none += found.empty() ? 1 : 0;
        for (const route_cycle& cycle : found) {
            for (std::size_t at = 0; at < cycle.size(); ++at) {
                const cycle_step& step = cycle[at];
                const route& way = rules.routes[step.route];
                EXPECT_NE(std::ranges::find(way.from, step.from), way.from.end());
                EXPECT_EQ(way.to.at(step.item), step.to);
                EXPECT_EQ(step.to, cycle[(at + 1) % cycle.size()].from);
            }
        }
    }
    EXPECT_GT(none, 20);
    EXPECT_LT(none, 280);
}

}  // namespace
}  // namespace baudot::router
