#include "base/slot_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/random.hpp"

namespace baudot {
namespace {

// Few hashes, so that most slots are not where they would like to be, also across the end of the
// table, and several share one hash.
TEST(slot_index, it_finds_what_a_map_would_find) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        slot_index tested;
        std::vector<std::uint32_t> hashes(300);
        for (std::uint32_t& each : hashes) {
            each = static_cast<std::uint32_t>(random.below(40)) * 0x06666666;
        }
        std::map<slot, bool> is_in;
        for (int step = 0; step < 3000; ++step) {
            const bool grows = step / 500 % 2 == 0;
            const auto what = static_cast<slot>(random.below(hashes.size()));
            if (is_in[what] == grows) continue;
            is_in[what] = grows;
            if (grows) {
                tested.add(hashes[what], what);
            } else {
                tested.remove(hashes[what], what);
            }
            const auto other = static_cast<slot>(random.below(hashes.size()));
            const slot found = tested.find(hashes[other], [&](slot each) { return each == other; });
            ASSERT_EQ(found, is_in[other] ? other : no_slot);
        }
        for (const auto& [what, is] : is_in) {
            ASSERT_EQ(tested.find(hashes[what], [&](slot each) { return each == what; }),
                      is ? what : no_slot);
        }
    }
}

TEST(slot_index, it_takes_at_most_22_bytes_for_each_of_many_and_nothing_when_empty) {
    slot_index tested;
    for (slot what = 0; what < 100'000; ++what) {
        tested.add(what * 0x9E3779B1U, what);
        if (what >= 1000) ASSERT_LE(tested.bytes(), 22U * tested.size());
    }
    for (slot what = 0; what < 100'000; ++what) tested.remove(what * 0x9E3779B1U, what);
    EXPECT_EQ(tested.size(), 0U);
    EXPECT_EQ(tested.bytes(), 0U);
}

}  // namespace
}  // namespace baudot
