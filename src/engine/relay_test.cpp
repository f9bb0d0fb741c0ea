#include "engine/relay_fixture_test.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

TEST(relay, posts_reach_every_destination_once_and_in_order) {
    surroundings around(1);
    life node(around, uncertain_policy::repeat, {});
    for (int batch = 0; batch < 20; ++batch) {
        node.post(5);
        node.wait(30ms);
    }
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.acknowledged.size(), 100U);
    EXPECT_EQ(around.telegram.executed.size(), 300U);
    expect_each_once(around);
    expect_order(around);
}

TEST(relay, nothing_is_sent_twice_when_a_post_comes_twice) {
    surroundings around(2);
    life node(around, uncertain_policy::repeat, {});
    node.post(3);
    node.wait(1s);
    around.next_message -= 3;
    surroundings& same = around;
    node.post(3);  // other chats may be drawn, so compare with what is distinct
    ASSERT_TRUE(node.drain());
    for (const auto& [copy, times] : counted(same)) EXPECT_EQ(times, 1);
}

TEST(relay, a_wait_is_kept_and_the_refused_post_keeps_its_place) {
    surroundings around(3);
    around.telegram.refuse = 0.2;
    life node(around, uncertain_policy::skip, {});
    node.post(50);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.before_wait_over, 0) << "P6";
    EXPECT_EQ(around.telegram.executed.size(), 150U) << "a refusal is never a loss";
    expect_order(around);
}

TEST(relay, nothing_is_sent_before_its_start_is_durable) {
    surroundings around(13);
    around.sync_time = 10s;  // of a write, and of a sync
    life node(around, uncertain_policy::skip, {});
    node.post(1);
    while (node.tested->in_flight() == 0) node.wait(1s);
    node.wait(15s);
    EXPECT_TRUE(around.telegram.executed.empty()) << "P3: its start is still being written";
    node.wait(30s);
    EXPECT_EQ(around.telegram.executed.size(), 3U);
}

TEST(relay, after_a_crash_with_uncertain_sends_one_request_goes_first) {
    surroundings around(14);
    {
        life node(around, uncertain_policy::repeat, {});
        node.post(1);
        while (node.tested->in_flight() == 0) node.wait(1ms);
        node.wait(5ms);
        around.telegram.is_away = true;
        around.disk.kill();
        around.rows.crash(around.random);
    }
    around.telegram.is_away = false;
    around.telegram.executed.clear();
    around.telegram.latency = 10s;
    life again(around, uncertain_policy::repeat, {});
    ASSERT_FALSE(around.uncertain.empty());
    again.wait(5s);
    EXPECT_EQ(again.tested->in_flight(), 1U) << "P6: a probe";
    again.wait(10s);
    EXPECT_EQ(around.telegram.executed.size(), 1U);
    EXPECT_EQ(again.tested->in_flight(), 2U) << "it went through, so the others follow";
}

TEST(relay, what_nobody_can_deliver_is_told_once_and_remembered) {
    surroundings around(12);
    {
        life node(around, uncertain_policy::repeat, {});
        std::vector<reject_class> told;
        node.tested->set_listener(
            {.fate = [&](const auto&, const settlement& fate) { told.push_back(fate.why); }});
        node.set_planner([](const update& what, std::uint32_t version, sequence at) {
            auto plans = to_everywhere(what, version, at, uncertain_policy::repeat);
            for (planned_delivery& each : plans[0].deliveries) each.why = reject_class::no_sender;
            return plans;
        });
        node.post(1);
        ASSERT_TRUE(node.drain());
        EXPECT_EQ(told, std::vector(3, reject_class::no_sender));
    }
    int rows = 0;
    const auto rejected = [&](std::string_view, std::string_view value) {
        const auto row = decode_copy_row(value);
        EXPECT_TRUE(row && row->fate == outcome_kind::rejected &&
                    row->why == reject_class::no_sender && row->route == "everywhere");
        ++rows;
        return true;
    };
    ASSERT_TRUE(around.rows.scan(store::family::copies, "", "", rejected));
    EXPECT_EQ(rows, 3);
    EXPECT_TRUE(around.telegram.executed.empty());
    life again(around, uncertain_policy::repeat, {});
    ASSERT_TRUE(again.drain());
    EXPECT_TRUE(around.telegram.executed.empty());
}

TEST(relay, what_is_sent_again_because_no_answer_came_is_named) {
    surroundings around(10);
    around.telegram.lose_answer = 0.1;
    life node(around, uncertain_policy::repeat, {});
    node.post(50);
    ASSERT_TRUE(node.drain());
    int doubled = 0;
    for (const auto& [copy, times] : counted(around)) {
        if (times == 1) continue;
        ++doubled;
        EXPECT_TRUE(around.repeated.contains(copy)) << "doubled, and nobody said so";
    }
    EXPECT_GT(doubled, 0);
    expect_order(around);
}

