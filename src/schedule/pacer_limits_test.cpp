// What the pacer learns of an account and its chats, against a server that hides both limits.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>

#include "schedule/pacer.hpp"

namespace baudot {
namespace {

using namespace std::chrono_literals;

constexpr duration round_trip = 80ms;
constexpr duration tick = 5ms;

double seconds(duration what) {
    return std::chrono::duration<double>(what).count();
}

/// A token bucket; a refusal closes it for 3 s, twice as long when it follows another.
struct bucket {
    double rate = 1e6;
    double burst = 1e6;
    double tokens = burst;
    time_point filled_at{1h};
    time_point closed_until{};
    duration closure{};
    int refused = 0;

    duration wait(time_point now) {
        tokens = std::min(burst, tokens + rate * seconds(now - filled_at));
        filled_at = now;
        if (now >= closed_until && tokens >= 1) return duration::zero();
        ++refused;
        const bool again = now - closed_until < 60s && closure > duration::zero();
        closure = again ? std::min<duration>(2 * closure, 48s) : duration(3s);
        closed_until = now + closure;
        return closure;
    }
};

/// An account whose chats always have something to send, one call of each under way at a time.
struct busy_account {
    account_id id;
    bucket whole;
    std::vector<std::pair<chat_id, bucket>> chats{};
    method_class methods = method_class::copy;

    struct answer {
        time_point at;
        paced_call call;
        duration wait;
    };
    std::deque<answer> answers;
    std::map<chat_id, time_point> asked_again{};
    double accepted = 0;
    int one_held_in = 0;  // calls: its answer takes `held` longer; 0: none
    duration held = 4s;
    int calls = 0;

    void step(pacer& tested, time_point now) {
        for (; !answers.empty() && answers.front().at <= now; answers.pop_front()) {
            const answer& each = answers.front();
            asked_again[each.call.chat] = now;
            if (each.wait > duration::zero()) {
                (void)tested.refused(now, each.call, each.wait, 0);
            } else {
                tested.accepted(now, each.call);
                ++accepted;
            }
        }
        for (auto& [chat, limit] : chats) {
            if (asked_again[chat] > now) continue;
            const admission may = tested.ask(now, id, chat);
            if (!may.admitted && may.account_wide) break;
            if (!may.admitted) {
                asked_again[chat] = may.retry_at;
                continue;
            }
            const admission goes =
                tested.spend(now, {.account = id, .chat = chat, .methods = methods});
            if (!goes.admitted) {
                asked_again[chat] = goes.retry_at;
                continue;
            }
            send(now, chat, limit);
        }
        // Whose turn it is next.
        std::ranges::rotate(chats, chats.begin() + 1);
    }

