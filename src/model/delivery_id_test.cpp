#include "model/delivery_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/random.hpp"

namespace baudot {
namespace {

constexpr chat_id channel{-1'001'465'826'763};
constexpr chat_id group{-4'001};

delivery_key key_of(chat_id source) {
    return {.source = source,
            .reader = account_id{600'100'200},
            .message = message_id{3881},
            .version = 2,
            .action = delivery_action::post,
            .part = 1,
            .route = "news",
            .destination = chat_id{-1'001'000'000'001}};
}

// Copies and seen ids of running installations hold these values.
TEST(delivery_id, golden_values_never_change) {
    const delivery_id of_channel = make_delivery_id(key_of(channel));
    EXPECT_EQ(of_channel.high, 0xf9d5409e5dee1ad0u);
    EXPECT_EQ(of_channel.low, 0x86a5750bc9292238u);
    const delivery_id of_group = make_delivery_id(key_of(group));
    EXPECT_EQ(of_group.high, 0xcce34ab2a5943af5u);
    EXPECT_EQ(of_group.low, 0x35bd449b3a3da33au);
}

TEST(delivery_id, message_ids_belong_to_the_account_in_private_basic_group_and_secret_chats) {
    for (const std::int64_t id : {1LL, 1LL << 39, -1LL, -999'999'999'999LL, -2'000'000'000'000LL,
                                  -2'002'147'483'648LL, -1'997'852'516'353LL}) {
        EXPECT_TRUE(message_ids_are_per_account(chat_id{id})) << id;
    }
    for (const std::int64_t id : {-1'000'000'000'001LL, -1'001'465'826'763LL, -1'997'852'516'352LL,
                                  -2'002'147'483'649LL, -3'999'999'999'999LL}) {
        EXPECT_FALSE(message_ids_are_per_account(chat_id{id})) << id;
    }
}

TEST(delivery_id, two_readers_of_a_channel_plan_the_same_delivery_and_of_a_group_do_not) {
    for (const chat_id source : {channel, group}) {
        delivery_key first = key_of(source);
        delivery_key second = first;
        second.reader = account_id{600'100'201};
        EXPECT_EQ(make_delivery_id(first) == make_delivery_id(second), source == channel);
    }
}

TEST(delivery_id, every_other_part_counts) {
    const delivery_key base = key_of(channel);
    std::set<delivery_id> ids{make_delivery_id(base)};
    const auto add = [&](auto change) {
        delivery_key changed = base;
        change(changed);
        ids.insert(make_delivery_id(changed));
    };
    add([](delivery_key& key) { key.source = chat_id{-1'001'465'826'764}; });
    add([](delivery_key& key) { key.message = message_id{3882}; });
    add([](delivery_key& key) { key.version = 3; });
    add([](delivery_key& key) { key.action = delivery_action::edit; });
    add([](delivery_key& key) { key.part = 2; });
    add([](delivery_key& key) { key.route = "new"; });
    add([](delivery_key& key) { key.route = ""; });
    add([](delivery_key& key) { key.destination = chat_id{-1'001'000'000'002}; });
    EXPECT_EQ(ids.size(), 9u);
}

// Keys drawn from a small space, so that equal ones come up: equal ids exactly for equal keys.
TEST(delivery_id, is_equal_exactly_when_the_keys_are) {
    for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
        random_source random(seed);
        std::string routes[2];
        delivery_key keys[2];
        for (int i = 0; i < 2; ++i) {
            routes[i].assign(random.below(2), 'a');
            keys[i] = {.source = random.chance(0.5) ? channel : group,
                       .reader = account_id{random.between(1, 2)},
                       .message = message_id{random.between(1, 2)},
                       .version = static_cast<std::uint32_t>(random.below(2)),
                       .action = random.chance(0.5) ? delivery_action::post : delivery_action::edit,
                       .part = static_cast<std::uint32_t>(random.below(2)),
                       .route = routes[i],
                       .destination = chat_id{random.between(-2, -1)}};
        }
        const auto tie = [](const delivery_key& key) {
            return std::tuple(key.source, key.source == group ? key.reader : account_id{},
                              key.message, key.version, key.action, key.part, key.route,
                              key.destination);
        };
        ASSERT_EQ(make_delivery_id(keys[0]) == make_delivery_id(keys[1]),
                  tie(keys[0]) == tie(keys[1]))
            << seed;
    }
}

}  // namespace
}  // namespace baudot
