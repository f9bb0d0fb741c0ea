// What every store promises, on the double and on RocksDB: one suite, so that a simulation over
// the double speaks for the real one.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "store/store_fixture.hpp"

namespace baudot::store {
namespace {

using rows = std::map<std::string, std::string>;
using model = std::array<rows, family_count>;

rows read_all(const store& from, family where, std::string_view lower = {},
              std::string_view upper = {}) {
    rows out;
    std::string last;
    const auto scanned = from.scan(where, lower, upper, [&](auto key, auto value) {
        EXPECT_TRUE(out.empty() || std::string(key) > last) << "keys ascend";
        last = key;
        out.emplace(key, value);
        return true;
    });
    EXPECT_TRUE(scanned) << scanned.error().message;
    return out;
}

model read_all_families(const store& from) {
    model out;
    for (std::size_t i = 0; i < family_count; ++i) {
        out[i] = read_all(from, static_cast<family>(i));
    }
    return out;
}

template <class Subject>
class store_conformance : public testing::Test {
protected:
    store& under_test() { return subject_.get(); }

    void put(family where, std::string key, std::string value, std::uint64_t position) {
        write_batch batch;
        batch.put(where, std::move(key), std::move(value));
        const auto applied = under_test().apply(batch, sequence{position});
        ASSERT_TRUE(applied) << applied.error().message;
    }
    std::optional<std::string> get(family where, std::string_view key) {
        auto value = under_test().get(where, key);
        EXPECT_TRUE(value) << value.error().message;
        return value ? *value : std::nullopt;
    }

