#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

// Crashes at random moments, with unsynced data lost and torn, and a Telegram that refuses,
// vanishes and loses answers.
void survive(std::uint64_t seed, uncertain_policy policy) {
    surroundings around(seed);
    around.telegram.refuse = around.random.unit() * 0.1;
    around.telegram.not_sent = around.random.unit() * 0.1;
    for (int crash = 0; crash < 5; ++crash) {
        life node(around, policy, {});
        for (std::int64_t step = around.random.between(1, 20); step > 0; --step) {
            node.post(static_cast<int>(around.random.between(1, 4)));
            node.wait(1ms * around.random.between(1, 200));
        }
        around.telegram.is_away = true;
        if (around.random.chance(0.5)) {
            around.disk.crash();
            around.rows.crash(around.random);
        } else {
            around.disk.kill();
            around.rows.crash(around.random);
        }
        forget_unheard(around.telegram, node.wall_now());
        // ~life: the process is gone; its coroutines end against a dead disk.
    }
    around.telegram.is_away = false;
    life last(around, policy, {});
    ASSERT_TRUE(last.drain());

    const auto times = counted(around);
    for (const auto& [source, message] : around.acknowledged) {
        for (const chat_id to : destinations) {
            const fake_telegram::copy copy{source, message, to};
            const bool is_there = times.contains(copy);
            if (policy == uncertain_policy::repeat) {
                EXPECT_TRUE(is_there) << "lost";
            } else if (!is_there) {
                EXPECT_TRUE(around.uncertain.contains(copy)) << "lost, and nobody said so";
            }
        }
    }
    for (const auto& [copy, count] : times) {
        if (count == 1) continue;
        EXPECT_EQ(policy, uncertain_policy::repeat) << "doubled";
        EXPECT_TRUE(around.uncertain.contains(copy)) << "doubled, and nobody said so";
    }
    EXPECT_EQ(around.telegram.before_wait_over, 0);
    expect_order(around);
}

TEST(relay_property, crashes_with_repeat_lose_nothing) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        survive(seed, uncertain_policy::repeat);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(relay_property, crashes_with_skip_double_nothing) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        survive(seed, uncertain_policy::skip);
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace baudot::engine