    void send(time_point now, chat_id chat, bucket& limit) {
        asked_again[chat] = time_point::max();
        duration wait = limit.wait(now);
        if (wait == duration::zero()) wait = whole.wait(now);
        if (wait == duration::zero()) {
            limit.tokens -= 1;
            whole.tokens -= 1;
        }
        const bool is_held = one_held_in > 0 && ++calls % one_held_in == 0;
        const time_point at = now + round_trip + (is_held ? held : duration::zero());
        const paced_call call{.account = id, .chat = chat, .methods = methods, .sent_at = now};
        answers.insert(std::ranges::upper_bound(answers, at, {}, &answer::at), {at, call, wait});
    }
};

bucket of(double rate, double burst) {
    return {.rate = rate, .burst = burst};
}

busy_account with_chats(std::int64_t account, int count, const bucket& whole, const bucket& each,
                        std::int64_t first = -1'000) {
    busy_account made{.id = account_id{account}, .whole = whole};
    for (int chat = 1; chat <= count; ++chat) {
        made.chats.emplace_back(chat_id{first - chat}, each);
    }
    return made;
}

void run(pacer& tested, std::vector<busy_account>& all, time_point& now, duration time) {
    std::size_t first = 0;
    for (const time_point end = now + time; now < end; now += tick, ++first) {
        for (std::size_t at = 0; at < all.size(); ++at) {
            all[(first + at) % all.size()].step(tested, now);
        }
    }
}

const limit_view* find(const std::vector<limit_view>& all, const limit_scope& scope) {
    const auto found = std::ranges::find(all, scope, &limit_view::scope);
    return found == all.end() ? nullptr : &*found;
}

TEST(pacer_limits, the_limit_of_an_account_is_learned_by_the_account_and_by_no_chat) {
    pacer tested(documented_pace());
    std::vector<busy_account> all{with_chats(1, 60, of(8, 10), bucket{})};
    time_point now{1h};
    run(tested, all, now, 20min);
    all.front().accepted = 0;
    run(tested, all, now, 10min);
    EXPECT_GE(all.front().accepted, 0.93 * 8 * 600);
    EXPECT_LE(all.front().whole.refused, 30);
    const auto known = tested.view(now);
    ASSERT_TRUE(find(known, {account_id{1}}));
    EXPECT_NEAR(find(known, {account_id{1}})->what.rate, 8, 0.8);
    for (const auto& [chat, limit] : all.front().chats) {
        const limit_view* one = find(known, {account_id{1}, chat});
        if (one) EXPECT_EQ(one->what.cost, 0) << "its own limit never refused";
    }
}

TEST(pacer_limits, a_call_that_is_held_while_later_ones_pass_teaches_nothing_of_the_account) {
    pacer tested({.account = learned_limit{.rate = 30, .doubt = 0.1, .burst = 30}});
    std::vector<busy_account> all{with_chats(1, 100, {}, {})};
    all.front().one_held_in = 100;
    time_point now{1h};
    run(tested, all, now, 60s);
    EXPECT_EQ(find(tested.view(now), {account_id{1}})->what.rate, 30);
    EXPECT_GE(all.front().accepted, 60 * 27);
    EXPECT_TRUE(tested.take_lessons(now).empty());

    all.front().one_held_in = 1;  // nothing passes any more
    run(tested, all, now, 10s);
    EXPECT_LE(find(tested.view(now), {account_id{1}})->what.rate, 28);
    EXPECT_FALSE(tested.take_lessons(now).empty());
}

TEST(pacer_limits, the_limit_of_a_chat_is_learned_by_that_chat_and_costs_no_other) {
    pacer tested(documented_pace());
    std::vector<busy_account> all{with_chats(1, 20, of(1000, 1000), bucket{})};
    auto& slow = *all.front().chats.begin();
    slow.second = of(0.1, 2);
    const chat_id chat = slow.first;
    time_point now{1h};
    run(tested, all, now, 9min);
    EXPECT_EQ(all.front().whole.refused, 0);
    EXPECT_GE(all.front().accepted, 19 * 0.99 * 540 * 17 / 60) << "the others keep the advice";
    run(tested, all, now, 20min);
    const auto known = tested.view(now);
    ASSERT_TRUE(find(known, {account_id{1}, chat}));
    EXPECT_NEAR(find(known, {account_id{1}, chat})->what.rate, 0.1, 0.03);
    EXPECT_EQ(find(known, {account_id{1}})->what.cost, 0) << "the account is not to blame";
}

TEST(pacer_limits, chats_that_reach_their_limits_together_do_not_accuse_the_account) {
    pacer tested(documented_pace());
    std::vector<busy_account> all{with_chats(1, 30, of(1000, 1000), of(0.3, 5))};
    time_point now{1h};
    run(tested, all, now, 40min);
    all.front().accepted = 0;
    run(tested, all, now, 20min);
    EXPECT_GE(all.front().accepted, 0.8 * 30 * 0.3 * 1200);
    EXPECT_LE(find(tested.view(now), {account_id{1}})->held, 0s);
}

TEST(pacer_limits, ten_accounts_of_unequal_limits_reach_nearly_the_sum_of_them) {
    pacer tested(documented_pace());
    std::vector<busy_account> all;
    constexpr std::int64_t users = 1'000;  // 1 a second
    double sum = 0;
    for (int account = 1; account <= 10; ++account) {
        const double rate = 2 + 2.5 * account;  // 4.5 to 27 a second
        all.push_back(with_chats(account, 40, of(rate, 2 * rate), bucket{}, users));
        sum += rate;
    }
    time_point now{1h};
    run(tested, all, now, 10min);
    for (busy_account& each : all) each.accepted = 0;
    run(tested, all, now, 20min);
    double accepted = 0;
    int refused = 0;
    for (const busy_account& each : all) {
        accepted += each.accepted;
        refused += each.whole.refused;
    }
    EXPECT_GE(accepted, 0.95 * sum * 1200);
    EXPECT_LE(refused, 10 * 30);
}

TEST(pacer_limits, a_class_of_methods_is_learned_where_other_calls_of_the_account_pass) {
    pacer tested(documented_pace());
    // Two senders of one account, to chats of their own: forwards have a budget of their own.
    std::vector<busy_account> all{with_chats(1, 60, of(2, 4), bucket{}),
                                  with_chats(1, 20, bucket{}, bucket{}, -2'000)};
    all.front().methods = method_class::forward;
    time_point now{1h};
    run(tested, all, now, 10min);
    const auto known = tested.view(now);
    const limit_view* forwards = find(known, {account_id{1}, {}, method_class::forward});
    ASSERT_TRUE(forwards);
    EXPECT_GT(forwards->what.cost, 0);
    EXPECT_EQ(find(known, {account_id{1}})->what.cost, 0) << "copies pass";
}

TEST(pacer_limits, a_restart_with_what_was_learned_costs_at_most_one_refusal_in_ten_minutes) {
    std::map<limit_scope, learned_limit> kept;
    std::vector<busy_account> all{with_chats(1, 60, of(8, 10), bucket{})};
    time_point now{1h};
    double before = 0;
    {
        pacer tested(documented_pace());
        for (int part = 0; part < 4; ++part) {
            all.front().accepted = 0;
            run(tested, all, now, 10min);
            before = all.front().accepted;
            tested.sweep(now);
            for (const lesson& each : tested.take_lessons(now)) kept[each.scope] = each.what;
        }
    }
    std::erase_if(kept, [](const auto& each) { return each.second.rate <= 0; });
    all.front().answers.clear();
    for (auto& [chat, at] : all.front().asked_again) at = now;
    all.front().accepted = 0;
    all.front().whole.refused = 0;
    now += 2min;
    pacer tested(documented_pace(), [&](const limit_scope& scope) {
        const auto found = kept.find(scope);
        return found == kept.end() ? std::nullopt : std::optional(aged(found->second, 2min));
    });
    run(tested, all, now, 10min);
    EXPECT_LE(all.front().whole.refused, 1);
    EXPECT_GE(all.front().accepted, 0.95 * before);
}

}  // namespace
}  // namespace baudot