    Subject subject_;
};

using subjects = testing::Types<double_subject, rocksdb_subject>;
TYPED_TEST_SUITE(store_conformance, subjects);

TYPED_TEST(store_conformance, a_new_store_is_empty_at_position_zero) {
    EXPECT_EQ(this->under_test().position(), sequence{0});
    EXPECT_EQ(this->under_test().flushed_position(), sequence{0});
    EXPECT_EQ(read_all_families(this->under_test()), model{});
    EXPECT_EQ(this->get(family::seen, "a"), std::nullopt);
}

TYPED_TEST(store_conformance, families_do_not_share_keys) {
    this->put(family::seen, "key", "of seen", 1);
    this->put(family::copies, "key", "of copies", 2);
    EXPECT_EQ(this->get(family::seen, "key"), "of seen");
    EXPECT_EQ(this->get(family::copies, "key"), "of copies");
    EXPECT_EQ(this->get(family::meta, "key"), std::nullopt);
}

TYPED_TEST(store_conformance, within_a_batch_the_later_change_wins) {
    write_batch batch;
    batch.put(family::holds, "kept", "1");
    batch.put(family::holds, "kept", "2");
    batch.put(family::holds, "gone", "1");
    batch.erase(family::holds, "gone");
    batch.erase(family::holds, "back");
    batch.put(family::holds, "back", "3");
    ASSERT_TRUE(this->under_test().apply(batch, sequence{1}));
    EXPECT_EQ(read_all(this->under_test(), family::holds), (rows{{"kept", "2"}, {"back", "3"}}));
}

TYPED_TEST(store_conformance, keys_and_values_are_any_bytes) {
    const std::string odd("\0\xFF\0", 3);
    this->put(family::chats, odd, odd, 1);
    this->put(family::chats, std::string(1, '\xFF'), "", 2);
    EXPECT_EQ(this->get(family::chats, odd), odd);
    EXPECT_EQ(this->get(family::chats, std::string(1, '\xFF')), "") << "empty is not absent";
    EXPECT_EQ(read_all(this->under_test(), family::chats, odd).size(), 2U);
}

TYPED_TEST(store_conformance, big_values_come_back_whole) {
    random_source random(7);
    std::string big(3 << 20, '\0');
    for (char& each : big) each = static_cast<char>(random.below(256));
    this->put(family::pending, "big", big, 1);
    ASSERT_TRUE(this->under_test().flush());
    this->subject_.crash(random);
    EXPECT_EQ(this->get(family::pending, "big"), big);
}

TYPED_TEST(store_conformance, a_scan_takes_lower_and_leaves_upper) {
    for (const char* key : {"a", "b", "ba", "c"}) this->put(family::seen, key, key, 1);
    const store& all = this->under_test();
    EXPECT_EQ(read_all(all, family::seen, "b", "c"), (rows{{"b", "b"}, {"ba", "ba"}}));
    EXPECT_EQ(read_all(all, family::seen, "b").size(), 3U);
    EXPECT_EQ(read_all(all, family::seen, "", "b"), (rows{{"a", "a"}}));
    EXPECT_TRUE(read_all(all, family::seen, "b", "b").empty());
    EXPECT_TRUE(read_all(all, family::seen, "c", "a").empty());
    int visited = 0;
    ASSERT_TRUE(all.scan(family::seen, "", "", [&](auto, auto) { return ++visited < 2; }));
    EXPECT_EQ(visited, 2) << "the visitor stops the scan";
}

// Where a prefix filter may skip files, in memory and on disk.
TYPED_TEST(store_conformance, a_scan_of_one_message_finds_its_copies_and_no_other) {
    const auto key = [](std::uint64_t chat, std::uint64_t message, std::string_view rest) {
        std::string out(16, '\0');
        store_big_endian(out.data(), chat);
        store_big_endian(out.data() + 8, message);
        return out.append(rest);
    };
    constexpr std::uint64_t last = ~std::uint64_t{0};
    std::uint64_t position = 0;
    for (const std::uint64_t message : {std::uint64_t{1}, std::uint64_t{255}, last - 1, last}) {
        for (const char* copy : {"x", "y"}) {
            this->put(family::copies, key(5, message, copy), "v", ++position);
            this->put(family::copies, key(6, message, copy), "v", ++position);
        }
        this->put(family::copies, "short", "v", ++position);
        ASSERT_TRUE(this->under_test().flush());  // a file for each message
    }
    const store& all = this->under_test();
    EXPECT_EQ(read_all(all, family::copies, key(5, 255, ""), key(5, 256, "")),
              (rows{{key(5, 255, "x"), "v"}, {key(5, 255, "y"), "v"}}));
    EXPECT_EQ(read_all(all, family::copies, key(5, last, ""), key(6, 0, "")).size(), 2U);
    EXPECT_EQ(read_all(all, family::copies, key(5, 1, "y"), key(5, 1, "z")).size(), 1U);
    EXPECT_EQ(read_all(all, family::copies, key(5, 0, ""), key(6, 0, "")).size(), 8U);
    EXPECT_EQ(read_all(all, family::copies, key(7, 1, ""), key(7, 2, "")).size(), 0U);
    EXPECT_EQ(read_all(all, family::copies, "s", "t").size(), 1U);
    EXPECT_EQ(read_all(all, family::copies).size(), 17U);
}

TYPED_TEST(store_conformance, a_scan_sees_one_moment) {
    for (int i = 0; i < 100; ++i) this->put(family::seen, std::to_string(1000 + i), "old", 1);
    if constexpr (std::is_same_v<TypeParam, rocksdb_subject>) {
        int visited = 0;
        ASSERT_TRUE(this->under_test().scan(family::seen, "", "", [&](auto, auto value) {
            if (visited++ == 0) this->put(family::seen, "1050", "new", 2);
            EXPECT_EQ(value, "old");
            return true;
        }));
        EXPECT_EQ(visited, 100);
    }
    EXPECT_EQ(read_all(this->under_test(), family::seen).size(), 100U);
}

TYPED_TEST(store_conformance, the_position_is_that_of_the_newest_batch) {
    this->put(family::seen, "a", "1", 10);
    EXPECT_EQ(this->under_test().position(), sequence{10});
    EXPECT_EQ(this->under_test().flushed_position(), sequence{0});
    ASSERT_TRUE(this->under_test().flush());
    EXPECT_EQ(this->under_test().flushed_position(), sequence{10});
    ASSERT_TRUE(this->under_test().apply({}, sequence{12})) << "an empty batch moves it too";
    EXPECT_EQ(this->under_test().position(), sequence{12});
    ASSERT_TRUE(this->under_test().flush());
    random_source random(1);
    this->subject_.crash(random);
    EXPECT_EQ(this->under_test().position(), sequence{12});
    EXPECT_EQ(this->under_test().flushed_position(), sequence{12});
}

TYPED_TEST(store_conformance, a_position_that_goes_back_is_a_bug) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            (void)this->under_test().apply({}, sequence{2});
            (void)this->under_test().apply({}, sequence{1});
        },
        "positions never go back");
}

