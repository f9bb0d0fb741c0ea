// Ten accounts that stand in for each other reach the sum of what each hides.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>

#include "dispatch/lanes.hpp"
#include "schedule/pacer.hpp"

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t accounts = 10;
constexpr std::int64_t chats = 1'000;
constexpr duration answer_time = 80ms;

/// A token bucket; a refusal closes it for 3 s.
struct hidden_limit {
    double rate = 0;
    double tokens = 2 * rate;
    time_point filled_at{1h};
    time_point closed_until{};
    int refused = 0;
    double accepted = 0;

    bool admits(time_point now) {
        const double passed = std::chrono::duration<double>(now - filled_at).count();
        tokens = std::min(2 * rate, tokens + rate * passed);
        filled_at = now;
        if (now >= closed_until && tokens >= 1) {
            tokens -= 1;
            accepted += 1;
            return true;
        }
        ++refused;
        closed_until = now + 3s;
        return false;
    }
};

class crew final : public gate {
public:
    crew() {
        for (std::int64_t account = 1; account <= accounts; ++account) {
            all_.push_back(account_id{account});
            const double rate = 2 + 2.5 * static_cast<double>(account);  // 4.5 to 27 a second
            limits.emplace(account_id{account}, hidden_limit{.rate = rate});
        }
    }
    admission ask(time_point now, account_id sender, chat_id destination, urgency how) override {
        return paces.ask(now, sender, destination, how);
    }
    bool has_others(account_id) const override { return true; }
    std::span<const account_id> others(account_id, chat_id, chat_id, bool) override { return all_; }

    pacer paces{documented_pace()};
    std::map<account_id, hidden_limit> limits;

private:
    std::vector<account_id> all_;
};

struct answer {
    time_point at;
    lanes::permit of;
    paced_call call;
    bool is_refused = false;
    bool operator>(const answer& other) const { return at > other.at; }
};

// All of it is planned for the first account, and each chat always has something to get.
class broadcast {
public:
    broadcast() {
        for (std::int64_t chat = 1; chat <= chats; ++chat) push(chat_id{chat});
    }

    void run(time_point until) {
        while (now < until) {
            std::vector<lanes::permit> permits;
            tested.take(now, limits, 1'000, permits);
            for (const lanes::permit& each : permits) send(each);
            time_point next = until;
            if (!flying.empty()) next = std::min(next, flying.top().at);
            if (const auto due = tested.next_due()) next = std::min(next, std::max(*due, now));
            now = next;
            while (!flying.empty() && flying.top().at <= now) {
                const answer done = flying.top();
                flying.pop();
                hear(done);
            }
        }
    }

    crew limits;
    lanes tested;
    time_point now{1h};
    int hopped = 0;

private:
    void push(chat_id to) {
        tested.push(to, chat_id{-1}, {sequence{++pushed}, 0}, account_id{1}, {}, time_point::max(),
                    1, tie::none);
    }

    void send(const lanes::permit& what) {
        const auto tied = refused_to.find(what.delivery);
        if (tied != refused_to.end() && tied->second != what.sender) ++hopped;
        const bool is_refused = !limits.limits.at(what.sender).admits(now);
        if (is_refused) refused_to[what.delivery] = what.sender;
        const paced_call call{.account = what.sender, .chat = what.destination, .sent_at = now};
        flying.push({now + answer_time, what, call, is_refused});
    }

    void hear(const answer& done) {
        if (done.is_refused) {
            (void)limits.paces.refused(now, done.call, 3s, 0);
            tested.repeat(done.of.destination, now, true);
            return;
        }
        limits.paces.accepted(now, done.call);
        tested.finished(done.of);
        push(done.of.destination);
    }

    std::uint64_t pushed = 0;
    std::map<delivery_ref, account_id> refused_to;
    std::priority_queue<answer, std::vector<answer>, std::greater<>> flying;
};

TEST(lanes_sum, ten_accounts_of_unequal_limits_reach_nearly_the_sum_of_them) {
    broadcast tested;
    tested.run(time_point{1h} + 10min);
    double sum = 0;
    for (auto& [account, limit] : tested.limits.limits) {
        limit.accepted = 0;
        sum += limit.rate;
    }
    tested.run(time_point{1h} + 30min);
    double accepted = 0;
    int refused = 0;
    for (const auto& [account, limit] : tested.limits.limits) {
        EXPECT_GE(limit.accepted, 0.9 * limit.rate * 1200) << std::to_underlying(account);
        accepted += limit.accepted;
        refused += limit.refused;
    }
    EXPECT_GE(accepted, 0.95 * sum * 1200);
    EXPECT_LE(refused, 10 * 30);
    EXPECT_EQ(tested.hopped, 0) << "P7";
}

}  // namespace
}  // namespace baudot::dispatch
