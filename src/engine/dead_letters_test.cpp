#include "engine/dead_letters.hpp"

#include <gtest/gtest.h>

#include <string>

namespace baudot::engine {
namespace {

dead_letter sample() {
    deliveries_planned what{
        .cause = sequence{3},
        .source = chat_id{-1001},
        .message = message_id{5},
        .version = 1,
        .route = "news",
        .received_at = 77,
        .variants = {{send_text{{.text = "hello", .entities = {}}}, {}}},
        .deliveries = {
            {.id = {1, 2}, .destination = chat_id{-1002}, .sender = account_id{7}, .variant = 0}}};
    return {.letter = {sequence{4711}, 3},
            .died_at = 99,
            .retried_as = sequence{5000},
            .fate = outcome_kind::uncertain,
            .why = reject_class::copy_unknown,
            .description = "no answer",
            .what = std::move(what)};
}

TEST(dead_letter_row, gives_back_what_was_put_in) {
    const auto read = decode_dead_letter(sample().letter, encode(sample()));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, sample());
}

TEST(dead_letter_row, a_cut_at_any_byte_is_an_error_or_another_letter_and_never_a_crash) {
    const std::string good = encode(sample());
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        const auto read =
            decode_dead_letter(sample().letter, std::string_view(good).substr(0, cut));
        if (read) {
            EXPECT_NE(*read, sample()) << cut;
        }
    }
}

TEST(dead_letter_row,
     a_fate_that_is_none_of_a_letter_a_reason_and_a_version_that_are_not_are_corrupt) {
    const std::string good = encode(sample());
    for (const std::size_t at : {std::size_t{0}, std::size_t{17}, std::size_t{18}}) {
        std::string odd = good;
        odd[at] = 99;
        const auto refused = decode_dead_letter(sample().letter, odd);
        ASSERT_FALSE(refused) << at;
        EXPECT_EQ(refused.error().code, errc::corrupt);
    }
    std::string delivered = good;
    delivered[17] = 0;
    EXPECT_FALSE(decode_dead_letter(sample().letter, delivered));
}

}  // namespace
}  // namespace baudot::engine
