// Any bytes as rows of the store: a row is refused as corrupt, or it is one that was written, which
// writing it again shows.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/byte_io.hpp"
#include "dispatch/ledger.hpp"
#include "engine/state.hpp"
#include "intake/sighting.hpp"
#include "store/store_double.hpp"

namespace {

using namespace baudot;
using dispatch::ledger;

void copies(std::string_view value) {
    const auto row = engine::decode_copy_row(value);
    if (!row) {
        BAUDOT_ASSERT(row.error().code == errc::corrupt, "refused as corrupt");
        return;
    }
    BAUDOT_ASSERT(engine::encode(*row) == value, "a row that was written");
    BAUDOT_ASSERT(!row->fate || *row->fate <= outcome_kind::not_sent, "a fate that there is");
    BAUDOT_ASSERT(row->why <= reject_class_last, "a reason that there is");
}

void sightings(std::string_view value) {
    const auto seen = intake::decode_sighting(value);
    if (seen) BAUDOT_ASSERT(intake::encode(*seen) == value, "a row that was written");
}

// The first delivery that is not settled goes one step, and only its byte in the value changes.
void move_on(ledger& owed, sequence at, std::string expected) {
    const ledger::entry& of = *owed.find(at);
    std::uint32_t index = 0;
    while (of.deliveries[index].now == ledger::state::settled) ++index;
    const delivery_ref which{at, index};
    const bool waits = of.deliveries[index].now == ledger::state::waiting;
    if (waits) {
        owed.started({{which}});
    } else {
        owed.settled({{{.delivery = which, .kind = outcome_kind::not_sent}}}, {});
    }
    constexpr std::size_t delivery_bytes = 33;  // docs/formats.md; the last byte is the state
    const std::size_t behind = of.deliveries.size() - index - 1;
    expected[expected.size() - 1 - behind * delivery_bytes] = waits ? 1 : 0;
    int told = 0;
    owed.take_changes([&](sequence position, const std::string* value) {
        ++told;
        BAUDOT_ASSERT(position == at && value && *value == expected, "a row that was written");
    });
    BAUDOT_ASSERT(told == 1, "one change");
}

// Rows of `pending`, through the state that a start restores.
void pending(std::string_view key, std::string_view value) {
    store::store_double below;
    store::write_batch batch;
    batch.put(store::family::pending, std::string(key), std::string(value));
    BAUDOT_ASSERT(below.apply(batch, sequence{1}), "the double takes it");
    engine::state restored(below, 1 << 20);
    if (const auto done = restored.restore(); !done) {
        BAUDOT_ASSERT(done.error().code == errc::corrupt, "refused as corrupt");
        return;
    }
    BAUDOT_ASSERT(key.size() == 8 && !value.empty(), "a position, and what waits there");
    const sequence at{load_big_endian<std::uint64_t>(key.data())};
    if (restored.has_unplanned()) {
        std::string expected(1, '\0');
        put(expected, restored.unplanned().front().version);
        BAUDOT_ASSERT(value == expected, "a post that waits for its plan");
        BAUDOT_ASSERT(restored.owed().pending() == 0, "and nothing else");
        return;
    }
    BAUDOT_ASSERT(value[0] == 1, "a plan");
    ledger owed;
    BAUDOT_ASSERT(owed.restore(at, value.substr(1)), "which the ledger takes");
    const ledger::entry* const of = owed.find(at);
    BAUDOT_ASSERT(of && of->open == owed.pending() && of->open > 0, "something is owed");
    BAUDOT_ASSERT(of->on_uncertain <= uncertain_policy::skip, "a policy that there is");
    BAUDOT_ASSERT(restored.owed().pending() == owed.pending(), "the same as in the state");
    BAUDOT_ASSERT(owed.started_deliveries() == restored.owed().started_deliveries(), "started");
    move_on(owed, at, std::string(value.substr(1)));
}

// A row of any other family: restoring it fails as corrupt or succeeds, and nothing else.
void others(store::family where, std::string_view key, std::string_view value) {
    store::store_double below;
    store::write_batch batch;
    batch.put(where, std::string(key), std::string(value));
    BAUDOT_ASSERT(below.apply(batch, sequence{1}), "the double takes it");
    engine::state restored(below, 1 << 20);
    const auto done = restored.restore();
    BAUDOT_ASSERT(done || done.error().code == errc::corrupt, "refused as corrupt");
    if (!done) return;
    const bool is_cursor = where == store::family::cursors;
    const bool is_hold = where == store::family::holds;
    if (is_cursor) BAUDOT_ASSERT(key.size() == 8 && value.size() == 8, "an account, an id");
    if (is_hold) BAUDOT_ASSERT(restored.holds().size() == 1, "a hold is not forgotten");
}

}  // namespace

// A byte that chooses the family, the length of the key, the key, the value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 4096) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::string_view key = bytes.substr(0, data[1]);
    const std::string_view value = bytes.substr(key.size());
    switch (data[0] % 6) {
        case 0: copies(bytes); break;
        case 1: sightings(bytes); break;
        case 2: pending(key, value); break;
        case 3: others(store::family::cursors, key, value); break;
        case 4: others(store::family::holds, key, value); break;
        default: others(store::family::chats, key, value); break;
    }
    return 0;
}
