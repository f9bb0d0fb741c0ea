#include "observe/secrets.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/random.hpp"
#include "observe/log_capture.hpp"
#include "observe/metrics.hpp"

namespace baudot::observe {
namespace {

// Of the shape of a token, and made up.
const std::string token = "123456789:AAF_not-a-real-token_0123456789abcd";
const std::string token_secret = token.substr(10);

TEST(secrets, a_registered_secret_is_hidden_inside_a_longer_string) {
    ASSERT_TRUE(register_secret("correct horse/battery"));
    EXPECT_EQ(redact("pass=correct horse/battery;"), "pass=[secret];");
    EXPECT_EQ(redact("a=correct%20horse%2Fbattery&b=1"), "a=[secret]&b=1");
    EXPECT_EQ(redact("a=correct%20horse%2fbattery&b=1"), "a=[secret]&b=1");
    EXPECT_EQ(redact("correct horse/battercorrect horse/battery"), "correct horse/batter[secret]");
    EXPECT_TRUE(holds_secret("xcorrect horse/batteryx"));
    EXPECT_FALSE(holds_secret("correct horse/batter"));
}

TEST(secrets, a_registered_token_keeps_its_id_and_loses_its_secret_in_every_form) {
    const std::string odd = "7:short-but-secret";
    ASSERT_TRUE(register_secret(odd));
    EXPECT_EQ(redact("https://api.telegram.org/bot" + odd + "/getMe"),
              "https://api.telegram.org/bot7:[secret]/getMe");
    EXPECT_EQ(redact("bot7%3Ashort-but-secret"), "bot7%3A[secret]");
    EXPECT_EQ(redact("only short-but-secret"), "only [secret]");
}

TEST(secrets, what_looks_like_a_token_is_hidden_although_nobody_registered_it) {
    EXPECT_EQ(redact("POST /bot" + token + "/sendMessage"),
              "POST /bot123456789:[secret]/sendMessage");
    EXPECT_EQ(redact("bot123456789%3a" + token_secret), "bot123456789%3a[secret]");
    const std::string harmless = "chat 1234567:89, at 12:30:01, a::b, %3A";
    EXPECT_EQ(redact(harmless), harmless);
}

TEST(secrets, the_longest_of_two_secrets_with_one_beginning_is_hidden) {
    ASSERT_TRUE(register_secret("prefix-of-two"));
    ASSERT_TRUE(register_secret("prefix-of-two-and-more"));
    EXPECT_EQ(redact("prefix-of-two-and-more"), "[secret]");
    EXPECT_EQ(redact("prefix-of-two-an"), "[secret]-an");
}

TEST(secrets, a_short_secret_is_refused_without_repeating_it) {
    const auto answer = register_secret("hunter2");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, errc::invalid_argument);
    EXPECT_FALSE(answer.error().message.contains("hunter2"));
    EXPECT_FALSE(register_secret(""));
    EXPECT_EQ(redact("hunter2"), "hunter2");
}

TEST(secrets, no_secret_survives_wherever_it_stands) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        random_source random(seed);
        std::string secret;
        for (std::uint64_t i = 0; i < 8 + random.below(40); ++i) {
            // Not '[': the mask itself would complete a secret that ends in it.
            secret += static_cast<char>(random.between('0', 'Z'));
        }
        ASSERT_TRUE(register_secret(secret));
        std::string text;
        for (int i = 0; i < 5; ++i) {
            text += secret.substr(0, random.below(secret.size()));
            text += secret;
        }
        EXPECT_FALSE(redact(text).contains(secret))
            << "seed " << seed << ": " << secret << " in " << redact(text);
    }
}

TEST(secrets, no_secret_reaches_a_log_or_a_label) {
    const auto captured = std::make_shared<log_capture>();
    const logger log(captured, "test");
    log.error("request to bot" + token + " failed", {{"url", "https://x/bot" + token}});
    log.warning("failed", error{errc::bad_answer, "GET /bot" + token + "/getMe: 502"},
                {{"attempt", 2}});
    ASSERT_EQ(captured->lines().size(), 2U);
    EXPECT_EQ(captured->count(token_secret), 0U);
    EXPECT_EQ(captured->lines()[0].event, "request to bot123456789:[secret] failed");
    EXPECT_EQ(captured->lines()[1].fields,
              "code=bad_answer message=\"GET /bot123456789:[secret]/getMe: 502\" attempt=2");

    metrics figures;
    figures.counter("baudot_test_total", "A test.", {{"url", "/bot" + token}}).add();
    EXPECT_TRUE(figures.render().contains(R"(url="/bot123456789:[secret]")"));
}

}  // namespace
}  // namespace baudot::observe
