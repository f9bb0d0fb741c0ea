#include "telegram_sim/update_queue.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;
using verdict = update_queue::verdict;
using pushed = update_queue::pushed;

// A queue, a clock, and the shortest words for what a bot does.
struct update_queue_test : testing::Test {
    update_queue queue{1};
    time_point now{1h};

    pushed push(std::string_view object = "{}", duration lifetime = 24h) {
        return queue.push(update_kind::channel_post, object, now, lifetime).what;
    }
    update_queue::step ask(std::int64_t offset, std::int64_t timeout_s = 0,
                           std::int64_t limit = 100) {
        return queue.begin({.offset = offset, .limit = limit, .timeout_s = timeout_s}, now);
    }
    // Ids in a result array.
    static std::vector<std::int64_t> ids(const update_queue::step& step) {
        EXPECT_EQ(step.what, verdict::answer);
        std::vector<std::int64_t> found;
        constexpr std::string_view mark = "\"update_id\":";
        for (auto at = step.updates.find(mark); at != std::string::npos;
             at = step.updates.find(mark, at + 1)) {
            found.push_back(std::strtoll(step.updates.c_str() + at + mark.size(), nullptr, 10));
        }
        return found;
    }
    // A fresh look that breaks no rule about repeating the same offset.
    std::vector<std::int64_t> all(std::int64_t offset = 0) {
        now += 10s;
        return ids(ask(offset));
    }
};

TEST_F(update_queue_test, an_update_is_an_object_with_an_id_and_one_field) {
    push(R"({"message_id":7})");
    const auto step = ask(0);
    const std::string id = std::to_string(ids(step).at(0));
    EXPECT_EQ(step.updates, "[{\"update_id\":" + id + R"(,"channel_post":{"message_id":7}}])");
}

