#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "telegram_sim/door_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

const std::string news = R"("chat_id":"@news")";
const std::string quiz =
    R"(,"question":"Q?","options":["a","b"],"type":"quiz","correct_option_id":1,
    "explanation":"<i>why</i>","explanation_parse_mode":"HTML"})";

struct poll_test : door_fixture {
    json::value ask_news(const std::string& more) { return call("sendPoll", "{" + news + more); }
    static std::string id(const json::value& message) {
        return json::serialize(message.at("message_id"));
    }
    std::string of(const json::value& message) { return news + ",\"message_id\":" + id(message); }
    std::string vote(const std::string& where, const std::string& message,
                     const std::string& options) {
        return control("POST", "/sim/v1/chats/" + where + "/messages/" + message + "/votes",
                       R"({"from":"ann","options":)" + options + "}");
    }
};

TEST_F(poll_test, a_poll_is_told_with_its_options_and_terms) {
    const json::value made = ask_news(R"(,"question":"Tea?","options":["Yes",{"text":"No"}],
        "allows_multiple_answers":true,"open_period":600,"description":"d"})");
    const json::value& poll = made.at("poll");
    EXPECT_EQ(text(poll.at("question")), "Tea?");
    EXPECT_EQ(poll.at("options"),
              json::parse(R"([{"persistent_id":"0","text":"Yes","voter_count":0},
                              {"persistent_id":"1","text":"No","voter_count":0}])"));
    EXPECT_EQ(text(poll.at("type")), "regular");
    EXPECT_TRUE(poll.at("is_anonymous").as_bool());
    EXPECT_TRUE(poll.at("allows_multiple_answers").as_bool());
    EXPECT_TRUE(poll.at("allows_revoting").as_bool());
    EXPECT_EQ(poll.at("open_period").as_int64(), 600);
    EXPECT_EQ(poll.at("close_date").as_int64(), made.at("date").as_int64() + 600);
    EXPECT_EQ(text(poll.at("description")), "d");
    EXPECT_FALSE(made.as_object().contains("text"));
}

TEST_F(poll_test, refused_polls_have_telegrams_own_texts) {
    std::string many = "[";
    for (int i = 0; i < 13; ++i) many += "\"x\",";
    many.back() = ']';
    const auto ask = [](const std::string& question, const std::string& rest) {
        return ",\"question\":\"" + question + "\",\"options\":" + rest;
    };
    const std::vector<std::pair<std::string, std::string>> table = {
        {ask(" ", "[\"a\"]"), "text must be non-empty"},
        {ask(std::string(301, 'q'), "[\"a\"]"), "poll question length must not exceed 300"},
        {ask("q", "\"{\""), "can't parse options JSON object"},
        {ask("q", "[1]"), "can't parse InputPollOption: Expected InputPollOption to be an Object"},
        {ask("q", "[{}]"), "can't parse InputPollOption: Can't find field \"text\""},
        {ask("q", "[]"), "poll must have at least one answer option"},
        {ask("q", many), "poll can't have more than 12 options"},
        {ask("q", "[\"a\",\" \"]"), "text must be non-empty"},
        {ask("q", "[\"" + std::string(101, 'o') + "\"]"),
         "poll options length must not exceed 100"},
        {ask("q", "[\"a\"]") + R"(,"type":"survey")", "unsupported poll type specified"},
        {ask("q", "[\"a\"]") + R"(,"is_anonymous":false)",
         "non-anonymous polls can't be sent to channel chats"},
        {ask("q", "[\"a\"]") + R"(,"type":"quiz")", "QUIZ_CORRECT_ANSWERS_EMPTY"},
        {ask("q", "[\"a\"]") + R"(,"type":"quiz","correct_option_id":1)",
         "wrong correct option ID specified"},
        {ask("q", "[\"a\",\"b\"]") + R"(,"type":"quiz","correct_option_ids":[0,1])",
         "QUIZ_CORRECT_ANSWERS_TOO_MUCH"},
    };
    for (const auto& [arguments, why] : table) {
        EXPECT_EQ(refusal("sendPoll", fmt::format("{{{}{}}}", news, arguments)),
                  "Bad Request: " + why)
            << arguments;
    }
}

TEST_F(poll_test, a_vote_is_told_to_the_bot_whose_poll_it_is) {
    const json::value made =
        call("sendPoll", R"({"chat_id":-1001,"question":"q","options":["a","b"],
        "is_anonymous":false})");
    const std::string own =
        json::serialize(json::parse(control("GET", "/sim/v1/chats/-1001/messages"))
                            .as_array()
                            .back()
                            .at("message_id"));
    EXPECT_EQ(vote("-1001", own, "[1]"), R"({"ok":true})");
    EXPECT_EQ(vote("-1001", own, "[]"), R"({"ok":true})");
    const json::value told = updates();
    ASSERT_EQ(told.as_array().size(), 4u);
    EXPECT_EQ(told.at(0).at("poll").at("options").at(1).at("voter_count").as_int64(), 1);
    EXPECT_EQ(told.at(0).at("poll").at("total_voter_count").as_int64(), 1);
    const json::value& answer = told.at(1).at("poll_answer");
    EXPECT_EQ(answer.at("poll_id"), made.at("poll").at("id"));
    EXPECT_EQ(answer.at("user").at("id").as_int64(), 501);
    EXPECT_EQ(answer.at("option_ids"), json::parse("[1]"));
    EXPECT_EQ(told.at(3).at("poll_answer").at("option_ids"), json::parse("[]"));
    EXPECT_EQ(vote("-1001", own, "[2]"), R"({"error":"an option is between 0 and 1"})");
    EXPECT_EQ(vote("-1001", own, "[0,1]"), R"({"error":"the poll takes one answer"})");
}

