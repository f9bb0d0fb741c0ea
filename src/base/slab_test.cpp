#include "base/slab.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace baudot {
namespace {

TEST(slab, every_value_stays_under_its_slot_until_it_is_removed) {
    random_source random(1);
    slab<std::uint64_t> tested;
    std::map<slot, std::uint64_t> expected;
    for (int step = 0; step < 200'000; ++step) {
        // Grows to some blocks, and is emptied now and then.
        const bool grows = step / 40'000 % 2 == 0;
        if (expected.empty() || random.chance(grows ? 0.8 : 0.2)) {
            const std::uint64_t value = random.next();
            const auto [at, is_new] = expected.emplace(tested.add(value), value);
            ASSERT_TRUE(is_new) << "a slot in use was given away";
        } else {
            const auto some = expected.lower_bound(static_cast<slot>(random.below(30'000)));
            const auto gone = some == expected.end() ? expected.begin() : some;
            tested.remove(gone->first);
            expected.erase(gone);
        }
        ASSERT_EQ(tested.size(), expected.size());
    }
    for (const auto& [at, value] : expected) ASSERT_EQ(tested[at], value);
}

template <class T>
void fill_beyond_the_first_huge_pages() {
    slab<T> tested;
    std::vector<slot> slots;
    const auto count = static_cast<std::uint32_t>(3 * huge_page_bytes / sizeof(T));
    slots.reserve(count);
    for (std::uint32_t value = 0; value < count; ++value) slots.push_back(tested.add(T{value}));
    for (std::uint32_t value = 0; value < count; ++value) {
        ASSERT_EQ(tested[slots[value]].value, value);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(&tested[slots[value]]) % alignof(T), 0U);
    }
    EXPECT_GE(tested.bytes(), count * sizeof(T));
    EXPECT_LE(tested.bytes(), count * sizeof(T) + huge_page_bytes + 4096);
    for (const slot each : slots) tested.remove(each);
    EXPECT_EQ(tested.bytes(), 0U);
}

struct alignas(64) cache_line {
    std::uint32_t value;
};
struct odd {
    std::uint32_t value;
    std::uint32_t more[9] = {};
};

TEST(slab, values_of_any_size_stand_in_pages_of_their_alignment) {
    fill_beyond_the_first_huge_pages<cache_line>();
    fill_beyond_the_first_huge_pages<odd>();
}

TEST(slab, room_is_used_again_and_given_back_with_the_last_value) {
    slab<std::uint64_t> tested;
    std::vector<slot> slots;
    slots.reserve(10'000);
    for (std::uint64_t value = 0; value < 10'000; ++value) slots.push_back(tested.add(value));
    const std::size_t full = tested.bytes();
    EXPECT_GE(full, 10'000 * sizeof(std::uint64_t));
    for (std::size_t at = 1; at < slots.size(); ++at) tested.remove(slots[at]);
    for (std::uint64_t value = 1; value < 10'000; ++value) slots[value] = tested.add(value);
    EXPECT_EQ(tested.bytes(), full);
    for (const slot each : slots) tested.remove(each);
    EXPECT_EQ(tested.bytes(), 0U);
}

}  // namespace
}  // namespace baudot
