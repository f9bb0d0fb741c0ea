// What changes beside a turn that is under way: while its append is written, while the store is
// flushed, while a long journal is read back.
#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

// Post n to the nth destination alone.
std::vector<deliveries_planned> to_one(const update& what, std::uint32_t version, sequence at) {
    auto plans = to_everywhere(what, version, at, uncertain_policy::repeat);
    const auto which = static_cast<std::size_t>(std::to_underlying(what.content.id)) - 1;
    plans[0].deliveries = {plans[0].deliveries[which % std::size(destinations)]};
    return plans;
}

TEST(relay, an_account_that_is_held_while_a_start_is_written_waits_all_the_same) {
    surroundings around(16);
    around.telegram.closed = {destinations[0], destinations[1]};
    around.telegram.latency = 2min;
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(to_one);
    node.post(2, sources[0]);
    while (node.tested->in_flight() < 2) node.wait(1ms);
    node.wait(100ms);
    around.sync_time = 20s;  // of a write, and of a sync
    node.post(1, sources[0]);
    while (node.tested->in_flight() < 3) node.wait(100ms);
    ASSERT_TRUE(node.tested->facts().holds().empty()) << "refused once the start is on its way";
    node.wait(30min);
    EXPECT_EQ(node.tested->facts().holds().size(), 3U) << "two chats, so the account";
    EXPECT_TRUE(around.telegram.executed.empty()) << "P6";
    around.telegram.closed.clear();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.executed.size(), 3U);
    expect_each_once(around);
}

TEST(relay, a_post_passed_while_the_store_is_flushed_is_kept_until_the_store_knows) {
    surroundings around(17);
    around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
    {
        life node(around, uncertain_policy::repeat, {});
        node.set_planner({});
        for (int batch = 0; batch < 50; ++batch) {
            node.post(10);
            node.wait(20ms);
        }
        ASSERT_EQ(node.tested->facts().unplanned().size(), 500U);
        around.rows.after_flush([&] {
            node.set_planner([](const auto&...) { return std::vector<deliveries_planned>(); });
            node.wait(1s);
        });
        node.checkpoint();
        EXPECT_TRUE(node.is_idle()) << "no route cares";
        around.rows.after_flush({});
        around.disk.crash();
        around.rows.crash(around.random);
    }
    life again(around, uncertain_policy::repeat, {});
    again.wait(1s);
    ASSERT_FALSE(again.ended) << again.ended->error().message;
    EXPECT_TRUE(again.drain());
}

TEST(relay, a_hard_stop_during_an_append_tells_that_its_posts_are_not_durable) {
    surroundings around(20);
    life node(around, uncertain_policy::repeat, {});
    node.wait(1s);
    around.disk.set_capacity(around.disk.bytes_used());
    node.post(1'000);  // more than the room that the journal's file has
    node.wait(1min);
    EXPECT_EQ(node.not_durable, 0) << "it waits for room";
    node.post(5);
    node.stop_hard();
    node.wait(1s);
    EXPECT_EQ(node.not_durable, 2);
    EXPECT_TRUE(around.acknowledged.empty());
}

TEST(relay, a_turn_plans_a_bounded_number_of_bytes) {
    surroundings around(18);
    around.options.plan_bytes_per_turn = 100'000;
    constexpr std::size_t post_bytes = 30'000;
    life node(around, uncertain_policy::repeat, {});
    std::map<time_point, std::size_t> bytes;  // by turn
    node.tested->set_listener({.planned = [&](const deliveries_planned& what) {
        bytes[node.now()] += std::get<send_text>(what.variants[0].what).text.text.size();
    }});
    node.set_planner([](const update& what, std::uint32_t version, sequence at) {
        auto plans = to_everywhere(what, version, at, uncertain_policy::repeat);
        plans[0].variants[0].what = send_text{{.text = std::string(post_bytes, 'x')}};
        for (auto& each : plans[0].deliveries) each.sender = account_id{2};  // not here
        return plans;
    });
    node.post(100);
    node.wait(10s);
    EXPECT_EQ(node.tested->facts().owed().pending(), 300U);
    EXPECT_EQ(bytes.size(), 25U) << "four posts a turn";
    for (const auto& [turn, sum] : bytes) EXPECT_LE(sum, 100'000U + post_bytes);
}

TEST(relay, a_long_journal_is_read_back_in_batches_of_the_store) {
    surroundings around(19);
    around.options.commit_changes = 100;
    {
        life node(around, uncertain_policy::repeat, {});
        node.post(1000);
        ASSERT_TRUE(node.drain());
        around.disk.kill();
    }
    around.rows = store::store_double();  // to be built from nothing
    life again(around, uncertain_policy::repeat, {});
    EXPECT_LE(again.tested->facts().uncommitted(), 110U) << "P8";
    EXPECT_TRUE(again.is_idle());
    EXPECT_EQ(around.telegram.executed.size(), 3000U);
}

}  // namespace
}  // namespace baudot::engine
