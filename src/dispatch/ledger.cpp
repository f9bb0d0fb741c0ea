#include "dispatch/ledger.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/byte_io.hpp"

namespace baudot::dispatch {
namespace {

// Value of the store's `pending` family, little-endian (docs/formats.md):
// version u8, content_at u64, source i64, message i64, received_at i64, message version u32, policy
// u8, route length u16, route, count u32, then per delivery: id u64 u64, destination i64, sender
// i64, state u8.
constexpr char value_version = 1;

bool is_fate(outcome_kind kind) {
    return kind == outcome_kind::delivered || kind == outcome_kind::rejected ||
           kind == outcome_kind::uncertain;
}

}  // namespace

bool ledger::planned(sequence position, const deliveries_planned& what, const fate_visitor& fate) {
    if (what.moved_from != sequence{0}) {
        const auto moved = entries_.find(what.moved_from);
        if (moved == entries_.end()) return false;  // settled since
        moved->second.content_at = std::max(moved->second.content_at, position);
        touch(what.moved_from, moved->second);
        return false;
    }
    if (entries_.contains(position)) return false;
    entry added{.content_at = position,
                .source = what.source,
                .message = what.message,
                .received_at = what.received_at,
                .version = what.version,
                .open = 0,
                .route = intern(what.route),
                .on_uncertain = what.on_uncertain,
                .is_stored = false,
                .deliveries = {}};
    for (const planned_delivery& each : what.deliveries) {
        const bool is_open = each.why == reject_class::none;
        added.deliveries.push_back(
            {each.id, each.destination, each.sender, is_open ? state::waiting : state::settled});
        added.open += is_open;
    }
    for (std::uint32_t index = 0; fate && index < what.deliveries.size(); ++index) {
        const reject_class why = what.deliveries[index].why;
        if (why == reject_class::none) continue;
        fate(added, {.delivery = {position, index},
                     .kind = outcome_kind::rejected,
                     .message = {},
                     .why = why,
                     .description = {}});
    }
    if (added.open == 0) return false;
    pending_ += added.open;
    touch(position, added);
    entries_.emplace(position, std::move(added));
    return true;
}

void ledger::started(const deliveries_started& what) {
    for (const delivery_ref& ref : what.deliveries) {
        const auto found = entries_.find(ref.planned);
        if (found == entries_.end() || ref.index >= found->second.deliveries.size()) continue;
        delivery& at = found->second.deliveries[ref.index];
        if (at.now != state::waiting) continue;
        at.now = state::started;
        touch(ref.planned, found->second);
    }
}

void ledger::settled(const deliveries_settled& what, const fate_visitor& fate) {
    for (const settlement& each : what.settlements) {
        const auto found = entries_.find(each.delivery.planned);
        if (found == entries_.end()) continue;
        entry& of = found->second;
        if (each.delivery.index >= of.deliveries.size()) continue;
        delivery& at = of.deliveries[each.delivery.index];
        if (at.now == state::settled) continue;
        touch(each.delivery.planned, of);
        if (!is_fate(each.kind)) {
            at.now = state::waiting;
            continue;
        }
        at.now = state::settled;
        --of.open;
        --pending_;
        if (fate) fate(of, each);
        if (of.open == 0) entries_.erase(found);
    }
}

const ledger::entry* ledger::find(sequence position) const {
    const auto found = entries_.find(position);
    return found == entries_.end() ? nullptr : &found->second;
}

const ledger::delivery* ledger::find(const delivery_ref& ref) const {
    const entry* of = find(ref.planned);
    if (!of || ref.index >= of->deliveries.size()) return nullptr;
    return &of->deliveries[ref.index];
}

sequence ledger::oldest() const {
    sequence lowest{0};
    for (const auto& [position, of] : entries_) {
        if (lowest == sequence{0} || of.content_at < lowest) lowest = of.content_at;
    }
    return lowest;
}

std::vector<sequence> ledger::held_before(sequence limit) const {
    std::vector<sequence> positions;
    for (const auto& [position, of] : entries_) {
        if (of.content_at < limit) positions.push_back(position);
    }
    std::ranges::sort(positions);
    return positions;
}

std::vector<sequence> ledger::ordered() const {
    std::vector<sequence> positions;
    positions.reserve(entries_.size());
    for (const auto& [position, unused] : entries_) positions.push_back(position);
    std::ranges::sort(positions);
    return positions;
}

std::vector<delivery_ref> ledger::started_deliveries() const {
    std::vector<delivery_ref> found;
    for (const auto& [position, of] : entries_) {
        for (std::uint32_t index = 0; index < of.deliveries.size(); ++index) {
            if (of.deliveries[index].now == state::started) found.push_back({position, index});
        }
    }
    std::ranges::sort(found);
    return found;
}

void ledger::visit(const visitor& each) const {
    for (const sequence position : ordered()) each(position, entries_.at(position));
}

void ledger::take_changes(const change_visitor& each) {
    std::vector<sequence> positions;
    positions.reserve(changed_.size());
    for (const auto& [position, unused] : changed_) positions.push_back(position);
    std::ranges::sort(positions);
    for (const sequence position : positions) {
        const auto found = entries_.find(position);
        if (found == entries_.end()) {
            if (changed_.at(position)) each(position, nullptr);
        } else {
            const std::string value = encode(found->second);
            found->second.is_stored = true;
            each(position, &value);
        }
    }
    changed_.clear();
}

std::uint16_t ledger::intern(std::string_view route) {
    const auto found = std::ranges::find(routes_, route);
    if (found != routes_.end()) return static_cast<std::uint16_t>(found - routes_.begin());
    BAUDOT_ASSERT(routes_.size() < 0xFFFF, "config refuses more routes than this");
    routes_.emplace_back(route);
    return static_cast<std::uint16_t>(routes_.size() - 1);
}

std::string ledger::encode(const entry& what) const {
    std::string value(1, value_version);
    put(value, what.content_at);
    put(value, what.source);
    put(value, what.message);
    put(value, what.received_at);
    put(value, what.version);
    put(value, what.on_uncertain);
    const std::string& route = routes_[what.route];
    put(value, static_cast<std::uint16_t>(route.size()));
    value += route;
    put(value, static_cast<std::uint32_t>(what.deliveries.size()));
    for (const delivery& each : what.deliveries) {
        put(value, each.id.high);
        put(value, each.id.low);
        put(value, each.destination);
        put(value, each.sender);
        put(value, each.now);
    }
    return value;
}

result<void> ledger::restore(sequence position, std::string_view value) {
    const auto corrupt = [&] {
        return fail(errc::corrupt, "store: the pending deliveries planned at position " +
                                       std::to_string(std::to_underlying(position)) +
                                       " cannot be read");
    };
    byte_reader reader(value);
    char version = 0;
    std::uint16_t route_size = 0;
    std::uint32_t count = 0;
    std::string_view route;
    entry added;
    if (!reader.take(version) || version != value_version) return corrupt();
    if (!reader.take(added.content_at) || !reader.take(added.source) ||
        !reader.take(added.message) || !reader.take(added.received_at) ||
        !reader.take(added.version) || !reader.take(added.on_uncertain) ||
        !reader.take(route_size) || !reader.take(route_size, route) || !reader.take(count)) {
        return corrupt();
    }
    added.route = intern(route);
    for (std::uint32_t index = 0; index < count; ++index) {
        delivery each;
        if (!reader.take(each.id.high) || !reader.take(each.id.low) ||
            !reader.take(each.destination) || !reader.take(each.sender) || !reader.take(each.now) ||
            each.now > state::settled) {
            return corrupt();
        }
        added.open += each.now != state::settled;
        added.deliveries.push_back(each);
    }
    if (!reader.done() || added.open == 0) return corrupt();
    added.is_stored = true;
    pending_ += added.open;
    entries_.insert_or_assign(position, std::move(added));
    return {};
}

}  // namespace baudot::dispatch