TEST(relay, stop_drains_and_a_second_life_has_nothing_to_do) {
    surroundings around(4);
    {
        life node(around, uncertain_policy::repeat, {});
        node.post(10);
        node.wait(5ms);
        node.stop(1h);
        node.wait(1h);
        ASSERT_TRUE(node.ended.has_value());
        EXPECT_TRUE(node.ended->has_value());
    }
    EXPECT_EQ(around.telegram.executed.size(), 30U);
    life again(around, uncertain_policy::repeat, {});
    EXPECT_TRUE(again.is_idle());
    EXPECT_TRUE(around.uncertain.empty());
}

TEST(relay, a_stop_whose_time_is_over_keeps_the_rest_for_the_next_start) {
    surroundings around(5);
    around.telegram.refuse = 1;
    {
        life node(around, uncertain_policy::skip, {});
        node.post(5);
        node.wait(1s);
        node.stop(10s);
        node.wait(1min);
        ASSERT_TRUE(node.ended.has_value()) << "the bound holds whatever Telegram says";
    }
    EXPECT_TRUE(around.telegram.executed.empty());
    around.telegram.refuse = 0;
    life again(around, uncertain_policy::skip, {});
    EXPECT_TRUE(around.uncertain.empty());
    ASSERT_TRUE(again.drain());
    EXPECT_EQ(around.telegram.executed.size(), 15U);
    EXPECT_EQ(around.telegram.before_wait_over, 0) << "holds survive a restart";
}

// A clock that is set wrong and right again, and a restart before the wait is over.
TEST(relay, a_wait_outlives_a_restart_although_the_wall_clock_was_ahead) {
    surroundings around(18);
    around.telegram.closed = {destinations[0], destinations[1], destinations[2]};  // for an hour
    {
        life node(around, uncertain_policy::repeat, {});
        node.post(5);
        node.wait(10s);
        ASSERT_FALSE(node.tested->facts().holds().empty());
        node.jump_wall(3h);
        node.post(1);
        node.wait(1min);
        node.jump_wall(-3h);
        node.stop(1s);
        node.wait(5s);
    }
    around.telegram.closed.clear();
    life again(around, uncertain_policy::repeat, {});
    again.wait(50min);
    EXPECT_TRUE(around.telegram.executed.empty());
    ASSERT_TRUE(again.drain());
    EXPECT_EQ(around.telegram.before_wait_over, 0) << "P6";
}

