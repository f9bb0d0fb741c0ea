// Requests in flight: what is sent, and what follows from the answer.
#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "engine/account_gate.hpp"
#include "engine/relay.hpp"
#include "model/call.hpp"
#include "model/codec.hpp"
#include "text/words.hpp"

namespace baudot::engine {
namespace asio = boost::asio;

asio::awaitable<result<std::shared_ptr<const deliveries_planned>>> relay::content_of(
    sequence planned) {
    if (auto found = contents_.find(planned)) co_return found;
    BAUDOT_ASSERT(state_.owed().owes(planned), "content is asked for only while it is owed");
    const auto record = co_await journal_.read(state_.owed().content_at(planned));
    if (!record) co_return std::unexpected(record.error());
    auto decoded = decode_event(event_type::deliveries_planned, record->payload);
    if (!decoded) co_return std::unexpected(decoded.error());
    auto plan = std::make_shared<const deliveries_planned>(
        std::get<deliveries_planned>(std::move(*decoded)));
    contents_.put(planned, plan);
    co_return plan;
}

namespace {

bool has_something(const operation& what) {
    const auto* const sent = std::get_if<send_text>(&what.what);
    return !sent || text::can_be_seen(sent->text.text);
}

}  // namespace

// P6: an answer to another request may have held the account, or shown that its way to Telegram is
// broken, while this start was being written.
void relay::begin(started_send what) {
    const dispatch::lanes::permit& permit = what.permit;
    const time_point now = timers_.now();
    const bool is_held =
        pacer_.is_held(now, what.call) || gate_->is_late(permit.sender, permit.destination);
    if (!is_held && what.linked && !has_something(*what.linked)) {
        settle_nothing_left(what);
        return;
    }
    if (!is_held) {
        sends_.spawn("send", send(std::move(what)));
        return;
    }
    settlement undone{.delivery = permit.delivery, .kind = outcome_kind::not_sent};
    undone.is_tied = permit.is_tied;
    facts_.emplace_back(deliveries_settled{{std::move(undone)}});
    put_back(permit, now);
    notify();
}

// What got a permit and was not sent. It may have been the trial or the probe for which the whole
// account waits: that may be another one now.
void relay::put_back(const dispatch::lanes::permit& permit, time_point not_before) {
    pacer_.unanswered(permit.sender);
    gate_->undone(permit.sender, permit.destination);
    lanes_.resume_account(permit.sender);
    lanes_.repeat(permit.destination, not_before);
}

paced_call relay::call_of(const dispatch::lanes::permit& permit,
                          const deliveries_planned& plan) const {
    const operation& what = plan.variants.at(plan.deliveries.at(permit.delivery.index).variant);
    return {.account = permit.sender,
            .chat = state_.resolve(permit.destination),
            .methods = methods_of(what),
            .cost = cost_of(what)};
}

asio::awaitable<void> relay::send(started_send what) {
    telegram::account& by = *accounts_.at(what.permit.sender);
    const chat_id destination = state_.resolve(what.permit.destination);
    what.call.sent_at = timers_.now();
    const outcome answer = co_await by.execute(what.what(), destination);
    on_outcome(what, answer);
}

void relay::on_outcome(const started_send& sent, const outcome& what) {
    const time_point now = timers_.now();
    const dispatch::lanes::permit& permit = sent.permit;

    const bool is_silent =
        what.kind == outcome_kind::uncertain || what.kind == outcome_kind::not_sent;
    if (gate_->ended(now, permit.sender, permit.destination, what, random_.unit())) {
        lanes_.resume_account(permit.sender);
    }
    std::uint32_t& failures = failures_[permit.sender];
    const std::uint32_t attempts = is_silent ? tries_[permit.delivery]++ : failures;
    failures = what.kind == outcome_kind::refused && what.server_trouble ? failures + 1 : 0;
    // A refusal does not end a probe: only what goes through shows that the account may go on.
    const bool probe_goes_on = is_silent || what.kind == outcome_kind::refused;
    if (!probe_goes_on && pacer_.answered(permit.sender)) lanes_.resume_account(permit.sender);

    dispatch::verdict verdict =
        dispatch::judge(permit.delivery, what, sent.plan->on_uncertain, attempts);
    if (!probe_goes_on) pacer_.accepted(now, sent.call);
    if (what.kind == outcome_kind::refused && !what.server_trouble) hold(sent.call, what);
    if (verdict.rest) pacer_.rest(permit.sender, now + *verdict.rest);
    if (probe_goes_on) {
        pacer_.unanswered(permit.sender);
        lanes_.resume_account(permit.sender);
    }
    const bool is_barred =
        what.kind == outcome_kind::rejected &&
        (what.why == reject_class::forbidden || what.why == reject_class::chat_not_found);
    if (is_barred) gate_->bar(permit.sender, permit.destination);
    if (verdict.account_lost) {
        lose_account(permit.sender);
        if (listener_.account_lost) listener_.account_lost(permit.sender);
    }
    const bool ties = what.kind == outcome_kind::refused || what.kind == outcome_kind::uncertain;
    if (verdict.settled) {
        verdict.settled->is_tied =
            what.kind != outcome_kind::refused && permit.is_tied && verdict.again;
        facts_.emplace_back(deliveries_settled{{*std::move(verdict.settled)}});
    }
    if (verdict.migrate_to != chat_id{0}) {
        facts_.emplace_back(chat_migrated{permit.destination, verdict.migrate_to});
    }
    const bool may_double = what.kind == outcome_kind::uncertain && verdict.again;
    if (may_double && listener_.repeated) {
        uncertain_delivery which = describe(*sent.plan, permit.delivery.index);
        which.sender = permit.sender;
        listener_.repeated(which);
    }
    if (verdict.again) {
        if (is_silent) {
            const duration wait = gate_->wait_for_budget(now, permit.sender);
            verdict.delay = std::max(verdict.delay, wait);
        }
        lanes_.repeat(permit.destination, now + verdict.delay, ties);
    } else {
        tries_.erase(permit.delivery);
        lanes_.finished(permit);
    }
    notify();
}

void relay::hold(const paced_call& call, const outcome& what) {
    const time_point now = timers_.now();
    const wall_time wall = timers_.wall_now();
    for (const baudot::hold& each : pacer_.refused(now, call, what.retry_after, random_.unit())) {
        const wall_time until = wall + std::chrono::ceil<wall_time::duration>(each.until - now);
        facts_.emplace_back(hold_set{.account = each.of.account,
                                     .chat = each.of.chat,
                                     .methods = each.of.methods,
                                     .until = until.time_since_epoch().count()});
    }
}

// Nothing waits for it: what a crash forgets is learned again.
void relay::note_lessons() {
    const std::int64_t wall = timers_.wall_now().time_since_epoch().count();
    for (const lesson& each : pacer_.take_lessons(timers_.now())) {
        facts_.emplace_back(limit_learned{.account = each.scope.account,
                                          .chat = each.scope.chat,
                                          .methods = each.scope.methods,
                                          .at = wall,
                                          .rate = each.what.rate,
                                          .doubt = each.what.doubt,
                                          .burst = each.what.burst,
                                          .cost = each.what.cost,
                                          .window = each.what.window,
                                          .window_seconds = each.what.window_seconds});
    }
}

// What cannot be read or be right is learned again.
std::optional<learned_limit> relay::recall(const limit_scope& scope) const {
    const auto known = state_.limit(scope);
    if (!known || !*known) return std::nullopt;
    const limit_learned& what = **known;
    const learned_limit limit{.rate = what.rate,
                              .doubt = what.doubt,
                              .burst = what.burst,
                              .cost = what.cost,
                              .window = what.window,
                              .window_seconds = what.window_seconds};
    if (!is_plausible(limit)) return std::nullopt;
    const wall_time::duration now = timers_.wall_now().time_since_epoch();
    const wall_time::duration at(std::clamp<std::int64_t>(what.at, 0, now.count()));
    return aged(limit, now - at);
}

}  // namespace baudot::engine
