#include "model/presentable.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/utf16.hpp"
#include "model/print.hpp"
#include "model/sample_events.hpp"

namespace baudot {
namespace {

const std::string token = "123456789:AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234";

TEST(presentable, hides_tokens_wherever_they_stand) {
    EXPECT_EQ(presentable(token), "<token>");
    EXPECT_EQ(presentable("see https://api.telegram.org/bot" + token + "/getMe!"),
              "see https://api.telegram.org/bot<token>/getMe!");
    EXPECT_EQ(presentable("x" + token + " " + token), "x<token> <token>");
    EXPECT_EQ(presentable("12:30:45, 123456789:short"), "12:30:45, 123456789:short");
}

TEST(presentable, leaves_nothing_that_steers_a_terminal_beyond_what_json_escapes) {
    EXPECT_EQ(presentable("\x7f \xc2\x9b"
                          "31m \xc2\xa0 ж🚀"),
              "\\u007f \\u009b31m \xc2\xa0 ж🚀");
    EXPECT_EQ(presentable("\xff\xd0"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(presentable, the_digits_of_an_escape_are_no_part_of_a_token) {
    EXPECT_EQ(presentable("\\u0000000:" + token.substr(10)), "\\u0000<token>") << "valid JSON";
    EXPECT_EQ(presentable("\\u0000" + token), "\\u0000<token>");
    EXPECT_EQ(presentable("\\\\u" + token), "\\\\u<token>");
    EXPECT_EQ(presentable("\\u" + token), "\\u1234<token>") << "where it was no escape";
}

TEST(presentable, a_printed_event_holds_no_token_even_when_its_text_is_cut) {
    for (std::size_t before = 0; before < 80; ++before) {
        update_received received = testing::sample_update();
        received.what.content.text.text = std::string(before, '-') + token;
        EXPECT_EQ(to_json(received).find("AAE0"), std::string::npos);
        EXPECT_EQ(to_text(received).find("AAE0"), std::string::npos) << to_text(received);
    }
    const event settled = deliveries_settled{
        {{.kind = outcome_kind::rejected, .why = reject_class::forbidden, .description = token}}};
    EXPECT_EQ(to_json(settled).find("AAE0"), std::string::npos);
    EXPECT_EQ(to_text(settled).find("AAE0"), std::string::npos);
}

TEST(presentable, printed_events_are_json_and_lines_whatever_they_hold) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const event value = testing::random_event(random);
        const std::string json = to_json(value);
        boost::json::error_code failed;
        (void)boost::json::parse(json, failed);
        ASSERT_FALSE(failed) << json;
        for (const std::string& line : {json, to_text(value)}) {
            ASSERT_TRUE(is_valid_utf8(line));
            for (const char c : line) {
                ASSERT_GE(static_cast<unsigned char>(c), 0x20) << line;
                ASSERT_NE(c, '\x7f');
            }
        }
    }
}

}  // namespace
}  // namespace baudot
