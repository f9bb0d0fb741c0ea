// Requests in flight: what is sent, and what follows from the answer.
#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "engine/account_gate.hpp"
#include "engine/relay.hpp"
#include "model/codec.hpp"

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

// P6: an answer to another request may have held the account, or shown that its way to Telegram is
// broken, while this start was being written.
void relay::begin(started_send what) {
    const dispatch::lanes::permit& permit = what.permit;
    const time_point now = timers_.now();
    const bool is_held = pacer_.is_held(now, permit.sender, state_.resolve(permit.destination)) ||
                         gate_->is_late(permit.sender, permit.destination);
    if (!is_held) {
        sends_.spawn("send", send(std::move(what)));
        return;
    }
    settlement undone{.delivery = permit.delivery, .kind = outcome_kind::not_sent};
    facts_.emplace_back(deliveries_settled{{std::move(undone)}});
    pacer_.unanswered(permit.sender);
    (void)gate_->undone(permit.sender, permit.destination);
    lanes_.resume_account(permit.sender);
    lanes_.repeat(permit.destination, now);
    notify();
}

asio::awaitable<void> relay::send(started_send what) {
    const planned_delivery& delivery = what.plan->deliveries.at(what.permit.delivery.index);
    const operation& operation = what.plan->variants.at(delivery.variant);
    telegram::account& by = *accounts_.at(what.permit.sender);
    const chat_id destination = state_.resolve(what.permit.destination);
    const outcome answer = co_await by.execute(operation, destination);
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
    if (what.kind == outcome_kind::refused && !what.server_trouble) hold(permit, what);
    if (verdict.rest) pacer_.rest(permit.sender, now + *verdict.rest);
    if (probe_goes_on) {
        pacer_.unanswered(permit.sender);
        lanes_.resume_account(permit.sender);
    }
    if (verdict.account_lost) {
        pacer_.stop(permit.sender);
        if (listener_.account_lost) listener_.account_lost(permit.sender);
    }
    if (verdict.settled) facts_.emplace_back(deliveries_settled{{*std::move(verdict.settled)}});
    if (verdict.migrate_to != chat_id{0}) {
        facts_.emplace_back(chat_migrated{permit.destination, verdict.migrate_to});
    }
    const bool may_double = what.kind == outcome_kind::uncertain && verdict.again;
    if (may_double && listener_.repeated) {
        listener_.repeated(describe(*sent.plan, permit.delivery.index));
    }
    if (verdict.again) {
        if (is_silent) {
            const duration wait = gate_->wait_for_budget(now, permit.sender);
            verdict.delay = std::max(verdict.delay, wait);
        }
        lanes_.repeat(permit.destination, now + verdict.delay);
    } else {
        tries_.erase(permit.delivery);
        lanes_.finished(permit);
    }
    notify();
}

void relay::hold(const dispatch::lanes::permit& permit, const outcome& what) {
    const time_point now = timers_.now();
    const wall_time wall = timers_.wall_now();
    const chat_id chat = state_.resolve(permit.destination);
    for (const baudot::hold& each :
         pacer_.refused(now, permit.sender, chat, what.retry_after, random_.unit())) {
        const wall_time until = wall + std::chrono::ceil<wall_time::duration>(each.until - now);
        facts_.emplace_back(hold_set{each.account, each.chat, until.time_since_epoch().count()});
    }
}

}  // namespace baudot::engine
