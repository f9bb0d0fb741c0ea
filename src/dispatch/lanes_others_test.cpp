// What other accounts do for one that cannot, and what they never do (P7).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/random.hpp"
#include "dispatch/lanes.hpp"

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr account_id first{1};
constexpr account_id second{2};
constexpr account_id third{3};
constexpr chat_id news{-100};
constexpr chat_id sport{-200};
constexpr chat_id mirror{-900};
constexpr chat_id archive{-901};

delivery_ref nth(std::uint64_t number) {
    return {sequence{number}, 0};
}

/// Every account may post in every chat, but where `posters` says otherwise; sources are seen by
/// all but those in `blind`.
class crew_gate final : public gate {
public:
    admission ask(time_point now, account_id sender, chat_id destination, urgency) override {
        ++asked[sender];
        if (lost.contains(sender)) return {.account_wide = true, .retry_at = time_point::max()};
        if (const auto hold = accounts.find(sender); hold != accounts.end() && hold->second > now) {
            return {.account_wide = true, .retry_at = hold->second};
        }
        const auto hold = chats.find({sender, destination});
        if (hold != chats.end() && hold->second > now) return {.retry_at = hold->second};
        return {.admitted = true, .retry_at = now};
    }
    bool has_others(account_id) const override { return true; }
    std::span<const account_id> others(account_id own, chat_id destination, chat_id,
                                       bool needs_source) override {
        found.clear();
        ++looked;
        for (const account_id each : may_post(destination)) {
            if (each == own || lost.contains(each) || barred.contains({each, destination}) ||
                (needs_source && blind.contains(each))) {
                continue;
            }
            found.push_back(each);
        }
        return found;
    }
    bool is_barred(account_id account, chat_id chat) const override {
        return barred.contains({account, chat});
    }
    bool is_lost(account_id account) const override { return lost.contains(account); }

    std::vector<account_id> may_post(chat_id chat) const {
        const auto known = posters.find(chat);
        return known == posters.end() ? std::vector{first, second, third} : known->second;
    }

    std::map<account_id, time_point> accounts;
    std::map<std::pair<account_id, chat_id>, time_point> chats;
    std::map<chat_id, std::vector<account_id>> posters;
    std::set<std::pair<account_id, chat_id>> barred;
    std::set<account_id> lost, blind;
    std::map<account_id, int> asked;
    int looked = 0;

private:
    std::vector<account_id> found;
};

class lanes_others : public testing::Test {
protected:
    std::vector<lanes::permit> take(std::size_t most = 100) {
        std::vector<lanes::permit> permits;
        tested.take(now, limits, most, permits);
        return permits;
    }
    void push(chat_id to, std::uint64_t number, account_id by = first, tie ties = tie::none,
              chat_id from = news) {
        tested.push(to, from, nth(number), by, {}, time_point::max(), 1, ties);
    }
    lanes tested;
    crew_gate limits;
    time_point now{1h};
};

TEST_F(lanes_others, what_waits_for_a_lost_account_goes_through_another_in_its_order) {
    limits.lost.insert(first);
    for (std::uint64_t number = 1; number <= 5; ++number) push(mirror, number);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        const auto permits = take();
        ASSERT_EQ(permits.size(), 1U);
        EXPECT_EQ(permits[0].delivery, nth(number));
        EXPECT_NE(permits[0].sender, first);
        EXPECT_TRUE(permits[0].is_moved);
        EXPECT_FALSE(permits[0].is_tied);
        tested.finished(mirror);
    }
    EXPECT_EQ(tested.waiting(), 0U);
    EXPECT_TRUE(tested.waiting_by_account().empty());
}

TEST_F(lanes_others, a_healthy_account_sends_what_is_its_own) {
    for (std::uint64_t number = 1; number <= 50; ++number) {
        push(chat_id{-static_cast<std::int64_t>(number)}, number);
    }
    for (const lanes::permit& each : take()) EXPECT_EQ(each.sender, first);
    EXPECT_EQ(limits.looked, 0) << "nobody is looked for";
}

TEST_F(lanes_others, a_copy_goes_through_one_that_sees_its_source) {
    limits.lost.insert(first);
    limits.blind.insert(second);
    push(mirror, 1, first, tie::source);
    ASSERT_EQ(take().at(0).sender, third);
    limits.blind.insert(third);
    push(archive, 2, first, tie::source);
    EXPECT_TRUE(take().empty());
    limits.blind.clear();
    now += lanes::look_again;
    EXPECT_EQ(take().size(), 1U) << "somebody was found who sees it now";
}

