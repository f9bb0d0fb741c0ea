// Who sends what is owed, where it is not who it was planned for.
#include <utility>

#include "engine/state.hpp"

namespace baudot::engine {

result<void> state::apply_one(sequence, const deliveries_started& what) {
    owed_.started(what);
    result<void> outcome;
    for (std::size_t at = 0; outcome && at < what.senders.size(); ++at) {
        if (what.senders[at] == account_id{0}) continue;
        if (owed_.find(what.deliveries[at]) != dispatch::ledger::state::started) continue;
        outcome = move(what.deliveries[at], what.senders[at]);
    }
    return outcome;
}

// Whose it is stands where what is owed stands: the plan says only whose it was first.
result<void> state::move(const delivery_ref& ref, account_id to) {
    std::string key = encode(row_of(ref));
    auto value = rows_.get(store::family::pending, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return fail(errc::corrupt, "store: what is owed has no row");
    auto changed = with_sender(**std::move(value), ref, to);
    if (!changed) return std::unexpected(changed.error());
    owed_rows_.forget(key);
    rows_.put(store::family::pending, std::move(key), *std::move(changed));
    if (!listener_.moved) return {};
    const auto of = find_owed(ref);
    if (!of) return std::unexpected(of.error());
    listener_.moved(ref, *of);
    return {};
}

}  // namespace baudot::engine