TEST_F(poll_test, an_anonymous_vote_tells_numbers_only_and_a_quiz_takes_one_answer_for_ever) {
    const json::value made = ask_news(quiz);
    EXPECT_EQ(vote("news", id(made), "[0]"), R"({"ok":true})");
    const json::value told = updates();
    ASSERT_EQ(told.as_array().size(), 1u);
    EXPECT_EQ(told.at(0).at("poll").at("total_voter_count").as_int64(), 1);
    EXPECT_EQ(vote("news", id(made), "[1]"), R"({"error":"an answer to this poll stands"})");
    EXPECT_EQ(vote("news", id(made), "[]"), R"({"error":"an answer to this poll stands"})");
}

TEST_F(poll_test, a_stopped_poll_is_answered_and_takes_no_more_votes) {
    const json::value made = ask_news(R"(,"question":"q","options":["a"]})");
    const json::value stopped = call("stopPoll", "{" + of(made) + "}");
    EXPECT_TRUE(stopped.at("is_closed").as_bool());
    EXPECT_EQ(refusal("stopPoll", "{" + of(made) + "}"),
              "Bad Request: poll has already been closed");
    EXPECT_EQ(vote("news", id(made), "[0]"), R"({"error":"the poll is closed"})");
    EXPECT_TRUE(updates().at(0).at("poll").at("is_closed").as_bool());
    const json::value words = call("sendMessage", "{" + news + R"(,"text":"x"})");
    EXPECT_EQ(refusal("stopPoll", "{" + of(words) + "}"), "Bad Request: message is not a poll");
    EXPECT_EQ(refusal("stopPoll", "{" + news + R"(,"message_id":99})"),
              "Bad Request: message with poll to stop not found");
}

TEST_F(poll_test, a_poll_ends_by_itself) {
    const json::value made = ask_news(R"(,"question":"q","options":["a"],"open_period":10})");
    pass(9s);
    EXPECT_EQ(vote("news", id(made), "[0]"), R"({"ok":true})");
    pass(1s);
    EXPECT_EQ(vote("news", id(made), "[]"), R"({"error":"the poll is closed"})");
    const json::value told = updates();
    ASSERT_EQ(told.as_array().size(), 2u);
    EXPECT_TRUE(told.at(1).at("poll").at("is_closed").as_bool());
}

TEST_F(poll_test, only_who_knows_the_answer_of_a_quiz_is_told_it_and_may_copy_it) {
    const json::value own = ask_news(quiz);
    EXPECT_EQ(own.at("poll").at("correct_option_ids"), json::parse("[1]"));
    EXPECT_EQ(text(own.at("poll").at("explanation")), "why");
    control("POST", "/sim/v1/chats/news/messages",
            R"({"media":{"type":"poll","question":"S?","options":["a","b"],"quiz":true,
                "correct_option_ids":[0]}})");
    const json::value foreign = updates().at(0).at("channel_post");
    EXPECT_FALSE(foreign.at("poll").as_object().contains("correct_option_ids"));
    const auto copy = [](const json::value& which) {
        return R"({"chat_id":-1000000000020,"from_chat_id":"@news","message_id":)" + id(which) +
               "}";
    };
    EXPECT_EQ(refusal("copyMessage", copy(foreign)), "Bad Request: message can't be copied");
    call("copyMessage", copy(own));
    EXPECT_EQ(call("forwardMessage", copy(foreign)).at("poll").at("id"),
              foreign.at("poll").at("id"))
        << "a forward shows the same poll";
}

TEST_F(poll_test, a_copy_is_a_poll_of_its_own) {
    const json::value made = ask_news(R"(,"question":"q","options":["a","b"]})");
    vote("news", id(made), "[0]");
    call("stopPoll", "{" + of(made) + "}");
    call("copyMessage",
         R"({"chat_id":-1000000000020,"from_chat_id":"@news","message_id":)" + id(made) + "}");
    const json::value copy =
        json::parse(control("GET", "/sim/v1/chats/-1000000000020/messages")).at(0).at("media");
    EXPECT_NE(copy.at("poll").at("id"), made.at("poll").at("id"));
    EXPECT_EQ(copy.at("poll").at("total_voter_count").as_int64(), 0);
    EXPECT_FALSE(copy.at("poll").at("is_closed").as_bool());
    EXPECT_EQ(copy.at("poll").at("question"), made.at("poll").at("question"));
}

}  // namespace
}  // namespace baudot::telegram_sim
