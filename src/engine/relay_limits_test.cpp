// What is learned of a hidden limit survives a stop and a crash.
#include <limits>

#include "base/byte_io.hpp"
#include "engine/relay_fixture_test.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

constexpr double hidden_rate = 2;

// Only the account is limited, and its limit is a fifteenth of what is advised.
pace of_the_account() {
    return {.account = documented_pace().account, .private_chat = {}, .group = {}};
}

void busy(surroundings& around) {
    around.telegram.latency = 40ms;
    around.telegram.account_limit = {.rate = hidden_rate, .burst = 5};
}

// Half an hour of always something to send; what the last ten minutes carried.
double learn(surroundings& around, life& node) {
    for (int minute = 0; minute < 20; ++minute) {
        node.post(70);
        node.wait(1min);
    }
    const std::size_t before = around.telegram.executed.size();
    node.wait(10min);
    EXPECT_FALSE(node.is_idle()) << "it was busy to the end";
    return static_cast<double>(around.telegram.executed.size() - before);
}

void expect_nothing_was_forgotten(surroundings& around, double before) {
    const int refused = around.telegram.account_limit.refused;
    const std::size_t executed = around.telegram.executed.size();
    life next(around, uncertain_policy::repeat, of_the_account());
    next.post(600);
    next.wait(10min);
    EXPECT_FALSE(next.is_idle()) << "it was busy to the end";
    EXPECT_LE(around.telegram.account_limit.refused - refused, 1);
    EXPECT_GE(static_cast<double>(around.telegram.executed.size() - executed), 0.95 * before);
}

TEST(relay_limits, after_a_stop_what_was_learned_is_known) {
    surroundings around(1);
    busy(around);
    double before = 0;
    {
        life node(around, uncertain_policy::repeat, of_the_account());
        before = learn(around, node);
        EXPECT_GE(before, 0.9 * hidden_rate * 600);
        node.stop(1s);
        node.wait(5s);
    }
    expect_nothing_was_forgotten(around, before);
}

TEST(relay_limits, after_a_crash_what_was_learned_is_known) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        surroundings around(seed);
        busy(around);
        double before = 0;
        {
            life node(around, uncertain_policy::repeat, of_the_account());
            before = learn(around, node);
            around.telegram.is_away = true;
            around.disk.crash();
            around.rows.crash(around.random);
        }
        around.telegram.is_away = false;
        expect_nothing_was_forgotten(around, before);
    }
}

TEST(relay_limits, what_is_learned_is_an_event_and_a_row_of_the_store) {
    surroundings around(1);
    busy(around);
    life node(around, uncertain_policy::repeat, of_the_account());
    (void)learn(around, node);
    const auto row = node.tested->facts().limit({bot});
    ASSERT_TRUE(row && *row);
    EXPECT_NEAR((*row)->rate, hidden_rate, 0.1 * hidden_rate);
    EXPECT_GT((*row)->at, 0);
    const auto limits = node.tested->limits();
    ASSERT_EQ(limits.size(), 1U) << "chats are not paced here";
    EXPECT_EQ(limits.front().scope, limit_scope{bot});
    EXPECT_EQ(limits.front().what.rate, (*row)->rate);
    EXPECT_GT(limits.front().refusals_left, 0);
}

// What an earlier life left in the store (docs/formats.md).
void know(surroundings& around, const limit_learned& what) {
    std::string key, value;
    put_ordered(key, what.account);
    put_ordered(key, what.chat);
    put(key, what.methods);
    encode(what, value);
    store::write_batch batch;
    batch.put(store::family::limits, std::move(key), std::move(value));
    ASSERT_TRUE(around.rows.apply(batch, around.rows.position()).has_value());
}

TEST(relay_limits, a_class_that_must_wait_keeps_neither_a_trial_nor_a_probe) {
    surroundings around(3);
    know(around, {.account = bot,
                  .methods = method_class::copy,
                  .at = around.wall.time_since_epoch().count(),
                  .rate = 0.05,
                  .doubt = 0.05,
                  .burst = 1,
                  .cost = 3});
    life node(around, uncertain_policy::repeat, of_the_account());
    around.telegram.not_sent = 1;
    node.post(5);
    node.wait(10min);  // the breaker has opened, for shorter than a copy must wait
    around.telegram.not_sent = 0;
    ASSERT_TRUE(node.drain());
    expect_each_once(around);
    expect_order(around);
}

TEST(relay_limits, a_damaged_row_is_learned_again) {
    surroundings around(4);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    know(around, {.account = bot, .at = INT64_MIN, .rate = nan, .doubt = nan, .burst = nan});
    life node(around, uncertain_policy::repeat, of_the_account());
    EXPECT_TRUE(node.tested->limits().empty());
    node.post(5);
    ASSERT_TRUE(node.drain());
    ASSERT_EQ(node.tested->limits().size(), 1U);
    EXPECT_EQ(node.tested->limits().front().what.rate, of_the_account().account->rate);
}

}  // namespace
}  // namespace baudot::engine