TEST_F(lanes_others, what_was_refused_waits_for_its_account_and_what_is_behind_it_waits_too) {
    push(mirror, 1);
    push(mirror, 2);
    push(mirror, 3, first, tie::none, sport);
    ASSERT_EQ(take().at(0).delivery, nth(1));
    limits.accounts[first] = now + 1h;
    tested.repeat(mirror, now, true);
    const auto permits = take();
    ASSERT_EQ(permits.size(), 1U);
    EXPECT_EQ(permits[0].delivery, nth(3)) << "the other source goes on, through another account";
    EXPECT_NE(permits[0].sender, first);
    tested.finished(mirror);
    EXPECT_TRUE(take().empty());
    now += 1h;
    const auto again = take();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].delivery, nth(1));
    EXPECT_EQ(again[0].sender, first);
    EXPECT_TRUE(again[0].is_tied);
}

TEST_F(lanes_others, what_another_account_was_refused_stays_with_that_one) {
    limits.accounts[first] = now + 1h;
    push(mirror, 1);
    const account_id by = take().at(0).sender;
    ASSERT_NE(by, first);
    tested.repeat(mirror, now + 5s, true);
    limits.accounts.clear();
    tested.resume_account(first);
    EXPECT_TRUE(take().empty());
    now += 5s;
    EXPECT_EQ(take().at(0).sender, by);
}

TEST_F(lanes_others, what_is_tied_to_a_lost_account_is_given_up_where_others_can_go_on) {
    limits.posters[archive] = {first};
    for (const chat_id to : {mirror, archive}) {
        push(to, 1, first, tie::account);
        push(to, 2);
    }
    limits.lost.insert(first);
    const auto permits = take();
    ASSERT_EQ(permits.size(), 1U);
    EXPECT_EQ(permits[0].delivery, nth(2));
    EXPECT_EQ(permits[0].destination, mirror);
    EXPECT_EQ(tested.take_given_up(), std::vector{nth(1)});
    EXPECT_TRUE(tested.take_given_up().empty()) << "told once";
    limits.lost.clear();
    tested.resume_account(first);
    EXPECT_EQ(take().at(0).destination, archive) << "what only it can send has waited for it";
}

TEST_F(lanes_others, whoever_has_nothing_to_do_helps_an_account_that_has_to_wait_a_moment) {
    limits.accounts[first] = now + 40ms;
    push(mirror, 1);
    push(archive, 2);
    push(chat_id{-902}, 3, second);
    std::map<account_id, int> sent;
    for (const lanes::permit& each : take()) ++sent[each.sender];
    EXPECT_EQ(sent[first], 0);
    EXPECT_EQ(sent[second] + sent[third], 3);
}

TEST_F(lanes_others, whoever_waits_himself_sends_his_own_first) {
    limits.posters[mirror] = {first, second};
    limits.accounts[first] = now + 40ms;
    limits.accounts[second] = now + 20ms;
    push(mirror, 1);
    push(archive, 2, second, tie::account);
    EXPECT_TRUE(take().empty());
    ASSERT_EQ(tested.next_due(), now + 20ms);
    now += 20ms;
    const auto permits = take(1);
    ASSERT_EQ(permits.size(), 1U);
    EXPECT_EQ(permits[0].delivery, nth(2));
    EXPECT_EQ(take().at(0).delivery, nth(1)) << "and then helps";
}

TEST_F(lanes_others, nothing_hops_because_a_chat_refuses) {
    limits.chats[{first, mirror}] = now + 1h;
    push(mirror, 1);
    EXPECT_TRUE(take().empty());
    now += 59min;
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(limits.asked[second] + limits.asked[third], 0);
    now += 1min;
    EXPECT_EQ(take().at(0).sender, first);
}

TEST_F(lanes_others, an_account_that_is_barred_from_a_chat_makes_way_there_alone) {
    limits.barred.insert({first, mirror});
    push(mirror, 1);
    push(archive, 2);
    for (const lanes::permit& each : take()) {
        EXPECT_EQ(each.sender == first, each.destination == archive);
    }
    limits.posters[sport] = {first};
    limits.barred.insert({first, sport});
    push(sport, 3);
    EXPECT_EQ(take().at(0).sender, first) << "where nobody else can, Telegram says why";
}

TEST_F(lanes_others, an_account_that_comes_back_sends_what_nobody_else_could) {
    limits.posters[mirror] = {first};
    limits.accounts[first] = now + 1h;
    push(mirror, 1);
    push(mirror, 2);
    push(archive, 3);
    ASSERT_EQ(take().at(0).delivery, nth(3));
    now += 1h;
    EXPECT_EQ(take().at(0).delivery, nth(1));
    tested.finished(mirror);
    EXPECT_EQ(take().at(0).delivery, nth(2));
}

