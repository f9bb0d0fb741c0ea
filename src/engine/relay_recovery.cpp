// From the disk to a running relay: the store, the journal after it, and what nobody knows.
#include <algorithm>
#include <chrono>

#include "engine/relay.hpp"
#include "model/codec.hpp"

namespace baudot::engine {

result<std::vector<uncertain_delivery>> relay::recover() {
    if (auto restored = state_.restore(); !restored) return std::unexpected(restored.error());
    if (auto replayed = replay(); !replayed) return std::unexpected(replayed.error());
    restore_holds();
    std::vector<uncertain_delivery> uncertain = judge_uncertain();
    fill_lanes();
    state_.listen(
        {.planned = [this](sequence position,
                           const deliveries_planned& what) { on_planned(position, what); },
         .fate =
             [this](const dispatch::ledger::entry& of, const settlement& fate) {
                 if (of.open == 0) contents_.erase(fate.delivery.planned);
                 if (listener_.fate) listener_.fate(of, fate);
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
        pacer_.apply({scope.first, scope.second, now + left});
    }
}

// P3 and P6: what was started and has no fate is uncertain; the route decides, and its account
// begins with one probe.
std::vector<uncertain_delivery> relay::judge_uncertain() {
    std::vector<uncertain_delivery> found;
    deliveries_settled skipped;
    for (const delivery_ref& ref : state_.owed().started_deliveries()) {
        found.push_back(describe(ref));
        pacer_.probe(found.back().sender);
        if (found.back().policy != uncertain_policy::skip) continue;
        skipped.settlements.push_back({.delivery = ref,
                                       .kind = outcome_kind::uncertain,
                                       .message = {},
                                       .why = reject_class::copy_unknown,
                                       .description = "started before an unclean stop"});
    }
    if (!skipped.settlements.empty()) facts_.emplace_back(std::move(skipped));
    return found;
}

uncertain_delivery relay::describe(const delivery_ref& started) const {
    const dispatch::ledger::entry& of = *state_.owed().find(started.planned);
    const dispatch::ledger::delivery& each = of.deliveries[started.index];
    return {.id = each.id,
            .route = state_.owed().route_name(of),
            .source = of.source,
            .message = of.message,
            .destination = each.destination,
            .sender = each.sender,
            .policy = of.on_uncertain};
}

void relay::fill_lanes() {
    state_.owed().visit([this](sequence position, const dispatch::ledger::entry& of) {
        for (std::uint32_t index = 0; index < of.deliveries.size(); ++index) {
            const dispatch::ledger::delivery& each = of.deliveries[index];
            const bool is_skipped = each.now == dispatch::ledger::state::started &&
                                    of.on_uncertain == uncertain_policy::skip;
            if (each.now == dispatch::ledger::state::settled || is_skipped) continue;
            lanes_.push(each.destination, of.source, {position, index}, each.sender);
        }
    });
}

void relay::on_planned(sequence position, const deliveries_planned& what) {
    contents_.put(position, std::make_shared<const deliveries_planned>(what));
    for (std::uint32_t index = 0; index < what.deliveries.size(); ++index) {
        const planned_delivery& each = what.deliveries[index];
        if (each.why != reject_class::none) continue;
        lanes_.push(each.destination, what.source, {position, index}, each.sender);
    }
    if (listener_.planned) listener_.planned(what);
}

}  // namespace baudot::engine