TEST(relay, a_full_disk_pauses_and_loses_nothing) {
    surroundings around(6);
    life node(around, uncertain_policy::repeat, {});
    node.post(5);
    node.wait(1s);
    around.disk.set_capacity(around.disk.bytes_used());
    node.post(1'000);  // more than the room that the journal's file has
    node.wait(1min);
    EXPECT_EQ(around.acknowledged.size(), 5U) << "P1: not durable, not acknowledged";
    around.disk.set_capacity(1ULL << 40);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.acknowledged.size(), 1'005U);
    EXPECT_EQ(around.telegram.executed.size(), 3'015U);
}

TEST(relay, a_store_without_room_pauses_and_loses_nothing) {
    surroundings around(6);
    life node(around, uncertain_policy::repeat, {});
    node.post(5);
    node.wait(2s);
    around.rows.set_full(true);
    node.post(5);
    node.wait(5s);
    node.post(5);
    node.wait(1min);
    EXPECT_EQ(around.acknowledged.size(), 10U) << "what came behind it waits at Telegram";
    around.rows.set_full(false);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.acknowledged.size(), 15U);
    EXPECT_EQ(around.telegram.executed.size(), 45U);
    expect_each_once(around);
}

TEST(relay, what_one_held_chat_is_owed_does_not_pin_the_journal) {
    surroundings around(8);
    around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
    around.telegram.closed.insert(lonely_destination[0]);
    for (int start = 0; start < 3; ++start) {
        around.telegram.is_away = false;
        life node(around, uncertain_policy::skip, {});
        node.post(2, lonely_source);
        node.wait(1s);
        const sequence planned = node.log().next();
        for (int round = 0; round < 20; ++round) {
            node.post(10);
            node.wait(1s);
            node.checkpoint();
        }
        EXPECT_GT(node.log().first(), planned);
        EXPECT_EQ(node.tested->facts().owed().pending(), 2U * static_cast<unsigned>(start + 1));
        around.telegram.is_away = true;
        around.disk.crash();
        around.rows.crash(around.random);
    }
    around.telegram.is_away = false;
    around.telegram.closed.clear();
    life last(around, uncertain_policy::skip, {});
    ASSERT_TRUE(last.drain());
    EXPECT_TRUE(around.uncertain.empty());
    EXPECT_EQ(around.telegram.executed.size(), 3U * (2 + 20 * 10 * 3));
    expect_each_once(around);
    expect_order(around);
}

TEST(relay, what_is_owed_is_bounded_in_memory_and_the_rest_waits_in_the_journal) {
    surroundings around(11);
    around.options.pending_max = 20;
    around.options.post_bytes_max = 100'000;
    around.telegram.closed.insert(lonely_destination[0]);
    life node(around, uncertain_policy::skip, {});
    for (int batch = 0; batch < 15; ++batch) {
        node.post(100, lonely_source);
        node.wait(1s);
    }
    EXPECT_EQ(around.acknowledged.size(), 1500U) << "intake goes on";
    EXPECT_EQ(node.tested->facts().owed().pending(), 20U);
    const auto& waiting = node.tested->facts().unplanned();
    ASSERT_EQ(waiting.size(), 1480U);
    const auto bytes_kept = [&] {
        std::size_t bytes = 0;
        for (const auto& each : waiting) bytes += each.what ? bytes_in_memory(*each.what) : 0;
        return bytes;
    };
    EXPECT_LE(bytes_kept(), 100'000U);
    EXPECT_GT(bytes_kept(), 50'000U) << "reading a post back costs much more than keeping it";
    around.telegram.closed.clear();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.executed.size(), 1500U);
    around.telegram.closed.insert(lonely_destination[0]);
    node.post(100, lonely_source);
    node.wait(1s);
    EXPECT_EQ(std::ranges::count_if(waiting, [](const auto& each) { return !each.what; }), 0)
        << "what was passed has given its room back";
    around.telegram.closed.clear();
    ASSERT_TRUE(node.drain());
    expect_each_once(around);
    expect_order(around);
}

// Planned or not, each post keeps its turn through the window, a crash and what is read back.
TEST(relay, of_many_posts_without_a_plan_memory_knows_the_first_and_the_store_the_rest) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        surroundings around(seed);
        around.options = {.plans_per_turn = 30, .pending_max = 20, .posts_max = 100};
        around.telegram.closed.insert(lonely_destination[0]);
        for (int start = 0; start < 3; ++start) {
            life node(around, uncertain_policy::skip, {});
            for (int batch = 0; batch < 10; ++batch) {
                node.post(50, lonely_source);
                node.wait(std::chrono::milliseconds(around.random.below(1500)));
                ASSERT_LE(node.tested->facts().unplanned().size(), 100U) << "P8";
                if (around.random.chance(0.2)) node.checkpoint();
            }
            node.wait(5s);
            EXPECT_EQ(node.tested->facts().owed().pending(), 20U);
            EXPECT_TRUE(node.tested->facts().has_unplanned());
            around.disk.crash();
            around.rows.crash(around.random);
        }
        around.telegram.closed.clear();
        life last(around, uncertain_policy::skip, {});
        ASSERT_TRUE(last.drain());
        EXPECT_GE(around.telegram.executed.size(), around.acknowledged.size());
        EXPECT_GE(around.acknowledged.size(), 1400U);
        expect_each_once(around);
        expect_order(around);
    }
}

TEST(relay, a_journal_full_of_what_is_owed_is_not_written_anew) {
    surroundings around(9);
    around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
    around.telegram.closed.insert(lonely_destination[0]);
    life node(around, uncertain_policy::skip, {});
    node.post(200, lonely_source);
    node.wait(1min);
    const sequence end = node.log().next();
    for (int round = 0; round < 5; ++round) node.checkpoint();
    EXPECT_EQ(node.log().next(), end);
    EXPECT_EQ(node.tested->facts().owed().pending(), 200U);
}

TEST(relay, rules_are_recorded_when_they_change) {
    surroundings around(15);
    const auto recorded = [&around] {
        life node(around, uncertain_policy::repeat, {});
        node.wait(1s);
        std::vector<std::string> found;
        const auto note = [&found](const journal::stored_record& record) -> result<void> {
            if (record.header.type != std::to_underlying(event_type::rules_changed)) return {};
            const auto read = decode_event(event_type::rules_changed, record.payload);
            found.push_back(std::get<rules_changed>(*read).fingerprint);
            return {};
        };
        EXPECT_TRUE(node.log().scan(sequence{0}, note));
        return found;
    };
    EXPECT_EQ(recorded(), (std::vector<std::string>{"first"}));
    EXPECT_EQ(recorded(), (std::vector<std::string>{"first"})) << "a restart changes nothing";
    around.rules.fingerprint = "second";
    EXPECT_EQ(recorded(), (std::vector<std::string>{"first", "second"}));
}

}  // namespace
}  // namespace baudot::engine
