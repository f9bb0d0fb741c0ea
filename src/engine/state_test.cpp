#include "engine/state.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/byte_io.hpp"
#include "store/store_double.hpp"

namespace baudot::engine {
namespace {

TEST(state, a_fate_or_a_reason_that_there_is_not_is_corrupt) {
    const std::string good = encode(copy_row{.delivery = {sequence{7}, 1},
                                             .fate = outcome_kind::not_sent,
                                             .destination = chat_id{-1001},
                                             .sender = account_id{7},
                                             .why = reject_class_last,
                                             .route = "news"});
    ASSERT_TRUE(decode_copy_row(good));
    for (const std::size_t at : {std::size_t{13}, good.size() - 5}) {  // the fate, the reason
        std::string odd = good;
        odd[at] = 99;
        const auto refused = decode_copy_row(odd);
        ASSERT_FALSE(refused) << at;
        EXPECT_EQ(refused.error().code, errc::corrupt);
    }
}

// P6 over a restart, for each scope that Telegram refuses.
TEST(state, waits_of_chats_accounts_and_classes_of_methods_are_restored) {
    const std::map<limit_scope, std::int64_t> waits = {
        {{.account = account_id{7}}, 100},
        {{.account = account_id{7}, .chat = chat_id{-1001}}, 200},
        {{.account = account_id{7}, .methods = method_class::copy}, 300},
        {{.account = account_id{7}, .methods = method_class::forward}, 400},
    };
    store::store_double rows;
    {
        state live(rows, 10, 1000);
        std::uint64_t position = 0;
        for (const auto& [of, until] : waits) {
            const hold_set told{of.account, of.chat, of.methods, until};
            ASSERT_TRUE(live.apply(sequence{++position}, told));
        }
        const hold_set shorter{.account = account_id{7}, .until = 99};
        ASSERT_TRUE(live.apply(sequence{++position}, shorter));
        ASSERT_TRUE(live.commit());
        EXPECT_EQ(live.holds(), waits);
    }
    const auto restored = [&rows] {
        state next(rows, 10, 1000);
        EXPECT_TRUE(next.restore([](const auto&, const auto&) {}));
        return next.holds();
    };
    EXPECT_EQ(restored(), waits);

    state over(rows, 10, 1000);
    ASSERT_TRUE(over.restore([](const auto&, const auto&) {}));
    const auto last = *waits.rbegin();
    over.drop_holds([&](const limit_scope& of) { return of != last.first; });
    ASSERT_TRUE(over.commit());
    EXPECT_EQ(restored(), (std::map<limit_scope, std::int64_t>{last}))
        << "what is over is no row any more";
}

// Keys as programs without classes wrote them, and of a class that is not known yet.
TEST(state, a_wait_that_an_older_program_wrote_is_restored) {
    std::string key, unknown, until;
    put(key, account_id{7});
    put(key, chat_id{-1001});
    put(unknown, account_id{8});
    put(unknown, chat_id{0});
    put(unknown, static_cast<method_class>(99));
    put(until, std::int64_t{200});
    store::store_double rows;
    store::write_batch batch;
    batch.put(store::family::holds, key, until);
    batch.put(store::family::holds, unknown, until);
    ASSERT_TRUE(rows.apply(batch, sequence{1}));
    state tested(rows, 10, 1000);
    ASSERT_TRUE(tested.restore([](const auto&, const auto&) {}));
    const std::map<limit_scope, std::int64_t> known = {{{account_id{7}, chat_id{-1001}}, 200}};
    EXPECT_EQ(tested.holds(), known);
}

}  // namespace
}  // namespace baudot::engine
