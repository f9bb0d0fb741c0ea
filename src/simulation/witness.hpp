#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "engine/relay.hpp"
#include "http/client.hpp"
#include "simulation/trace.hpp"
#include "telegram/account.hpp"

namespace baudot::simulation {

/// A request that makes a message somewhere, and its answer.
struct wire_send {
    account_id by{};
    bool is_forward = false;
    chat_id source{};  // 0: it does not say
    message_id message{};
    chat_id destination{};
    time_point asked{};
    time_point answered{};
    int status = 0;  // of HTTP; 0: no answer came
};

/// Sees what the process says and hears, over all its lives, and notes what no promise allows.
/// Knows nothing of how the process works inside.
class witness {
public:
    explicit witness(trace& log) : log_(log) {}

    /// The answer of relay::accept(): from here on nothing may lose these posts.
    void accepted(account_id by, const telegram::update_batch& updates);

    /// A start found on the disk that updates below `next` are durable: some may have become so in
    /// the last moment of the life before.
    void recovered(account_id by, update_id next);

    /// The wire, as the process meant it.
    void asked(account_id by, const http::request& what, time_point now);
    void answered(account_id by, const http::request& what, const result<http::response>& answer,
                  time_point asked, time_point now);

    /// Whoever wants to see each send, once it is over.
    void show_sends(std::function<void(const wire_send&)> to) { show_ = std::move(to); }

    /// The process ended without finishing: a wait that it had just been told may be lost, and its
    /// account begins with one probe.
    void crashed();
    std::size_t crashes() const { return crashes_; }

    /// Named by the process: it may be doubled (repeat) or lost (skip).
    void uncertain(const engine::uncertain_delivery& which);

    void fault(std::string what);  // a promise is broken
    const std::vector<std::string>& faults() const { return faults_; }

    using source_key = std::pair<chat_id, message_id>;  // of a post, as its reader sees it
    using copy_key = std::pair<source_key, chat_id>;
    const std::set<source_key>& accepted_posts() const { return accepted_; }
    std::size_t times_uncertain(const copy_key& which) const;
    std::uint64_t requests() const { return requests_; }
    std::uint64_t sends() const { return sends_; }

private:
    void check_confirmation(account_id by, std::string_view body);
    void check_wait(account_id by, chat_id chat, time_point now);
    void check_stays(account_id by, const copy_key& which);

    trace& log_;
    std::function<void(const wire_send&)> show_;
    std::set<source_key> accepted_;
    std::map<account_id, std::int64_t> confirmable_;  // the offset that may be asked for
    std::map<std::pair<account_id, chat_id>, time_point> waits_;
    std::set<account_id> probing_;  // nothing was sent since a crash
    std::map<copy_key, std::size_t> uncertain_;
    std::map<copy_key, account_id> refused_to_;
    std::vector<std::string> faults_;
    std::size_t crashes_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t sends_ = 0;
};

/// Shows each exchange to a witness.
class watched_exchange final : public http::exchange {
public:
    watched_exchange(http::exchange& through, witness& by, account_id account,
                     const timer_service& timers)
        : through_(through), by_(by), account_(account), timers_(timers) {}

    boost::asio::awaitable<result<http::response>> send(http::request what,
                                                        time_point deadline) override;

private:
    http::exchange& through_;
    witness& by_;
    account_id account_;
    const timer_service& timers_;
};

}  // namespace baudot::simulation
