// More posts than can be sent, for longer than anything in memory could take.
#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

// Each chat has one request in flight, and an answer takes a while: that is the capacity.
constexpr int seconds = 60;
constexpr int fan_out = std::size(destinations);

relay_options small_memory() {
    relay_options options;
    options.pending_max = 90;
    options.posts_max = 100;
    options.post_bytes_max = 10'000;
    options.content_bytes_max = 10'000;
    return options;
}

std::size_t sent_in_a_minute_when_all_is_there() {
    surroundings around(1);
    around.options = small_memory();
    life node(around, uncertain_policy::repeat, {});
    node.post(2'000);
    node.wait(10s);
    const std::size_t before = around.telegram.executed.size();
    node.wait(1s * seconds);
    EXPECT_FALSE(node.is_idle()) << "it had something to send all the time";
    return around.telegram.executed.size() - before;
}

TEST(relay, twice_what_can_be_sent_costs_no_goodput_no_memory_and_no_post) {
    const std::size_t peak = sent_in_a_minute_when_all_is_there();
    const int posts_a_second = static_cast<int>(2 * peak / fan_out / seconds);

    surroundings around(1);
    around.options = small_memory();
    life node(around, uncertain_policy::repeat, {});
    std::size_t most_bytes = 0;
    std::size_t bytes_when_full = 0;
    for (int second = 0; second < seconds; ++second) {
        node.post(posts_a_second);
        node.wait(1s);
        EXPECT_LT(node.tested->facts().owed().pending(), around.options.pending_max + fan_out);
        EXPECT_LE(node.tested->facts().unplanned().size(), around.options.posts_max);
        most_bytes = std::max(most_bytes, node.tested->bytes_owed());
        if (second == seconds / 3) bytes_when_full = most_bytes;
    }
    EXPECT_GE(around.telegram.executed.size(), peak * 9 / 10);
    EXPECT_LE(most_bytes, bytes_when_full * 105 / 100);

    const auto posted = static_cast<std::size_t>(posts_a_second) * seconds;
    EXPECT_EQ(around.acknowledged.size(), posted) << "the journal takes what must wait";
    EXPECT_LT(around.telegram.executed.size(), posted * 2) << "it was an overload";
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.executed.size(), posted * fan_out);
    expect_each_once(around);
    expect_order(around);
}

// `expire_after` counts from there, however long a post waits for a plan.
TEST(relay, a_post_that_waits_for_its_plan_is_planned_with_the_time_when_it_came) {
    surroundings around(2);
    around.options = small_memory();
    around.telegram.closed.insert(lonely_destination[0]);
    const std::int64_t came = around.wall.time_since_epoch().count();
    std::size_t planned = 0;
    const auto note = [&](const update& what, std::uint32_t version, sequence position) {
        ++planned;
        EXPECT_LT(what.received_at - came, 1'000'000);
        EXPECT_GE(what.received_at, came);
        return to_everywhere(what, version, position, uncertain_policy::repeat);
    };
    {
        life node(around, uncertain_policy::repeat, {});
        node.set_planner(note);
        node.post(200, lonely_source);
        node.wait(1min);
        EXPECT_EQ(planned, around.options.pending_max);
        around.disk.crash();
        around.rows.crash(around.random);
    }
    around.telegram.closed.clear();
    life again(around, uncertain_policy::repeat, {});
    again.set_planner(note);
    again.wait(2h);
    ASSERT_TRUE(again.drain());
    EXPECT_GE(planned, 200U);
}

}  // namespace
}  // namespace baudot::engine
