#include "schedule/pacer.hpp"

#include <algorithm>
#include <chrono>

namespace baudot {
namespace {

using namespace std::chrono_literals;

constexpr double jitter_max = 0.05;
constexpr double burst_allowed = 3;       // calls at once to a chat of which nothing was learned
constexpr duration learned_kept = 10min;  // of a chat that is idle; after that the store has it
constexpr double news = 1.1;              // a rate that grew so much is worth a lesson
constexpr double doubt_of_methods = 0.3;

// A wait so much longer than the account's last one is not about the account.
constexpr double waits_alike = 2;

duration interval_of(const learned_limit& advice) {
    return std::chrono::duration_cast<duration>(
        std::chrono::duration<double>(1 / (advice.rate * (1 - advice.doubt))));
}

duration burst_of(const learned_limit& advice) {
    return std::chrono::duration_cast<duration>(interval_of(advice) * (burst_allowed - 1));
}

double seconds(duration what) {
    return std::chrono::duration<double>(what).count();
}

}  // namespace

pace documented_pace() {
    return {.account = learned_limit{.rate = 30, .doubt = 0.1, .burst = 30},
            .private_chat = learned_limit{.rate = 1, .doubt = 0.1, .burst = 3},
            .group = learned_limit{.rate = 20.0 / 60, .doubt = 0.15, .burst = 3}};
}

pacer::limit pacer::made(const learned_limit& known) const {
    return std::make_unique<paced_limit>(limit_learner(known, rates_.refusals_per_hour),
                                         known.rate);
}

pacer::limit pacer::remembered(const limit_scope& scope) const {
    const auto known = known_ ? known_(scope) : std::nullopt;
    return known ? made(*known) : nullptr;
}

const std::optional<learned_limit>& pacer::advice(chat_id chat) const {
    return std::to_underlying(chat) > 0 ? rates_.private_chat : rates_.group;
}

pacer::account_state& pacer::of(account_id account) {
    const auto [found, added] = accounts_.try_emplace(account);
    account_state& whole = found->second;
    if (!added || !is_paced()) return whole;
    if (rates_.account) whole.whole = remembered({account, {}, method_class::any});
    if (rates_.account && !whole.whole) whole.whole = made(*rates_.account);
    for (std::size_t at = 1; at < whole.methods.size(); ++at) {
        whole.methods[at] = remembered({account, {}, static_cast<method_class>(at)});
    }
    return whole;
}

pacer::chat_state& pacer::of(account_id account, chat_id chat) {
    const auto [found, added] = chats_.try_emplace(key{account, chat});
    if (added && advice(chat)) found->second.learned = remembered({account, chat});
    return found->second;
}

// A chat whose calls need not wait is paced as the advice says, and has no learner.
time_point pacer::allowed(const chat_state& one, chat_id chat, urgency how) const {
    const time_point last_of_burst = one.due - burst_of(*advice(chat));
    return how == urgency::urgent ? last_of_burst : last_of_burst + interval_of(*advice(chat));
}

duration pacer::wait(time_point now, const chat_state& one, chat_id chat, urgency how) const {
    if (one.learned) return one.learned->learner.wait(now, how);
    if (!advice(chat)) return duration::zero();
    return std::max(duration::zero(), allowed(one, chat, how) - now);
}

void pacer::learn(time_point now, chat_state& one, chat_id chat) {
    if (one.learned || !advice(chat)) return;
    one.learned = made(*advice(chat));
    if (is_waited_for(now, one, chat)) {
        one.learned->learner.hold(std::max(now, allowed(one, chat, urgency::urgent)));
    }
}

// Whoever asks no sooner than he was told to asks just when it is allowed.
bool pacer::is_waited_for(time_point now, const chat_state& one, chat_id chat) const {
    const bool was_told = advice(chat) && one.told != time_point{};
    return was_told && now >= one.told && now - one.told < interval_of(*advice(chat)) / 4;
}

void pacer::spend(time_point now, chat_state& one, chat_id chat, double calls) const {
    if (!one.learned && advice(chat)) {
        one.due = std::max(one.due, now) +
                  std::chrono::duration_cast<duration>(interval_of(*advice(chat)) * calls);
    }
}

admission pacer::ask(time_point now, account_id account, chat_id chat, urgency how) {
    account_state& whole = of(account);
    if (whole.probing && whole.probe_in_flight) {
        return {.account_wide = true, .retry_at = time_point::max()};
    }
    if (whole.held_until > now) return {.account_wide = true, .retry_at = whole.held_until};

    chat_state& one = of(account, chat);
    if (one.held_until > now) return {.retry_at = one.held_until};

    // Both are asked before either is spent: a refusal by one spends nothing of the other.
    if (!one.learned && is_waited_for(now, one, chat)) learn(now, one, chat);
    if (const duration longer = wait(now, one, chat, how); longer > duration::zero()) {
        one.told = now + longer;
        return {.retry_at = one.told};
    }
    if (whole.whole) {
        const duration longer = whole.whole->learner.wait(now, how);
        if (longer > duration::zero()) return {.account_wide = true, .retry_at = now + longer};
        whole.whole->learner.sent(now);
    }
    if (one.learned) one.learned->learner.sent(now);
    spend(now, one, chat, 1);
    whole.probe_in_flight = whole.probing;
    const duration next = wait(now, one, chat, how);
    one.told = next > duration::zero() ? now + next : time_point{};
    return {.admitted = true, .retry_at = now + next};
}

admission pacer::spend(time_point now, const paced_call& what) {
    account_state& whole = of(what.account);
    chat_state& one = of(what.account, what.chat);
    const limit& methods = whole.methods[std::to_underlying(what.methods)];
    const time_point held_until = whole.methods_held_until[std::to_underlying(what.methods)];
    const duration paced = methods ? methods->learner.wait(now) : duration::zero();
    const duration longer = held_until > now ? std::max(paced, held_until - now) : paced;
    const bool goes = longer <= duration::zero();
    const double more = goes ? what.cost - 1 : -1;
    if (whole.whole) whole.whole->learner.charge(now, more);
    if (one.learned) one.learned->learner.charge(now, more);
    spend(now, one, what.chat, more);
    if (!goes) return {.retry_at = now + longer};
    if (methods) {
        methods->learner.sent(now);
        methods->learner.charge(now, more);
    }
    return {.admitted = true, .retry_at = now};
}

void pacer::accepted(time_point now, const paced_call& what) {
    account_state& whole = of(what.account);
    chat_state& one = of(what.account, what.chat);
    whole.judge.accepted(what.methods, what.sent_at);
    one.was_refused_alone = false;
    const bool is_prompt = now - what.sent_at < held_answer;
    for (const method_class each : {method_class::any, what.methods}) {
        time_point& last = whole.prompt[std::to_underlying(each)];
        if (is_prompt) last = std::max(last, what.sent_at);
    }
    // What the innermost limit explains says nothing of those around it; nor does a call that was
    // held while one that went later was not.
    bool is_explained = false;
    const auto tell = [&](const limit& of, const limit_scope& scope) {
        if (!of || !of->learner.accepted(now, what.sent_at, what.cost) || is_explained) return;
        const bool is_of_chat = scope.chat != chat_id{0};
        const time_point passed = whole.prompt[std::to_underlying(scope.methods)];
        if (!is_of_chat && what.sent_at < passed) return;
        of->learner.held_back(now, what.sent_at);
        taught_.push_back(scope);
        is_explained = true;
    };
    tell(one.learned, {what.account, what.chat});
    tell(whole.methods[std::to_underlying(what.methods)], {what.account, {}, what.methods});
    tell(whole.whole, {what.account});
}

scope_judge::verdict pacer::judge(time_point now, account_state& whole, const chat_state& one,
                                  const paced_call& what, duration wait) const {
    scope_judge::clues of;
    if (one.learned) {
        of.chat_is_due = one.learned->learner.is_due(now);
        of.chat_is_pressed = one.learned->learner.is_pressed();
    }
    if (whole.whole) {
        const limit_learner& account = whole.whole->learner;
        const bool is_alike = seconds(wait) <= waits_alike * account.learned(now).cost;
        of.account_is_pressed = account.is_pressed();
        of.account_is_due = account.is_due(now) && is_alike && !one.was_refused_alone;
    }
    scope_judge::verdict about = whole.judge.refused(now, what.chat, what.methods, of);
    if (!is_paced()) about.methods = method_class::any;
    return about;
}

std::vector<hold> pacer::refused(time_point now, const paced_call& what, duration wait,
                                 double jitter) {
    const duration longer =
        wait + std::chrono::duration_cast<duration>(wait * (jitter_max * jitter));
    std::vector<hold> holds{{{what.account, what.chat}, now + longer}};
    account_state& whole = of(what.account);
    const auto about = judge(now, whole, of(what.account, what.chat), what, wait);
    if (!about.is_chat) {
        holds.push_back({{what.account, chat_id{0}, about.methods}, holds.front().until});
    }
    const bool is_limit = cause_of(wait, now - what.sent_at) == refusal_cause::limit;
    if (is_limit && is_paced()) teach(now, whole, what, longer, about);
    for (const hold& each : holds) apply(each);
    return holds;
}

void pacer::teach(time_point now, account_state& whole, const paced_call& what, duration wait,
                  const scope_judge::verdict& about) {
    chat_state& one = of(what.account, what.chat);
    if (about.is_new) whole.before.clear();
    limit_scope scope{.account = what.account};
    limit* taught = nullptr;
    if (about.is_chat) {
        one.was_refused_alone = true;
        if (about.is_in_a_row) {
            whole.before.emplace_back(
                what.chat, one.learned ? std::optional(one.learned->learner) : std::nullopt);
        }
        learn(now, one, what.chat);
        scope.chat = what.chat;
        taught = &one.learned;
    } else {
        take_back(now, whole, what.account);
        scope.methods = about.methods;
        taught = about.methods == method_class::any
                     ? &whole.whole
                     : &whole.methods[std::to_underlying(about.methods)];
        if (!*taught && about.methods != method_class::any && whole.whole) {
            *taught = made({.rate = whole.whole->learner.pace(now), .doubt = doubt_of_methods});
        }
    }
    if (!*taught) return;
    (*taught)->learner.refused(now, what.sent_at, wait);
    taught_.push_back(scope);
}

// It was not about these chats.
void pacer::take_back(time_point now, account_state& whole, account_id account) {
    for (auto& [chat, before] : whole.before) {
        const auto found = chats_.find(key{account, chat});
        if (found == chats_.end()) continue;
        chat_state& one = found->second;
        one.was_refused_alone = false;
        if (before && one.learned) {
            one.learned->learner = *before;
        } else {
            one.learned.reset();
        }
        if (one.held_until > now) apply({{account, chat}, one.held_until});
        taught_.push_back({account, chat});
    }
    whole.before.clear();
}

pacer::limit* pacer::find(const limit_scope& scope) {
    if (scope.chat != chat_id{0}) {
        const auto one = chats_.find(key{scope.account, scope.chat});
        return one == chats_.end() ? nullptr : &one->second.learned;
    }
    const auto whole = accounts_.find(scope.account);
    if (whole == accounts_.end()) return nullptr;
    return scope.methods == method_class::any
               ? &whole->second.whole
               : &whole->second.methods[std::to_underlying(scope.methods)];
}

std::vector<lesson> pacer::take_lessons(time_point now) {
    std::ranges::sort(taught_);
    const auto same = std::ranges::unique(taught_);
    taught_.erase(same.begin(), same.end());
    std::vector<lesson> lessons;
    lessons.reserve(taught_.size());
    for (const limit_scope& each : taught_) {
        const limit* of = find(each);
        if (!of) continue;  // swept: the store has it
        if (*of) {
            lessons.push_back({each, (*of)->learner.learned(now)});
            (*of)->recorded = lessons.back().what.rate;
        } else {
            lessons.push_back({each, {.rate = 0}});
        }
    }
    taught_.clear();
    return lessons;
}

std::vector<limit_view> pacer::view(time_point now) const {
    std::vector<limit_view> all;
    const auto add = [&](const limit_scope& scope, const limit& of, time_point held_until) {
        if (!of) return;
        const limit_learner& learner = of->learner;
        const time_point until = std::max(held_until, learner.held_until());
        all.push_back(
            {.scope = scope,
             .what = learner.learned(now),
             .pace = learner.pace(now),
             .held = until > now ? until - now : duration::zero(),
             .refusals_left = learner.refusals_left(),
             .is_pressed = learner.is_pressed() && !learner.is_idle(now, duration::zero())});
    };
    for (const auto& [account, whole] : accounts_) {
        add({account}, whole.whole, whole.held_until);
        for (std::size_t at = 1; at < whole.methods.size(); ++at) {
            add({account, {}, static_cast<method_class>(at)}, whole.methods[at],
                whole.methods_held_until[at]);
        }
    }
    for (const auto& [at, one] : chats_) add({at.first, at.second}, one.learned, one.held_until);
    return all;
}

void pacer::apply(const hold& what) {
    const auto& [account, chat, methods] = what.of;
    if (chat == chat_id{0}) {
        account_state& whole = of(account);
        const std::size_t at = std::to_underlying(methods);
        const bool is_whole = methods == method_class::any;
        time_point& held = is_whole ? whole.held_until : whole.methods_held_until[at];
        held = std::max(held, what.until);
        const limit& paced = is_whole ? whole.whole : whole.methods[at];
        if (paced) paced->learner.hold(what.until);
        return;
    }
    chat_state& one = of(account, chat);
    one.held_until = std::max(one.held_until, what.until);
    if (one.learned) {
        one.learned->learner.hold(what.until);
    } else if (advice(chat)) {  // no burst follows
        one.due = std::max(one.due, what.until + burst_of(*advice(chat)));
    }
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

bool pacer::is_held(time_point now, const paced_call& what) const {
    return is_held(now, limit_scope{what.account}) ||
           is_held(now, limit_scope{what.account, {}, what.methods}) ||
           is_held(now, limit_scope{what.account, what.chat});
}

bool pacer::is_held(time_point now, const limit_scope& scope) const {
    if (scope.chat != chat_id{0}) {
        const auto one = chats_.find(key{scope.account, scope.chat});
        return one != chats_.end() && one->second.held_until > now;
    }
    const auto whole = accounts_.find(scope.account);
    if (whole == accounts_.end()) return false;
    const bool is_whole = scope.methods == method_class::any;
    const account_state& of = whole->second;
    return (is_whole ? of.held_until : of.methods_held_until[std::to_underlying(scope.methods)]) >
           now;
}

bool pacer::look_for_lesson(time_point now, const limit_scope& scope, const limit& of) {
    if (!of || of->learner.learned(now).rate <= news * of->recorded) return false;
    taught_.push_back(scope);
    return true;
}

void pacer::sweep(time_point now) {
    for (const auto& [account, whole] : accounts_) {
        (void)look_for_lesson(now, {account}, whole.whole);
        for (std::size_t at = 1; at < whole.methods.size(); ++at) {
            const limit_scope scope{account, {}, static_cast<method_class>(at)};
            (void)look_for_lesson(now, scope, whole.methods[at]);
        }
    }
    boost::unordered::erase_if(chats_, [&](const auto& each) {
        const chat_state& one = each.second;
        const limit_scope scope{each.first.first, each.first.second};
        if (look_for_lesson(now, scope, one.learned) || one.held_until > now) return false;
        return one.learned ? one.learned->learner.is_idle(now, learned_kept) : one.due <= now;
    });
}

}  // namespace baudot
