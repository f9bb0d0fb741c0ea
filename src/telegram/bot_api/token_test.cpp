#include "telegram/bot_api/token.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace baudot::telegram::bot_api {
namespace {

const std::string secret = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX";

TEST(token_test, a_token_names_its_account) {
    EXPECT_EQ(account_of_token("123456789:" + secret).value(), account_id{123456789});
    EXPECT_EQ(account_of_token("7000000000:" + secret).value(), account_id{7000000000});
}

TEST(token_test, what_is_not_a_token_is_refused_without_being_shown) {
    const std::string_view whole = secret;
    const std::vector<std::string> no_tokens = {"",
                                                secret,
                                                "bot1:" + secret,
                                                ":" + secret,
                                                "0:" + secret,
                                                "-5:" + secret,
                                                "12a:" + secret,
                                                "99999999999999999999:" + secret,
                                                fmt::format("1:{}", whole.substr(10)),
                                                fmt::format("1:{0}{0}", whole),
                                                fmt::format("1:{}/", whole.substr(1)),
                                                " 1:" + secret};
    for (const std::string& bad : no_tokens) {
        const auto refused = account_of_token(bad);
        ASSERT_FALSE(refused.has_value()) << bad;
        EXPECT_EQ(refused.error().code, errc::invalid_argument);
        EXPECT_EQ(refused.error().message.find(secret.substr(15)), std::string::npos);
    }
}

TEST(token_test, a_text_is_cleared_of_the_token_and_of_its_half) {
    const std::string token = "12:" + secret;
    EXPECT_EQ(without_token("/bot" + token + "/x " + secret + token, token),
              "/bot<token>/x <token><token>");
    EXPECT_EQ(without_token("nothing", token), "nothing");
}

}  // namespace
}  // namespace baudot::telegram::bot_api
