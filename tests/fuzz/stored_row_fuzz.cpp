// Any bytes as rows of the store: a row is refused as corrupt, or it is one that was written, which
// writing it again shows. The first byte chooses the kind of row, the second the part of a plan.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.hpp"
#include "engine/owed_row.hpp"
#include "engine/state.hpp"
#include "intake/sighting.hpp"

namespace {

using namespace baudot;
using namespace baudot::engine;

template <class Value>
bool was_refused(const result<Value>& read) {
    if (read) return false;
    BAUDOT_ASSERT(read.error().code == errc::corrupt, "refused as corrupt");
    return true;
}

void copies(std::string_view value) {
    const auto row = decode_copy_row(value);
    if (was_refused(row)) return;
    BAUDOT_ASSERT(encode(*row) == value, "a row that was written");
    BAUDOT_ASSERT(!row->fate || *row->fate <= outcome_kind::not_sent, "a fate that there is");
    BAUDOT_ASSERT(row->why <= reject_class_last, "a reason that there is");
}

void sightings(std::string_view value) {
    const auto seen = intake::decode_sighting(value);
    if (!was_refused(seen)) BAUDOT_ASSERT(intake::encode(*seen) == value, "a row that was written");
}

void keys(std::string_view key) {
    const auto read = decode_pending_key(key);
    if (!was_refused(read)) BAUDOT_ASSERT(encode(*read) == key, "a key that was written");
}

void owed(std::string_view value, std::uint32_t part) {
    const auto row = owed_row::read(value, part);
    if (was_refused(row)) return;
    BAUDOT_ASSERT(row->first() < row->last() && row->last() <= row->planned(), "some of the plan");
    if (row->planned() > 4096) return;  // whose plan would be large
    deliveries_planned plan;
    plan.deliveries.resize(row->planned());
    for (std::uint32_t index = row->first(); index < row->last(); ++index) {
        const owed_delivery each = row->at(index);
        BAUDOT_ASSERT(each.policy <= uncertain_policy::skip, "a policy that there is");
        plan.source = each.source;
        plan.message = each.message;
        plan.received_at = each.received_at;
        plan.on_uncertain = each.policy;
        plan.terms = each.terms;
        plan.route = each.route;
        plan.deliveries[index].id = each.id;
        plan.deliveries[index].destination = each.destination;
        plan.deliveries[index].sender = each.sender;
    }
    std::string written = encode_owed_row(plan, part);
    const std::size_t head = written.size() - (row->last() - row->first()) * std::size_t{33};
    for (std::uint32_t index = row->last(); index-- > row->first();) {
        const std::size_t flags_at = head + (index - row->first()) * std::size_t{33} + 32;
        const owed_delivery each = row->at(index);
        written[flags_at] = static_cast<char>((each.needs_source ? 1 : 0) | (each.is_tied ? 2 : 0));
        if (value[0] < 3) {  // of an older Baudot: it needs its source and is free
            BAUDOT_ASSERT(written[flags_at] == 1, "what is not known");
            written.erase(flags_at, 1);
        }
    }
    if (value[0] == 1) {  // of a still older one: it has no terms, each is at its default
        constexpr std::size_t terms_at = 1 + 4 + 3 * 8 + 1;
        written.erase(terms_at, 1 + 2 + 8);
    }
    written[0] = value[0];
    BAUDOT_ASSERT(written == value, "a row that was written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 4096) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    switch (data[0] % 4) {
        case 0: copies(bytes); break;
        case 1: sightings(bytes); break;
        case 2: keys(bytes); break;
        default: owed(bytes, data[1]); break;
    }
    return 0;
}
