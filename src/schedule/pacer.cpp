#include "schedule/pacer.hpp"

#include <algorithm>

namespace baudot {
namespace {

using namespace std::chrono_literals;

// TELEGRAM.md 1.5 [G]: a second chat refused so soon after the first means the account.
constexpr duration escalation_window = 10s;
constexpr double jitter_max = 0.05;

}  // namespace

pace documented_pace() {
    return {.account = gcra_limits{.interval = duration(1s) / 27, .burst = 3},
            .private_chat = gcra_limits{.interval = 1s, .burst = 3},
            .group = gcra_limits{.interval = duration(60s) / 17, .burst = 3}};
}

pacer::account_state& pacer::of(account_id account) {
    const auto [found, added] = accounts_.try_emplace(account);
    if (added && rates_.account) found->second.rate.emplace(*rates_.account);
    return found->second;
}

pacer::chat_state& pacer::of(account_id account, chat_id chat) {
    const auto [found, added] = chats_.try_emplace(key{account, chat});
    if (added) {
        const bool is_private = std::to_underlying(chat) > 0;
        const std::optional<gcra_limits>& rate = is_private ? rates_.private_chat : rates_.group;
        if (rate) found->second.rate.emplace(*rate);
    }
    return found->second;
}

admission pacer::ask(time_point now, account_id account, chat_id chat, urgency how) {
    account_state& whole = of(account);
    if (whole.stopped || (whole.probing && whole.probe_in_flight)) {
        return {.account_wide = true, .retry_at = time_point::max()};
    }
    if (whole.held_until > now) return {.account_wide = true, .retry_at = whole.held_until};

    chat_state& one = of(account, chat);
    if (one.held_until > now) return {.retry_at = one.held_until};

    // The chat is asked first and spent last: a refusal by either spends neither.
    if (one.rate) {
        const duration wait = one.rate->wait(now, how);
        if (wait > duration::zero()) return {.retry_at = now + wait};
    }
    if (whole.rate) {
        const duration wait = whole.rate->wait(now, how);
        if (wait > duration::zero()) return {.account_wide = true, .retry_at = now + wait};
        (void)whole.rate->try_acquire(now);
    }
    whole.probe_in_flight = whole.probing;
    if (!one.rate) return {.admitted = true, .retry_at = now};
    (void)one.rate->try_acquire(now);  // cannot refuse: asked above
    return {.admitted = true, .retry_at = now + one.rate->wait(now, how)};
}

std::vector<hold> pacer::refused(time_point now, account_id account, chat_id chat, duration wait,
                                 double jitter) {
    const auto extra = std::chrono::duration_cast<duration>(wait * (jitter_max * jitter));
    std::vector<hold> holds{{account, chat, now + wait + extra}};
    account_state& whole = of(account);
    if (whole.refused_chat != chat_id{0} && whole.refused_chat != chat &&
        now - whole.refused_at <= escalation_window) {
        holds.push_back({account, chat_id{0}, holds.front().until});
    }
    whole.refused_at = now;
    whole.refused_chat = chat;
    for (const hold& each : holds) apply(each);
    return holds;
}

void pacer::apply(const hold& what) {
    if (what.chat == chat_id{0}) {
        account_state& whole = of(what.account);
        whole.held_until = std::max(whole.held_until, what.until);
        if (whole.rate) whole.rate->block_until(what.until);
        return;
    }
    chat_state& one = of(what.account, what.chat);
    one.held_until = std::max(one.held_until, what.until);
    if (one.rate) one.rate->block_until(what.until);
}

void pacer::rest(account_id account, time_point until) {
    account_state& whole = of(account);
    whole.held_until = std::max(whole.held_until, until);
    whole.probe_in_flight = false;
}

void pacer::probe(account_id account) {
    of(account).probing = true;
}

bool pacer::answered(account_id account) {
    account_state& whole = of(account);
    const bool was_probing = whole.probing;
    whole.probing = false;
    whole.probe_in_flight = false;
    return was_probing;
}

void pacer::unanswered(account_id account) {
    of(account).probe_in_flight = false;
}

void pacer::stop(account_id account) {
    of(account).stopped = true;
}

bool pacer::is_held(time_point now, account_id account, chat_id chat) const {
    const auto whole = accounts_.find(account);
    if (whole != accounts_.end() && (whole->second.stopped || whole->second.held_until > now)) {
        return true;
    }
    const auto one = chats_.find(key{account, chat});
    return one != chats_.end() && one->second.held_until > now;
}

void pacer::sweep(time_point now) {
    boost::unordered::erase_if(chats_, [now](const auto& each) {
        const chat_state& one = each.second;
        return one.held_until <= now && (!one.rate || one.rate->is_full(now));
    });
}

}  // namespace baudot
