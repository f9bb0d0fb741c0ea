#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/ids.hpp"
#include "dispatch/lanes.hpp"
#include "engine/relay.hpp"
#include "engine/roster.hpp"
#include "engine/state.hpp"
#include "model/delivery_id.hpp"
#include "model/outcome.hpp"
#include "schedule/breaker.hpp"
#include "schedule/pacer.hpp"
#include "schedule/retry_budget.hpp"
#include "telegram/account.hpp"

namespace baudot::engine {

/// What the lanes ask: an account that is here, whose way to Telegram works, and its pace; and who
/// could do without one that is not. A migrated chat is paced as the chat it became.
///
/// Each admission ends with ended() or undone().
class relay::account_gate final : public dispatch::gate {
public:
    account_gate(pacer& pace, const state& facts,
                 const boost::unordered_flat_map<account_id, telegram::account*>& accounts)
        : pacer_(pace), facts_(facts), accounts_(accounts) {}

    admission ask(time_point now, account_id sender, chat_id destination, urgency how) override {
        if (!accounts_.contains(sender) || is_lost(sender)) {
            return {.account_wide = true, .retry_at = time_point::max()};
        }
        breaker& calls = ways_[sender].calls;
        const admission open = calls.ask(now);
        if (!open.admitted) return open;
        const admission paced = pacer_.ask(now, sender, facts_.resolve(destination), how);
        if (!paced.admitted) return paced;
        calls.begin(now);
        epochs_[destination] = calls.epoch();
        return paced;
    }

    /// Who can post where; null: every account is on its own.
    void go_by(const roster* who) { who_ = who; }

    /// Its token was refused, or it is not in the configuration any more.
    void lose(account_id account) { lost_.insert(account); }
    void regain(account_id account) { lost_.erase(account); }

    bool is_lost(account_id account) const override {
        return !lost_.empty() && lost_.contains(account);
    }

    bool is_barred(account_id account, chat_id destination) const override {
        if (!who_) return false;
        return barred_.contains({account, destination}) || who_->is_barred(account, destination);
    }

    /// Telegram has just said so; the roster hears of it when it is durable.
    void bar(account_id account, chat_id destination) { barred_.emplace(account, destination); }
    void is_told(account_id account, chat_id destination) { barred_.erase({account, destination}); }

    std::string_view username(chat_id chat) const {
        return who_ ? who_->username(chat) : std::string_view();
    }

    bool has_others(account_id own) const override {
        return who_ && accounts_.size() > accounts_.count(own);
    }

    // Ids of a basic group or a private chat mean nothing to another account.
    std::span<const account_id> others(account_id own, chat_id destination, chat_id source,
                                       bool needs_source) override {
        others_.clear();
        if (!who_ || (needs_source && message_ids_are_per_account(source))) return others_;
        for (const account_id each : who_->posters(destination)) {
            const bool is_here = accounts_.contains(each) && !is_lost(each);
            if (each == own || !is_here || is_barred(each, destination)) continue;
            const bool can = !needs_source ||
                             (who_->sees(each, source) && who_->can_send_media(each, destination));
            if (can) others_.push_back(each);
        }
        return others_;
    }

    /// The breaker of what was admitted has opened since, or the account is lost.
    bool is_late(account_id sender, chat_id destination) const {
        if (is_lost(sender)) return true;
        const auto way = ways_.find(sender);
        const auto epoch = epochs_.find(destination);
        return way != ways_.end() && epoch != epochs_.end() &&
               epoch->second != way->second.calls.epoch();
    }

    /// What was admitted there never began. The account may be asked again.
    void undone(account_id sender, chat_id destination) {
        (void)ways_[sender].calls.abandoned(take_epoch(destination));
    }

    /// It ended so. No answer and what surely was not executed are failures of the way; a wait
    /// that Telegram asks for is none. True: the account may be asked again. `jitter`: 0..1.
    bool ended(time_point now, account_id sender, chat_id destination, const outcome& what,
               double jitter) {
        way& by = ways_[sender];
        const std::uint32_t epoch = take_epoch(destination);
        switch (what.kind) {
            case outcome_kind::uncertain:
            case outcome_kind::not_sent: return by.calls.failed(now, epoch, jitter);
            case outcome_kind::refused:
                if (what.server_trouble) return by.calls.abandoned(epoch);
                break;
            case outcome_kind::delivered:
            case outcome_kind::rejected: break;
        }
        by.retries.succeeded();
        return by.calls.succeeded(now, epoch);
    }

    /// How long a retry waits for the budget of its account; not for ever, because what one lane
    /// owes must not wait for what thousands of others have spent.
    duration wait_for_budget(time_point now, account_id sender) {
        constexpr duration longest = std::chrono::seconds(5);
        return std::min(ways_[sender].retries.spend(now), longest);
    }

private:
    struct way {
        breaker calls{breaker_options{}};
        retry_budget retries{retry_budget_options{}};
    };

    std::uint32_t take_epoch(chat_id destination) {
        const auto found = epochs_.find(destination);
        BAUDOT_ASSERT(found != epochs_.end(), "what ends was admitted");
        const std::uint32_t epoch = found->second;
        epochs_.erase(found);
        return epoch;
    }

    pacer& pacer_;
    const state& facts_;
    const boost::unordered_flat_map<account_id, telegram::account*>& accounts_;
    boost::unordered_flat_map<account_id, way> ways_;
    boost::unordered_flat_map<chat_id, std::uint32_t> epochs_;  // of the one in flight there
    const roster* who_ = nullptr;
    boost::unordered_flat_set<account_id> lost_;
    boost::unordered_flat_set<std::pair<account_id, chat_id>> barred_;
    std::vector<account_id> others_;  // of the newest answer
};

}  // namespace baudot::engine