TEST_F(lanes_others, many_chats_of_a_lost_account_are_looked_at_a_bounded_number_at_a_time) {
    constexpr std::int64_t chats = 10'000;
    limits.lost.insert(first);
    for (std::int64_t chat = 1; chat <= chats; ++chat) {
        limits.posters[chat_id{-chat}] = {first};
        push(chat_id{-chat}, 1);
    }
    for (int turn = 0; turn < chats / 1'000 + 1; ++turn) {
        const int before = limits.looked;
        EXPECT_TRUE(take().empty());
        EXPECT_LE(limits.looked - before, 2 * 1'000 + 2);
    }
    const int before = limits.looked;
    EXPECT_TRUE(take().empty());
    push(chat_id{-chats - 1}, 2, first, tie::account);
    EXPECT_TRUE(take().empty());
    EXPECT_LE(limits.looked - before, 3) << "each is looked at once";
    EXPECT_EQ(tested.waiting_by_account(),
              (std::vector{std::pair{first, static_cast<std::size_t>(chats)}}));
}

// Random accounts in random chats that are lost, come back, are refused, barred and held.
struct random_crew {
    explicit random_crew(std::uint64_t seed) : random(seed) {
        for (std::int64_t chat = 1; chat <= 5; ++chat) {
            std::vector<account_id>& may = limits.posters[chat_id{-chat}];
            for (const account_id each : {first, second, third}) {
                if (random.chance(0.7)) may.push_back(each);
            }
            if (may.empty()) may.push_back(first);
        }
    }

    account_id any() { return account_id{random.between(1, 3)}; }
    chat_id any_chat() { return chat_id{-random.between(1, 5)}; }

    void disturb() {
        if (random.chance(0.05)) limits.accounts[any()] = now + 100ms * random.between(1, 60);
        if (random.chance(0.05)) limits.chats[{any(), any_chat()}] = now + 1s;
        if (random.chance(0.01)) limits.lost.insert(any());
        if (random.chance(0.01)) limits.barred.emplace(any(), any_chat());
        if (random.chance(0.03)) mend(any());
    }

    void mend(account_id account) {
        limits.lost.erase(account);
        std::erase_if(limits.barred, [&](const auto& each) { return each.first == account; });
        tested.resume_account(account);
    }

    void push() {
        const chat_id to = any_chat();
        const auto may = limits.may_post(to);
        tested.push(to, chat_id{-random.between(11, 13)}, nth(++pushed),
                    may[random.below(may.size())], {}, time_point::max(), 1,
                    random.chance(0.2) ? tie::source : tie::none);
    }

    void take() {
        std::vector<lanes::permit> permits;
        tested.take(now, limits, 1 + random.below(4), permits);
        for (const delivery_ref& each : tested.take_given_up()) {
            ASSERT_TRUE(tied_to.contains(each)) << "only what is tied";
            ASSERT_TRUE(limits.lost.contains(tied_to.at(each))) << "and to an account that is lost";
            ++done;
        }
        for (const lanes::permit& each : permits) {
            ASSERT_TRUE(flying.emplace(each.destination, each).second) << "two in flight";
            ASSERT_FALSE(limits.lost.contains(each.sender));
            const auto may = limits.may_post(each.destination);
            ASSERT_NE(std::ranges::find(may, each.sender), may.end()) << "who may not post there";
            const auto tied = tied_to.find(each.delivery);
            ASSERT_EQ(each.is_tied, tied != tied_to.end());
            if (each.is_tied) ASSERT_EQ(each.sender, tied->second) << "P7";
            auto& newest = last[{each.source, each.destination}];
            ASSERT_GE(each.delivery, newest) << "P4";
            newest = each.delivery;
        }
    }

    void end_one() {
        const auto [where, permit] = *flying.begin();
        flying.erase(where);
        if (!random.chance(0.3)) {
            tested.finished(where);
            ++done;
            return;
        }
        const bool ties = random.chance(0.5);
        if (ties) tied_to[permit.delivery] = permit.sender;
        tested.repeat(where, now + 1s * random.between(0, 5), ties);
    }

    random_source random;
    lanes tested;
    crew_gate limits;
    time_point now{1h};
    std::map<delivery_ref, account_id> tied_to;
    std::map<std::pair<chat_id, chat_id>, delivery_ref> last;
    std::map<chat_id, lanes::permit> flying;
    std::uint64_t pushed = 0;
    std::uint64_t done = 0;
};

TEST(lanes_property, with_accounts_that_die_order_is_kept_and_what_was_refused_stays) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_crew crew(seed);
        for (int step = 0; step < 2'000 || crew.done < crew.pushed; ++step) {
            ASSERT_LT(step, 100'000) << "stuck";
            if (step < 2'000) {
                if (crew.random.chance(0.5)) crew.push();
                crew.disturb();
            } else if (step == 2'000) {
                for (const account_id each : {first, second, third}) crew.mend(each);
            }
            crew.take();
            if (testing::Test::HasFatalFailure()) return;
            if (!crew.flying.empty() && crew.random.chance(0.7)) {
                crew.end_one();
            } else if (crew.flying.empty()) {
                if (const auto due = crew.tested.next_due()) crew.now = std::max(crew.now, *due);
            }
        }
        EXPECT_EQ(crew.tested.waiting(), 0U);
        EXPECT_TRUE(crew.tested.waiting_by_account().empty());
    }
}

}  // namespace
}  // namespace baudot::dispatch
