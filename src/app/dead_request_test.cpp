#include "app/dead_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace baudot::app {
namespace {

dead_request whole() {
    dead_request what{.verb = dead_verb::retry, .which = {}, .may_double = true};
    what.through = account_id{77};
    what.which.letters = {{sequence{4711}, 0}, {sequence{4712}, 15}};
    what.which.route = "news \"of\" the day";
    what.which.destination = chat_id{-1'001'234'567'890};
    what.which.account = account_id{600'100'200};
    what.which.why = reject_class::forbidden;
    what.which.since = 1;
    what.which.until = 1'791'690'045'000'000;
    what.which.limit = 5;
    what.which.with_retried = true;
    return what;
}

TEST(dead_request, what_is_asked_of_a_running_baudot_arrives_there) {
    for (const dead_request& asked :
         {whole(), dead_request{.verb = dead_verb::drop, .which = {}}}) {
        const auto heard = parse_dead_request(to_json(asked));
        ASSERT_TRUE(heard) << heard.error().message;
        EXPECT_EQ(heard->verb, asked.verb);
        EXPECT_EQ(heard->may_double, asked.may_double);
        EXPECT_EQ(heard->through, asked.through);
        EXPECT_EQ(heard->which.letters, asked.which.letters);
        EXPECT_EQ(heard->which.route, asked.which.route);
        EXPECT_EQ(heard->which.destination, asked.which.destination);
        EXPECT_EQ(heard->which.account, asked.which.account);
        EXPECT_EQ(heard->which.why, asked.which.why);
        EXPECT_EQ(heard->which.since, asked.which.since);
        EXPECT_EQ(heard->which.until, asked.which.until);
        EXPECT_EQ(heard->which.limit, asked.which.limit);
        EXPECT_EQ(heard->which.with_retried, asked.which.with_retried);
    }
}

TEST(dead_request, what_is_not_one_is_refused_and_never_guessed) {
    const std::string good = to_json(whole());
    const auto with = [&](const std::string& part, const std::string& instead) {
        std::string text = good;
        const std::size_t at = text.find(part);
        EXPECT_NE(at, std::string::npos) << part;
        return text.replace(at, part.size(), instead);
    };
    for (const std::string& bad :
         {std::string(), std::string("{}"), std::string("[]"), good.substr(0, good.size() / 2),
          with("\"retry\"", "\"burn\""), with("4711.0", "4711"), with("forbidden", "annoying"),
          with("\"through\":77", "\"through\":\"me\"")}) {
        const auto heard = parse_dead_request(bad);
        ASSERT_FALSE(heard) << bad;
        EXPECT_EQ(heard.error().code, errc::invalid_argument);
    }
}

TEST(dead_request, a_letter_is_named_by_position_and_index) {
    EXPECT_EQ(parse_letter_name("4711.3"), (delivery_ref{sequence{4711}, 3}));
    for (const char* bad : {"", ".", "4711", "4711.", ".3", "0.3", "-1.3", "4711.3.1", "4711.x"}) {
        EXPECT_FALSE(parse_letter_name(bad)) << bad;
    }
}

TEST(dead_request, every_condition_of_a_filter_counts) {
    engine::dead_letter letter{.letter = {sequence{1}, 0}, .died_at = 100};
    letter.why = reject_class::forbidden;
    letter.what.route = "news";
    letter.what.deliveries = {{.destination = chat_id{-5}, .sender = account_id{6}}};
    EXPECT_TRUE(dead_filter{}.matches(letter));
    dead_filter all{.route = "news", .destination = chat_id{-5}, .account = account_id{6}};
    all.why = reject_class::forbidden;
    all.since = 100;
    all.until = 101;
    EXPECT_TRUE(all.matches(letter));
    const auto one_off = [&](auto change) {
        dead_filter other = all;
        change(other);
        return other.matches(letter);
    };
    EXPECT_FALSE(one_off([](dead_filter& by) { by.route = "sport"; }));
    EXPECT_FALSE(one_off([](dead_filter& by) { by.destination = chat_id{-6}; }));
    EXPECT_FALSE(one_off([](dead_filter& by) { by.account = account_id{7}; }));
    EXPECT_FALSE(one_off([](dead_filter& by) { by.why = reject_class::bad_request; }));
    EXPECT_FALSE(one_off([](dead_filter& by) { by.since = 101; }));
    EXPECT_FALSE(one_off([](dead_filter& by) { by.until = 100; }));
    letter.retried_as = sequence{9};
    EXPECT_FALSE(all.matches(letter)) << "it is owed again";
    all.with_retried = true;
    EXPECT_TRUE(all.matches(letter));
}

}  // namespace
}  // namespace baudot::app
