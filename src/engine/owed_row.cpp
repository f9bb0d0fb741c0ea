#include "engine/owed_row.hpp"

#include <algorithm>
#include <variant>

#include "base/byte_io.hpp"
#include "base/bytes.hpp"

namespace baudot::engine {
namespace {

// Value of a row of deliveries, little-endian: version u8, deliveries of the whole event u32,
// source i64, message i64, received_at i64, policy u8, class u8, weight u16, expire_after i64,
// route length u16, route, then per delivery: id u64 u64, destination i64, sender i64, flags u8 (1:
// needs its source, 2: tied to its sender). Version 1 has no class, weight and expire_after: it is
// of the default terms. Versions 1 and 2 have no flags: what is not known needs its source.
constexpr std::uint8_t flag_needs_source = 1;
constexpr std::uint8_t flag_is_tied = 2;
constexpr std::uint8_t row_version = 3;
constexpr std::size_t sender_at = 24;  // in a delivery
constexpr std::size_t delivery_bytes_now = 33;
constexpr std::size_t delivery_bytes_before_3 = 32;
constexpr std::uint32_t deliveries_max = 1 << 24;  // of one event; beyond it the row is damaged

constexpr std::size_t unplanned_key_bytes = 9;
constexpr std::size_t planned_key_bytes = 13;

}  // namespace

bool needs_source(const deliveries_planned& plan, std::uint32_t index) {
    const std::uint32_t variant = plan.deliveries.at(index).variant;
    return variant >= plan.variants.size() ||
           !std::holds_alternative<send_text>(plan.variants[variant].what);
}

owed_delivery describe(const deliveries_planned& plan, std::uint32_t index) {
    const planned_delivery& each = plan.deliveries.at(index);
    return {.id = each.id,
            .route = plan.route,
            .source = plan.source,
            .message = plan.message,
            .destination = each.destination,
            .sender = each.sender,
            .policy = plan.on_uncertain,
            .terms = plan.terms,
            .received_at = plan.received_at,
            .needs_source = needs_source(plan, index),
            .is_tied = plan.retry_of != delivery_ref{}};
}

std::string encode(const pending_key& what) {
    std::string key(1, static_cast<char>(what.is_planned));
    put_ordered(key, what.position);
    if (what.is_planned) put_ordered(key, what.row);
    return key;
}

result<pending_key> decode_pending_key(std::string_view key) {
    const bool is_planned = key.size() == planned_key_bytes;
    if ((!is_planned && key.size() != unplanned_key_bytes) ||
        key.front() != static_cast<char>(is_planned)) {
        return fail(errc::corrupt, "store: a key of the family pending cannot be read");
    }
    return pending_key{is_planned, sequence{load_big_endian<std::uint64_t>(key.data() + 1)},
                       is_planned ? load_big_endian<std::uint32_t>(key.data() + 9) : 0};
}

namespace {

bool take(byte_reader& from, delivery_terms& terms) {
    std::int64_t expire_after = 0;
    const bool is_whole =
        from.take(terms.traffic) && from.take(terms.weight) && from.take(expire_after);
    terms.expire_after = std::chrono::microseconds(expire_after);
    return is_whole && terms.traffic <= traffic_class_last && terms.weight > 0;
}

}  // namespace

std::string encode_owed_row(const deliveries_planned& plan, std::uint32_t part) {
    const std::size_t first = std::size_t{part} * deliveries_per_row;
    const std::size_t last = std::min(plan.deliveries.size(), first + deliveries_per_row);
    std::string value;
    value.reserve(51 + plan.route.size() + (last - first) * delivery_bytes_now);
    put(value, row_version);
    put(value, static_cast<std::uint32_t>(plan.deliveries.size()));
    put(value, plan.source);
    put(value, plan.message);
    put(value, plan.received_at);
    put(value, plan.on_uncertain);
    put(value, plan.terms.traffic);
    put(value, plan.terms.weight);
    put(value, std::int64_t{plan.terms.expire_after.count()});
    put(value, static_cast<std::uint16_t>(plan.route.size()));
    value += plan.route;
    for (std::size_t index = first; index < last; ++index) {
        const planned_delivery& each = plan.deliveries[index];
        put(value, each.id.high);
        put(value, each.id.low);
        put(value, each.destination);
        put(value, each.sender);
        const bool needs = needs_source(plan, static_cast<std::uint32_t>(index));
        const bool is_tied = plan.retry_of != delivery_ref{};
        put(value, static_cast<std::uint8_t>((needs ? flag_needs_source : 0) |
                                             (is_tied ? flag_is_tied : 0)));
    }
    return value;
}

result<owed_row> owed_row::read(std::string_view value, std::uint32_t part) {
    byte_reader reader(value);
    std::uint8_t version = 0;
    std::uint16_t route_size = 0;
    std::string_view route;
    owed_row row;
    const bool is_whole = reader.take(version) && version >= 1 && version <= row_version &&
                          reader.take(row.planned_) && reader.take(row.common_.source) &&
                          reader.take(row.common_.message) &&
                          reader.take(row.common_.received_at) && reader.take(row.common_.policy) &&
                          (version == 1 || take(reader, row.common_.terms)) &&
                          reader.take(route_size) && reader.take(route_size, route);
    row.deliveries_ = reader.rest();
    const std::size_t delivery_bytes = version < 3 ? delivery_bytes_before_3 : delivery_bytes_now;
    row.delivery_bytes_ = delivery_bytes;
    const std::uint64_t first = std::uint64_t{part} * deliveries_per_row;
    const std::uint64_t count = row.deliveries_.size() / delivery_bytes;
    if (!is_whole || row.common_.policy > uncertain_policy::skip || row.planned_ > deliveries_max ||
        row.deliveries_.size() % delivery_bytes != 0 || first >= row.planned_ ||
        count != std::min<std::uint64_t>(row.planned_ - first, deliveries_per_row)) {
        return fail(errc::corrupt, "store: a row of what is owed cannot be read");
    }
    if (version >= 3) {
        constexpr std::uint8_t flags_known = flag_needs_source | flag_is_tied;
        for (std::size_t at = delivery_bytes - 1; at < row.deliveries_.size();
             at += delivery_bytes) {
            const auto flags = static_cast<std::uint8_t>(row.deliveries_[at]);
            if (flags <= flags_known) continue;
            return fail(errc::corrupt, "store: a row of what is owed has flags that there are not");
        }
    }
    row.common_.route = route;
    row.first_ = static_cast<std::uint32_t>(first);
    row.last_ = static_cast<std::uint32_t>(first + count);
    return row;
}

owed_delivery owed_row::at(std::uint32_t index) const {
    byte_reader reader(deliveries_.substr(std::size_t{index - first_} * delivery_bytes_));
    owed_delivery each = common_;
    reader.take(each.id.high);
    reader.take(each.id.low);
    reader.take(each.destination);
    reader.take(each.sender);
    std::uint8_t flags = flag_needs_source;
    if (delivery_bytes_ == delivery_bytes_now) reader.take(flags);
    each.needs_source = (flags & flag_needs_source) != 0;
    each.is_tied = (flags & flag_is_tied) != 0;
    return each;
}

result<std::string> with_sender(std::string row, const delivery_ref& of, account_id sender) {
    const auto read = owed_row::read(row, row_of(of).row - 1);
    if (!read) return std::unexpected(read.error());
    if (of.index >= read->last()) return fail(errc::corrupt, "store: a delivery has no row");
    const std::size_t behind = std::size_t{read->last() - of.index} * read->bytes_of_one();
    std::string changed;
    put(changed, sender);
    row.replace(row.size() - behind + sender_at, changed.size(), changed);
    return row;
}

}  // namespace baudot::engine
