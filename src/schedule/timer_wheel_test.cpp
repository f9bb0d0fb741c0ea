#include "schedule/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "base/random.hpp"

namespace baudot {
namespace {

struct timer {
    std::uint64_t tick = 0;
    timer_links links;
};
struct link_of {
    std::vector<timer>* all;
    timer_links& operator()(slot of) const { return (*all)[of].links; }
};
struct tick_of {
    std::vector<timer>* all;
    std::uint64_t operator()(slot of) const { return (*all)[of].tick; }
};

class wheel_test : public testing::Test {
protected:
    std::vector<std::pair<std::uint64_t, slot>> advance(std::uint64_t to) {
        std::vector<std::pair<std::uint64_t, slot>> fired;
        tested.advance(to, [&](slot what) { fired.emplace_back(tested.now(), what); });
        return fired;
    }
    void add(slot what, std::uint64_t tick) {
        timers[what].tick = tick;
        tested.add(what);
    }
    std::vector<timer> timers = std::vector<timer>(100);
    timer_wheel<link_of, tick_of> tested{link_of{&timers}, tick_of{&timers}};
};

TEST_F(wheel_test, what_is_due_comes_at_its_tick_and_not_before) {
    add(1, 3'600'000);
    add(2, 70);
    EXPECT_EQ(tested.next(), 70U);
    EXPECT_TRUE(advance(69).empty());
    using fired = std::vector<std::pair<std::uint64_t, slot>>;
    EXPECT_EQ(advance(70), (fired{{70, 2}}));
    EXPECT_EQ(tested.next(), 3'600'000U) << "exact, however far away";
    EXPECT_TRUE(advance(3'599'999).empty());
    EXPECT_EQ(advance(10'000'000), (fired{{3'600'000, 1}}));
    EXPECT_EQ(tested.next(), std::nullopt);
    EXPECT_TRUE(tested.empty());
}

TEST_F(wheel_test, the_last_tick_that_there_is_can_be_waited_for) {
    add(1, UINT64_MAX);
    EXPECT_EQ(tested.next(), UINT64_MAX);
    EXPECT_TRUE(advance(UINT64_MAX - 1).empty());
    EXPECT_EQ(advance(UINT64_MAX).size(), 1U);
}

// Against a map: what fires, when, in which order of ticks, and when the next is due.
TEST(wheel_property, it_fires_what_an_ordered_map_would) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        std::vector<timer> timers(60);
        timer_wheel<link_of, tick_of> tested{link_of{&timers}, tick_of{&timers}};
        std::map<std::uint64_t, std::set<slot>> reference;
        std::set<slot> in;
        std::uint64_t now = 0;
        const auto add = [&](slot what) {
            const std::uint64_t far = std::uint64_t{1} << random.below(40);
            timers[what].tick = tested.now() + 1 + random.below(far);
            tested.add(what);
            reference[timers[what].tick].insert(what);
            in.insert(what);
        };
        const auto forget = [&](slot what) {
            std::set<slot>& at = reference[timers[what].tick];
            at.erase(what);
            if (at.empty()) reference.erase(timers[what].tick);
            in.erase(what);
        };
        for (int step = 0; step < 1000; ++step) {
            const auto what = static_cast<slot>(random.below(timers.size()));
            if (!in.contains(what)) {
                add(what);
            } else if (random.chance(0.3)) {
                tested.remove(what);
                forget(what);
            }
            ASSERT_EQ(tested.next().has_value(), !reference.empty());
            if (!reference.empty()) ASSERT_LE(*tested.next(), reference.begin()->first);
            if (!random.chance(0.3)) continue;
            now += random.below(std::uint64_t{1} << random.below(38));
            std::uint64_t last = 0;
            tested.advance(now, [&](slot fired) {
                ASSERT_EQ(timers[fired].tick, tested.now());
                ASSERT_EQ(timers[fired].tick, reference.begin()->first);
                ASSERT_GE(timers[fired].tick, last);
                last = timers[fired].tick;
                forget(fired);
                if (random.chance(0.2)) add(fired);
            });
            ASSERT_TRUE(reference.empty() || reference.begin()->first > now);
        }
        EXPECT_EQ(tested.empty(), reference.empty());
    }
}

}  // namespace
}  // namespace baudot