TEST_F(update_queue_test, ids_begin_at_a_large_number_that_the_seed_chooses) {
    push();
    const auto first = all().at(0);
    EXPECT_GT(first, 2'000'000);
    EXPECT_LE(first, 1'000'000'000);
    update_queue other(2);
    other.push(update_kind::message, "{}", now, 24h);
    EXPECT_NE(ids(other.begin({}, now)).at(0), first);
}

TEST_F(update_queue_test, ids_grow_by_one) {
    for (int i = 0; i < 5; ++i) push();
    const auto found = all();
    ASSERT_EQ(found.size(), 5U);
    for (std::size_t i = 1; i < found.size(); ++i) EXPECT_EQ(found[i], found[i - 1] + 1);
}

TEST_F(update_queue_test, what_is_not_confirmed_comes_again) {
    push();
    push();
    EXPECT_EQ(all(), all());
}

TEST_F(update_queue_test, an_offset_confirms_all_below_it_at_the_request_not_at_the_answer) {
    for (int i = 0; i < 3; ++i) push();
    const auto before = all();
    const auto step = ask(before[2] + 1, 30);  // waits, is never answered
    EXPECT_EQ(step.what, verdict::wait);
    EXPECT_EQ(queue.pending(now), 0U);
    queue.abandon(step.id);
    EXPECT_TRUE(all(before[0]).empty());
}

TEST_F(update_queue_test, an_offset_in_the_middle_keeps_the_rest) {
    for (int i = 0; i < 4; ++i) push();
    const auto before = all();
    EXPECT_EQ(all(before[2]), (std::vector{before[2], before[3]}));
    EXPECT_EQ(all(0), (std::vector{before[2], before[3]}));
}

TEST_F(update_queue_test, a_negative_offset_keeps_the_last_ones_and_forgets_the_others) {
    for (int i = 0; i < 5; ++i) push();
    const auto before = all();
    EXPECT_EQ(all(-2), (std::vector{before[3], before[4]}));
    EXPECT_EQ(queue.pending(now), 2U);
    EXPECT_EQ(all(-100).size(), 2U);
    EXPECT_EQ(queue.pending(now), 2U);
}

TEST_F(update_queue_test, an_offset_more_than_ten_above_the_tail_starts_from_the_head_again) {
    push();
    const auto id = all().at(0);
    EXPECT_EQ(all(id + 12), std::vector{id});  // the tail is id + 1
    EXPECT_TRUE(all(id + 11).empty());         // confirmed now
    EXPECT_EQ(queue.pending(now), 0U);
}

TEST_F(update_queue_test, an_offset_up_to_ten_above_the_tail_skips_what_comes_in_between) {
    push();
    const auto id = all().at(0);
    EXPECT_TRUE(all(id + 3).empty());
    push();  // id + 1
    push();  // id + 2
    push();  // id + 3
    EXPECT_EQ(all(id + 3), std::vector{id + 3});
}

TEST_F(update_queue_test, an_offset_far_below_the_head_starts_from_the_head) {
    push();
    const auto id = all().at(0);
    EXPECT_EQ(all(id - 100'001), std::vector{id});
    EXPECT_EQ(all(1), std::vector{id});
}

TEST_F(update_queue_test, the_limit_is_between_one_and_a_hundred) {
    for (int i = 0; i < 150; ++i) push();
    EXPECT_EQ(ids(ask(0, 0, 1000)).size(), 100U);
    now += 10s;
    EXPECT_EQ(ids(ask(0, 0, 0)).size(), 1U);
    now += 10s;
    EXPECT_EQ(ids(ask(0, 0, 7)).size(), 7U);
}

TEST_F(update_queue_test, a_timeout_above_fifty_seconds_is_fifty) {
    EXPECT_EQ(ask(0, 600).at, now + 50s);
    EXPECT_EQ(ask(1, -5).what, verdict::answer);
}

TEST_F(update_queue_test, a_wait_without_updates_ends_with_an_empty_list) {
    const auto step = ask(0, 20);
    now += 20s;
    EXPECT_EQ(queue.resume(step.id, now).updates, "[]");
}

TEST_F(update_queue_test, the_same_offset_within_half_a_second_gets_one_update) {
    for (int i = 0; i < 5; ++i) push();
    EXPECT_EQ(ids(ask(0)).size(), 5U);
    now += 499ms;
    EXPECT_EQ(ids(ask(0)).size(), 1U);
    now += 500ms;
    EXPECT_EQ(ids(ask(0)).size(), 5U);
}

TEST_F(update_queue_test, the_same_offset_within_three_seconds_waits_three_seconds) {
    EXPECT_EQ(ask(0).what, verdict::answer);
    now += 2999ms;
    const auto step = ask(0);
    EXPECT_EQ(step.what, verdict::wait);
    EXPECT_EQ(step.at, now + 3s);
    now += 3s;
    EXPECT_EQ(queue.resume(step.id, now).what, verdict::answer);
    EXPECT_EQ(ask(0).what, verdict::answer);
}

TEST_F(update_queue_test, a_moved_offset_is_never_punished) {
    for (int i = 0; i < 5; ++i) push();
    const auto first = ids(ask(0));
    EXPECT_EQ(ids(ask(first[0] + 1)).size(), 4U);
    EXPECT_EQ(ids(ask(first[0] + 2)).size(), 3U);
}

TEST_F(update_queue_test, a_wait_is_answered_one_millisecond_after_a_single_update) {
    const auto step = ask(0, 30);
    now += 5s;
    const auto result = queue.push(update_kind::message, "{}", now, 24h);
    EXPECT_TRUE(result.wakes);
    EXPECT_EQ(queue.resume(step.id, now).at, now + 1ms);
    now += 1ms;
    EXPECT_EQ(ids(queue.resume(step.id, now)).size(), 1U);
}

TEST_F(update_queue_test, a_stream_is_gathered_for_two_milliseconds_at_most) {
    const auto step = ask(0, 30);
    push();
    now += 800us;
    EXPECT_FALSE(queue.push(update_kind::message, "{}", now, 24h).wakes);
    now += 800us;
    push();
    EXPECT_EQ(queue.resume(step.id, now).at, now + 400us);
    now += 400us;
    EXPECT_EQ(ids(queue.resume(step.id, now)).size(), 3U);
}

TEST_F(update_queue_test, a_second_wait_ends_the_first_with_a_conflict) {
    const auto old = ask(0, 30);
    now += 10s;
    const auto fresh = ask(0, 30);
    EXPECT_EQ(fresh.what, verdict::wait);
    EXPECT_TRUE(fresh.wakes);
    EXPECT_EQ(queue.resume(old.id, now).what, verdict::conflict);
    push();
    now += 1ms;
    EXPECT_EQ(ids(queue.resume(fresh.id, now)).size(), 1U);
}

TEST_F(update_queue_test, a_request_that_is_answered_at_once_displaces_nobody) {
    const auto old = ask(0, 30);
    now += 10s;
    EXPECT_EQ(ask(5, 0).what, verdict::answer);
    EXPECT_EQ(queue.resume(old.id, now).what, verdict::wait);
    push();
    EXPECT_EQ(ask(0, 30).what, verdict::answer);
    now += 1ms;
    EXPECT_EQ(ids(queue.resume(old.id, now)).size(), 1U);
}

TEST_F(update_queue_test, a_second_conflict_within_three_seconds_is_answered_three_seconds_late) {
    const auto first = ask(0, 30);
    const auto second = ask(1, 30);
    EXPECT_EQ(queue.resume(first.id, now).what, verdict::conflict);
    now += 1s;
    const auto third = ask(2, 30);
    const auto late = queue.resume(second.id, now);
    EXPECT_EQ(late.what, verdict::wait);
    EXPECT_EQ(late.at, now + 3s);
    now += 3s;
    EXPECT_EQ(queue.resume(second.id, now).what, verdict::conflict);
    const auto fourth = ask(3, 30);  // 4 s after the first conflict: at once again
    EXPECT_EQ(queue.resume(third.id, now).what, verdict::conflict);
    queue.abandon(fourth.id);
}

TEST_F(update_queue_test, a_client_that_left_is_no_conflict) {
    const auto old = ask(0, 30);
    queue.abandon(old.id);
    now += 4s;
    EXPECT_FALSE(ask(0, 30).wakes);
}

TEST_F(update_queue_test, an_update_is_forgotten_when_its_lifetime_is_over) {
    push("{}", 1h);
    push("{}", 24h);
    now += 1h - 1s;
    EXPECT_EQ(queue.pending(now), 2U);
    now += 1s;
    EXPECT_EQ(queue.pending(now), 1U);
    now += 23h;
    EXPECT_TRUE(all().empty());
    EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(update_queue_test, an_update_that_expires_in_the_middle_leaves_a_gap_of_ids) {
    push("{}", 24h);
    push("{}", 30s);
    push("{}", 24h);
    const auto before = all();
    now += 30s;
    EXPECT_EQ(all(), (std::vector{before[0], before[2]}));
    EXPECT_EQ(all(before[2]), std::vector{before[2]});
}

TEST_F(update_queue_test, what_is_older_than_its_lifetime_is_never_queued) {
    EXPECT_EQ(push("{}", 0s), pushed::expired);
    EXPECT_EQ(push("{}", -5s), pushed::expired);
    EXPECT_EQ(queue.pending(now), 0U);
}

TEST_F(update_queue_test, a_full_queue_drops_the_newest_in_silence) {
    queue = update_queue(1, {.updates_max = 3});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(push(), pushed::queued);
    EXPECT_EQ(push(), pushed::full);
    EXPECT_EQ(queue.dropped(), 1U);
    const auto before = all();
    EXPECT_EQ(before.size(), 3U);
    EXPECT_TRUE(all(before[2] + 1).empty());
    push();
    EXPECT_EQ(all(), std::vector{before[2] + 1});  // the dropped one took no id
}

TEST_F(update_queue_test, the_default_caps_are_those_of_telegram) {
    const update_queue_limits limits;
    EXPECT_EQ(limits.updates_max, 100'000U);
    EXPECT_EQ(limits.bytes_max, 134'217'728U);
    EXPECT_EQ(limits.update_bytes_max, 524'288U);
    EXPECT_EQ(limits.answer_bytes_max, 4'194'304U);
}

TEST_F(update_queue_test, bytes_are_capped_too_and_freed_by_a_confirmation) {
    queue = update_queue(1, {.bytes_max = 100});
    EXPECT_EQ(push(std::string(50, '1')), pushed::queued);
    EXPECT_EQ(push(std::string(50, '1')), pushed::full);
    EXPECT_TRUE(all(all().at(0) + 1).empty());
    EXPECT_EQ(push(std::string(50, '1')), pushed::queued);
}

TEST_F(update_queue_test, expired_updates_make_room) {
    queue = update_queue(1, {.updates_max = 1});
    push("{}", 30s);
    now += 30s;
    EXPECT_EQ(push(), pushed::queued);
}

TEST_F(update_queue_test, an_update_larger_than_half_a_mebibyte_is_dropped) {
    EXPECT_EQ(push(std::string(513 << 10, '1')), pushed::too_large);
    EXPECT_EQ(push(std::string(511 << 10, '1')), pushed::queued);
}

TEST_F(update_queue_test, an_answer_is_cut_at_about_four_mebibytes) {
    for (int i = 0; i < 20; ++i) push(std::string(500 << 10, '1'));
    const auto step = ask(0);
    EXPECT_EQ(ids(step).size(), 8U);
    EXPECT_LE(step.updates.size(), std::size_t{4} << 20);
    EXPECT_EQ(queue.pending(now), 20U);
}

TEST_F(update_queue_test, an_answer_holds_one_update_however_large) {
    queue = update_queue(1, {.answer_bytes_max = 10});
    push(std::string(100, '1'));
    push(std::string(100, '1'));
    EXPECT_EQ(all().size(), 1U);
}

TEST_F(update_queue_test, ids_jump_after_a_week_of_silence) {
    push();
    const auto id = all().at(0);
    now += 6 * 24h;
    push();
    EXPECT_EQ(all(), std::vector{id + 1});
    now += 7 * 24h;
    push();
    const auto later = all();
    ASSERT_EQ(later.size(), 1U);
    EXPECT_NE(later[0], id + 2);
}

TEST_F(update_queue_test, three_kinds_come_only_when_asked_for) {
    const auto put = [this](update_kind kind) { return queue.push(kind, "{}", now, 24h).what; };
    EXPECT_EQ(put(update_kind::message), pushed::queued);
    EXPECT_EQ(put(update_kind::my_chat_member), pushed::queued);
    EXPECT_EQ(put(update_kind::chat_member), pushed::not_allowed);
    EXPECT_EQ(put(update_kind::message_reaction), pushed::not_allowed);
    EXPECT_EQ(put(update_kind::message_reaction_count), pushed::not_allowed);
}

TEST_F(update_queue_test, allowed_updates_persist_and_spare_what_is_queued) {
    const auto put = [this](update_kind kind) { return queue.push(kind, "{}", now, 24h).what; };
    put(update_kind::message);
    EXPECT_EQ(ids(queue.begin({.allowed = bit(update_kind::chat_member)}, now)).size(), 1U);
    EXPECT_EQ(put(update_kind::message), pushed::not_allowed);
    EXPECT_EQ(put(update_kind::chat_member), pushed::queued);
    EXPECT_EQ(all().size(), 2U);  // asks without allowed_updates: the choice stays
    EXPECT_EQ(put(update_kind::message), pushed::not_allowed);
}

TEST_F(update_queue_test, every_kind_has_a_name_that_leads_back_to_it) {
    for (int i = 0; i < update_kinds; ++i) {
        const auto kind = static_cast<update_kind>(i);
        EXPECT_EQ(update_kind_of(name(kind)), kind);
    }
    EXPECT_FALSE(update_kind_of("messages"));
    EXPECT_EQ(lifetime(update_kind::callback_query), 150s);
    EXPECT_EQ(lifetime(update_kind::inline_query), 30s);
    EXPECT_EQ(lifetime(update_kind::channel_post), 24h);
}

// The guarantee: a bot that advances its offset sees each queued update once and in order,
// whatever it asks in between; a bot that repeats loses none.
TEST(update_queue_property, a_bot_that_follows_the_rules_sees_every_update_once_and_in_order) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        update_queue queue(seed, {.updates_max = 50, .bytes_max = 4000});
        time_point now{1h};
        std::deque<int> queued;  // what the queue took, oldest first
        int pushed_count = 0;
        std::int64_t offset = 0;
        std::optional<update_queue::ticket> waiting;
        const auto receive = [&](const std::string& updates) {
            std::size_t at = 0;
            while ((at = updates.find("\"update_id\":", at)) != std::string::npos) {
                offset = std::strtoll(updates.c_str() + at + 12, nullptr, 10) + 1;
                at = updates.find("\"message\":", at) + 10;
                ASSERT_FALSE(queued.empty());
                ASSERT_EQ(std::atoi(updates.c_str() + at), queued.front());
                queued.pop_front();
            }
        };
        for (int turn = 0; turn < 400; ++turn) {
            now += std::chrono::microseconds(random.below(3000));
            if (random.chance(0.6)) {
                const std::string object = std::to_string(pushed_count);
                if (queue.push(update_kind::message, object, now, 24h).what == pushed::queued) {
                    queued.push_back(pushed_count);
                }
                ++pushed_count;
            } else if (waiting) {
                const auto step = queue.resume(*waiting, now);
                if (step.what == verdict::wait) continue;
                waiting.reset();
                receive(step.updates);
            } else {
                const auto step = queue.begin(
                    {.offset = offset, .limit = random.between(-3, 120), .timeout_s = 30}, now);
                if (step.what == verdict::wait)
                    waiting = step.id;
                else
                    receive(step.updates);
            }
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

}  // namespace
}  // namespace baudot::telegram_sim
