#include "engine/state.hpp"

#include <gtest/gtest.h>

#include <string>

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

}  // namespace
}  // namespace baudot::engine
