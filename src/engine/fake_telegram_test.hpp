#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "async/timer_service.hpp"
#include "base/random.hpp"
#include "telegram/account.hpp"

namespace baudot::engine {

/// The far side of every request in the tests of the engine: it outlives crashes of the relay,
/// remembers what it executed, and can refuse, lose answers and be away.
class fake_telegram {
public:
    explicit fake_telegram(std::uint64_t seed) : random(seed) {}

    struct copy {
        chat_id source{};
        message_id message{};
        chat_id destination{};
        auto operator<=>(const copy&) const = default;
    };

    /// A token bucket of the whole account that nobody is told of; a refusal closes it for 3 s.
    struct hidden_limit {
        double rate = 0;  // per second; 0: there is none
        double burst = 1;
        double tokens = 0;
        wall_time filled_at{};
        wall_time closed_until{};
        int refused = 0;

        bool admits(wall_time now) {
            if (rate <= 0) return true;
            const double passed = std::chrono::duration<double>(now - filled_at).count();
            tokens = std::min(burst, tokens + rate * passed);
            filled_at = now;
            if (now >= closed_until && tokens >= 1) {
                tokens -= 1;
                return true;
            }
            ++refused;
            closed_until = now + std::chrono::seconds(3);
            return false;
        }
    };

    std::vector<copy> executed;               // in order
    std::vector<account_id> by;               // whom each was executed for
    std::map<copy, formatted_text> captions;  // that came along
    struct hold {
        wall_time since, until;
    };
    std::map<chat_id, hold> holds;
    std::size_t asked = 0;  // requests, also those that never arrived
    hidden_limit account_limit;
    int before_wait_over = 0;
    double refuse = 0;                 // share of requests that get a 429
    double lose_answer = 0;            // executed, and nobody says so
    double not_sent = 0;               // never arrived
    std::set<chat_id> closed;          // every request gets a 429 with an hour to wait
    std::map<chat_id, chat_id> moved;  // groups that are supergroups now
    std::set<chat_id> kicked;          // every request gets a 403
    std::set<std::pair<account_id, chat_id>> kicked_one;  // this account does
    std::set<account_id> revoked;                         // every request gets a 401
    std::set<account_id> unreachable;                     // nothing of them arrives
    std::map<copy, account_id> refused_to;
    int hopped = 0;                   // requests for what had been refused to another account
    std::optional<duration> latency;  // until a request is executed; else some milliseconds
    bool is_away = false;  // the process that asked is dying: nothing is executed any more
    random_source random;

    outcome execute(account_id sender, const copy_message& what, chat_id destination,
                    wall_time now) {
        ++asked;
        outcome answer;
        if (is_away || unreachable.contains(sender) || random.chance(not_sent)) {
            answer.kind = outcome_kind::not_sent;
            return answer;
        }
        if (revoked.contains(sender)) {
            answer.kind = outcome_kind::rejected;
            answer.why = reject_class::unauthorized;
            return answer;
        }
        const copy which{what.from, what.message, destination};
        const auto refused = refused_to.find(which);
        if (refused != refused_to.end() && refused->second != sender) ++hopped;
        if (const auto hold = holds.find(destination);
            hold != holds.end() && hold->second.until > now) {
            ++before_wait_over;
        }
        if (!account_limit.admits(now)) {
            answer.kind = outcome_kind::refused;
            answer.retry_after = std::chrono::seconds(3);
            refused_to[which] = sender;
            return answer;
        }
        const bool is_closed = closed.contains(destination);
        if (is_closed || random.chance(refuse)) {
            answer.kind = outcome_kind::refused;
            answer.retry_after = std::chrono::seconds(is_closed ? 3600 : 1 + random.below(20));
            const auto wait = std::chrono::duration_cast<wall_time::duration>(answer.retry_after);
            holds[destination] = {.since = now, .until = now + wait};
            refused_to[which] = sender;
            return answer;
        }
        if (kicked.contains(destination) || kicked_one.contains({sender, destination})) {
            answer.kind = outcome_kind::rejected;
            answer.why = reject_class::forbidden;
            answer.description = "Forbidden: bot was kicked from the channel chat";
            return answer;
        }
        if (const auto now_at = moved.find(destination); now_at != moved.end()) {
            answer.kind = outcome_kind::rejected;
            answer.why = reject_class::chat_migrated;
            answer.migrate_to = now_at->second;
            return answer;
        }
        executed.push_back({what.from, what.message, destination});
        if (what.caption) captions[executed.back()] = *what.caption;
        by.push_back(sender);
        answer.kind = outcome_kind::delivered;
        answer.message = message_id{static_cast<std::int64_t>(executed.size())};
        if (random.chance(lose_answer)) answer = outcome{};
        return answer;
    }
};

/// Whoever asked is dead: the refusals of the last moments never became durable.
inline void forget_unheard(fake_telegram& world, wall_time now) {
    using namespace std::chrono_literals;
    std::erase_if(world.holds, [now](const auto& each) { return each.second.since > now - 100ms; });
}

class fake_account final : public telegram::account {
public:
    fake_account(account_id self, fake_telegram& world, timer_service& timers)
        : self_(self), world_(world), timers_(timers) {}

    const std::string& name() const override { return name_; }
    boost::asio::awaitable<result<telegram::identity>> get_me() override {
        co_return telegram::identity{};
    }
    boost::asio::awaitable<result<telegram::chat_info>> get_chat(chat_reference) override {
        co_return telegram::chat_info{};
    }
    boost::asio::awaitable<result<telegram::membership>> get_membership(chat_id,
                                                                        account_id) override {
        co_return telegram::membership{};
    }
    boost::asio::awaitable<result<telegram::update_batch>> poll(update_id, duration) override {
        co_return telegram::update_batch{};
    }
    boost::asio::awaitable<outcome> execute(const operation& what, chat_id destination) override {
        using namespace std::chrono_literals;
        const duration there = world_.latency.value_or(1ms * world_.random.between(0, 60));
        co_await timers_.sleep_until(timers_.now() + there);
        const outcome answer = world_.execute(self_, std::get<copy_message>(what.what), destination,
                                              timers_.wall_now());
        const duration back = 1ms * world_.random.between(5, 60);
        co_await timers_.sleep_until(timers_.now() + back);
        co_return answer;
    }

private:
    account_id self_;
    fake_telegram& world_;
    timer_service& timers_;
    std::string name_ = "bot";
};

}  // namespace baudot::engine