// The guarantee of store.hpp: a prefix of the batches, at least up to the last flush, and the
// position that belongs to it.
TYPED_TEST(store_conformance, a_crash_leaves_a_prefix_of_the_batches_and_its_position) {
    std::size_t kept_beyond_flush = 0;
    for (std::uint64_t seed = 0; seed < TypeParam::crash_seeds; ++seed) {
        random_source random(seed);
        TypeParam subject;
        std::vector<model> history(1);  // history[n]: after n batches; positions are 3 * n
        std::size_t flushed = 0;
        for (int life = 0; life < 4; ++life) {
            for (std::uint64_t i = random.below(60); i > 0; --i) {
                write_batch batch;
                model next = history.back();
                for (std::uint64_t changes = 1 + random.below(5); changes > 0; --changes) {
                    const auto where = static_cast<family>(random.below(family_count));
                    const std::string key = std::to_string(random.below(40));
                    if (random.chance(0.3)) {
                        batch.erase(where, key);
                        next[std::to_underlying(where)].erase(key);
                    } else {
                        const std::string value(random.below(3000), 'v');
                        batch.put(where, key, value);
                        next[std::to_underlying(where)][key] = value;
                    }
                }
                ASSERT_TRUE(subject.get().apply(batch, sequence{3 * history.size()}));
                history.push_back(std::move(next));
                if (random.chance(0.03)) {
                    ASSERT_TRUE(subject.get().flush());
                    flushed = history.size() - 1;
                }
            }
            ASSERT_EQ(read_all_families(subject.get()), history.back()) << "seed " << seed;
            subject.crash(random);
            const auto position = std::to_underlying(subject.get().position());
            ASSERT_EQ(position % 3, 0U) << "seed " << seed;
            const std::size_t survived = position / 3;
            ASSERT_GE(survived, flushed) << "seed " << seed;
            ASSERT_LT(survived, history.size()) << "seed " << seed;
            ASSERT_EQ(read_all_families(subject.get()), history[survived]) << "seed " << seed;
            ASSERT_EQ(subject.get().flushed_position(), subject.get().position());
            if (survived > flushed) ++kept_beyond_flush;
            history.resize(survived + 1);
            flushed = survived;
        }
    }
    EXPECT_GT(kept_beyond_flush, 0U) << "no run showed a flush that nobody asked for";
}

TYPED_TEST(store_conformance, a_checkpoint_opens_as_a_store_of_its_own) {
    this->put(family::seen, "a", "1", 5);
    const std::string place = this->subject_.new_place("copy");
    ASSERT_TRUE(this->under_test().checkpoint(place));
    EXPECT_EQ(this->under_test().flushed_position(), sequence{5});
    this->put(family::seen, "a", "2", 6);

    const auto copy = this->subject_.open_checkpoint(place);
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->position(), sequence{5});
    EXPECT_EQ(copy->flushed_position(), sequence{5});
    EXPECT_EQ(read_all(*copy, family::seen), (rows{{"a", "1"}}));
    write_batch change;
    change.put(family::seen, "b", "3");
    ASSERT_TRUE(copy->apply(change, sequence{9}));
    ASSERT_TRUE(copy->flush());
    EXPECT_EQ(read_all(this->under_test(), family::seen), (rows{{"a", "2"}}));

    const auto again = this->under_test().checkpoint(place);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace baudot::store
