#include "store/store_double.hpp"

#include <gtest/gtest.h>

#include <set>

namespace baudot::store {
namespace {

write_batch one(std::string key) {
    write_batch batch;
    batch.put(family::seen, std::move(key), "v");
    return batch;
}

result<void> outcome_of(const result<std::optional<std::string>>& answer) {
    if (!answer) return std::unexpected(answer.error());
    return {};
}

TEST(store_double, every_prefix_may_survive_and_the_seed_decides) {
    std::set<std::uint64_t> survived;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        std::uint64_t first_run = 0;
        for (int run = 0; run < 2; ++run) {
            store_double rows;
            ASSERT_TRUE(rows.apply(one("a"), sequence{1}));
            ASSERT_TRUE(rows.flush());
            ASSERT_TRUE(rows.apply(one("b"), sequence{2}));
            ASSERT_TRUE(rows.apply(one("c"), sequence{3}));
            random_source random(seed);
            rows.crash(random);
            const auto position = std::to_underlying(rows.position());
            if (run == 0) first_run = position;
            EXPECT_EQ(position, first_run) << "seed " << seed;
            survived.insert(position);
        }
    }
    EXPECT_EQ(survived, (std::set<std::uint64_t>{1, 2, 3}));
}

TEST(store_double, an_injected_failure_hits_any_call_and_changes_nothing) {
    for (const errc code : {errc::io_failed, errc::no_space}) {
        for (std::size_t call = 0; call < 5; ++call) {
            store_double rows;
            rows.fail_from(call, code);
            const result<void> answers[] = {
                rows.apply(one("a"), sequence{1}),
                rows.flush(),
                outcome_of(rows.get(family::seen, "a")),
                rows.scan(family::seen, "", "", [](auto, auto) { return true; }),
                rows.checkpoint("copy"),
            };
            for (std::size_t i = 0; i < std::size(answers); ++i) {
                EXPECT_EQ(answers[i].has_value(), i < call) << "call " << i << " of " << call;
                if (!answers[i]) EXPECT_EQ(answers[i].error().code, code);
            }
            rows.heal();
            EXPECT_EQ(rows.position(), sequence{call > 0 ? 1U : 0U});
            EXPECT_EQ(rows.flushed_position(), sequence{call > 1 ? 1U : 0U});
            EXPECT_EQ(rows.get(family::seen, "a")->has_value(), call > 0);
            EXPECT_EQ(rows.open_checkpoint("copy"), nullptr);
        }
    }
}

TEST(store_double, a_write_that_failed_once_can_be_repeated) {
    store_double rows;
    rows.fail_next(errc::no_space);
    EXPECT_EQ(rows.apply(one("a"), sequence{1}).error().code, errc::no_space);
    EXPECT_EQ(rows.position(), sequence{0});
    EXPECT_TRUE(rows.apply(one("a"), sequence{1}));
    rows.fail_next(errc::io_failed);
    EXPECT_EQ(rows.flush().error().code, errc::io_failed);
    EXPECT_EQ(rows.flushed_position(), sequence{0});
    EXPECT_TRUE(rows.flush());
}

}  // namespace
}  // namespace baudot::store
