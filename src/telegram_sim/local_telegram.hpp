#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "async/timer_service.hpp"
#include "telegram_sim/bell.hpp"
#include "telegram_sim/gate.hpp"
#include "telegram_sim/update_queue.hpp"
#include "telegram_sim/webhook.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

struct local_telegram_options {
    std::uint64_t seed = 1;
    profile_name profile = profile_name::off;
    std::size_t file_bytes_max = std::size_t{1} << 30;
    update_queue_limits queue{};
    bool is_local = false;         // as a Bot API server with --local
    bool strict_webhooks = false;  // addresses as Telegram's cloud takes them
};

/// What a bot has beside its place in the world.
struct bot_line {
    explicit bot_line(std::uint64_t seed, update_queue_limits limits) : updates(seed, limits) {}

    update_queue updates;
    bell wake;                        // rung when a waiting getUpdates must look again
    std::shared_ptr<webhook> hook{};  // null: getUpdates
    std::string commands = "[]";      // JSON of the last setMyCommands
    bool gone = false;                // the world was reset
};

/// Requests and what they got, by method.
struct method_count {
    std::uint64_t requests = 0;
    std::uint64_t ok = 0;
    std::uint64_t refused = 0;   // 429
    std::uint64_t rejected = 0;  // any other 4xx
    std::uint64_t failed = 0;    // 5xx, HTML included
    std::uint64_t unanswered = 0;
};

/// The local Telegram behind all its doors: the world, the rules, and the updates of each bot.
///
/// On one shard. After a change to the world publish() before anything else may look at it,
/// so before the next co_await.
class local_telegram {
public:
    local_telegram(timer_service& timers, local_telegram_options options);
    local_telegram(const local_telegram&) = delete;
    local_telegram& operator=(const local_telegram&) = delete;

    timer_service& timers() noexcept { return timers_; }
    world& in() noexcept { return *world_; }
    bool is_local() const noexcept { return options_.is_local; }
    const world& in() const noexcept { return *world_; }
    gate& rules() noexcept { return *gate_; }

    /// Hands what happened in the world to the bots that may know.
    void publish();

    /// Kept alive by whoever waits on it across a reset.
    std::shared_ptr<bot_line> line(user_id bot);

    /// Who delivers, from the moment a webhook is set until it is over.
    using webhook_starter = std::function<void(user_id, std::shared_ptr<webhook>)>;
    void serve_webhooks(webhook_opener open, webhook_starter start);
    webhook_rules webhooks() const noexcept {
        return {.is_strict = options_.strict_webhooks, .is_local = options_.is_local};
    }
    /// In place of getUpdates or another webhook. False: it was set already.
    api_result<bool> set_webhook(user_id bot, webhook_settings with, bool drop_pending);
    /// False: there is none. What is under way is no longer awaited, so it may come again.
    bool remove_webhook(user_id bot);

    /// A new number: of a request or an act, in order; recorded as cause in the world.
    std::uint64_t next_request() noexcept { return ++requests_; }
    std::uint64_t requests() const noexcept { return requests_; }

    /// Everything as it was at the start, but for the profile, if one is set since. Requests
    /// that wait are answered as by a server that restarts.
    void reset();
    /// Grows with reset(): what was looked up before is void.
    std::uint64_t generation() const noexcept { return generation_; }

    method_count& count(std::string_view method);
    const std::map<std::string, method_count, std::less<>>& counts() const noexcept {
        return counts_;
    }
    std::uint64_t published() const noexcept { return published_; }

private:
    timer_service& timers_;
    local_telegram_options options_;
    std::unique_ptr<world> world_;
    std::unique_ptr<gate> gate_;
    webhook_opener open_webhook_;
    webhook_starter start_webhook_;
    std::map<user_id, std::shared_ptr<bot_line>> lines_;
    std::map<std::string, method_count, std::less<>> counts_;
    std::uint64_t requests_ = 0;
    std::uint64_t published_ = 0;
    std::uint64_t generation_ = 0;
};

}  // namespace baudot::telegram_sim
