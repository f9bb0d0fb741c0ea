// From the disk to a running relay: the store, the journal after it, and what nobody knows.
#include <algorithm>
#include <chrono>

#include "engine/account_gate.hpp"
#include "engine/relay.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

dispatch::tie tie_of(bool is_tied, bool needs_source) {
    if (is_tied) return dispatch::tie::account;
    return needs_source ? dispatch::tie::source : dispatch::tie::none;
}

dispatch::tie tie_of(const owed_delivery& of) {
    return tie_of(of.is_tied, of.needs_source);
}

}  // namespace

// The lanes follow the state from the first row on, so that what is owed is walked once.
result<std::vector<uncertain_delivery>> relay::recover() {
    const auto fill = [this](const delivery_ref& ref, const owed_delivery& of) {
        lanes_.push(of.destination, of.source, ref, of.sender, lanes_.flow(of.route, of.terms),
                    expiry(of.terms, of.received_at), 1, tie_of(of));
    };
    if (auto restored = state_.restore(fill); !restored) return std::unexpected(restored.error());
    state_.listen(
        {.planned = [this](sequence position,
                           const deliveries_planned& what) { fill_lanes(position, what); },
         .fate =
             [this](const owed_delivery& of, const settlement& fate) {
                 lanes_.drop(of.destination, of.source, fate.delivery);
             },
         .moved =
             [this](const delivery_ref& ref, const owed_delivery& of) {
                 lanes_.assign(of.destination, of.source, ref, of.sender, tie_of(of));
             }});
    if (auto replayed = replay(); !replayed) return std::unexpected(replayed.error());
    restore_holds();
    if (auto restored = restore_ties(); !restored) return std::unexpected(restored.error());
    auto uncertain = judge_uncertain();
    if (!uncertain) return uncertain;
    state_.listen(
        {.planned = [this](sequence position,
                           const deliveries_planned& what) { on_planned(position, what); },
         .fate =
             [this](const owed_delivery& of, const settlement& fate) {
                 const sequence planned = fate.delivery.planned;
                 if (!state_.owed().owes(planned)) contents_.erase(planned);
                 if (listener_.fate) listener_.fate(of, fate);
                 gate_->is_told(of.sender, of.destination);
             }});
    return uncertain;
}

result<void> relay::replay() {
    const sequence from{std::to_underlying(state_.position()) + 1};
    if (journal_.first() > from && journal_.next() != journal_.first()) {
        return fail(errc::corrupt,
                    "the journal begins after the position of the store: records are missing; "
                    "restore both from one backup");
    }
    return journal_.scan(from, [this](const journal::stored_record& record) -> result<void> {
        const auto type = static_cast<event_type>(record.header.type);
        const result<event> decoded = decode_event(type, record.payload);
        if (!decoded) return std::unexpected(decoded.error());
        if (auto applied = state_.apply(record.position, *decoded); !applied) return applied;
        const bool much = state_.uncommitted() >= options_.commit_changes;
        return much ? state_.commit() : result<void>();
    });
}

void relay::restore_holds() {
    const time_point now = timers_.now();
    const auto wall = timers_.wall_now().time_since_epoch();
    for (const auto& [scope, until] : state_.holds()) {
        const wall_time::duration left = wall_time::duration(until) - wall;
        if (left <= wall_time::duration::zero()) continue;
        pacer_.apply({scope, now + left});
    }
}

// P7: what was refused to an account is for nobody else.
result<void> relay::restore_ties() {
    for (const delivery_ref& ref : state_.owed().tied_deliveries()) {
        const auto of = state_.find_owed(ref);
        if (!of) return std::unexpected(of.error());
        lanes_.assign(of->destination, of->source, ref, of->sender, dispatch::tie::account);
    }
    return {};
}

// P3 and P6: what was started and has no fate is uncertain; the route decides, and its account
// begins with one probe.
result<std::vector<uncertain_delivery>> relay::judge_uncertain() {
    std::vector<uncertain_delivery> found;
    deliveries_settled skipped;
    for (const delivery_ref& ref : state_.owed().started_deliveries()) {
        auto of = state_.find_owed(ref);
        if (!of) return std::unexpected(of.error());
        found.push_back(*std::move(of));
        pacer_.probe(found.back().sender);
        lanes_.assign(found.back().destination, found.back().source, ref, found.back().sender,
                      dispatch::tie::account);
        if (found.back().policy != uncertain_policy::skip) continue;
        lanes_.drop(found.back().destination, found.back().source, ref);
        skipped.settlements.push_back({.delivery = ref,
                                       .kind = outcome_kind::uncertain,
                                       .message = {},
                                       .why = reject_class::copy_unknown,
                                       .description = "started before an unclean stop"});
    }
    if (!skipped.settlements.empty()) facts_.emplace_back(std::move(skipped));
    return found;
}

void relay::fill_lanes(sequence position, const deliveries_planned& what) {
    const dispatch::flow_id by = lanes_.flow(what.route, what.terms);
    const time_point expires = expiry(what.terms, what.received_at);
    const bool is_retry = what.retry_of != delivery_ref{};
    std::vector<dispatch::lanes::arrival> all;
    all.reserve(what.deliveries.size());
    for (std::uint32_t index = 0; index < what.deliveries.size(); ++index) {
        const planned_delivery& each = what.deliveries[index];
        if (each.why != reject_class::none) continue;
        all.push_back({each.destination,
                       each.sender,
                       {position, index},
                       tie_of(is_retry, needs_source(what, index))});
    }
    lanes_.push(what.source, by, expires, all);
}

time_point relay::expiry(const delivery_terms& terms, std::int64_t received_at) const {
    if (terms.expire_after.count() <= 0) return time_point::max();
    const auto wall = timers_.wall_now().time_since_epoch();
    return timers_.now() + (std::chrono::microseconds(received_at) + terms.expire_after - wall);
}

void relay::on_planned(sequence position, const deliveries_planned& what) {
    contents_.put(position, std::make_shared<const deliveries_planned>(what));
    fill_lanes(position, what);
    if (listener_.planned) listener_.planned(what);
}

}  // namespace baudot::engine
