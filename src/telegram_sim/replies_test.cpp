#include "telegram_sim/quotes.hpp"
#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

class replies : public talk_fixture {
protected:
    static std::string args(std::string_view chat, const std::string& parameters) {
        return R"({"chat_id":)" + std::string(chat) + R"(,"text":"answer","reply_parameters":)" +
               parameters + "}";
    }
    static std::string to(std::int64_t id, const std::string& more = "") {
        return R"({"message_id":)" + std::to_string(id) + more + "}";
    }
};

TEST_F(replies, an_answer_shows_what_it_answers_and_no_further) {
    const std::int64_t first = says(talk, R"({"text":"one","from":"bob"})");
    const auto second = ok("sendMessage", args(talk, to(first)));
    const auto third = ok("sendMessage", args(talk, to(second.at("message_id").as_int64())));
    const auto& shown = third.at("reply_to_message");
    EXPECT_EQ(shown.at("message_id"), second.at("message_id"));
    EXPECT_FALSE(has(shown, "reply_to_message"));
    const auto old_form = ok("sendMessage", R"({"chat_id":-1000000000030,"text":"x",
        "reply_to_message_id":)" + std::to_string(first) +
                                                "}");
    EXPECT_EQ(text(old_form.at("reply_to_message").at("text")), "one");
}

TEST_F(replies, answers_in_a_supergroup_without_topics_share_a_thread) {
    const std::int64_t root = says(talk, R"({"text":"one","from":"bob"})");
    const auto second = ok("sendMessage", args(talk, to(root)));
    EXPECT_EQ(second.at("message_thread_id").as_int64(), root);
    EXPECT_FALSE(has(second, "is_topic_message"));
    const auto third = ok("sendMessage", args(talk, to(second.at("message_id").as_int64())));
    EXPECT_EQ(third.at("message_thread_id").as_int64(), root);
    const auto here = ok("sendMessage", R"({"chat_id":-1000000000030,"text":"x",
        "message_thread_id":)" + std::to_string(root) +
                                            "}");
    EXPECT_EQ(here.at("reply_to_message").at("message_id").as_int64(), root);
}

TEST_F(replies, what_is_not_there_is_refused_or_left_out_as_asked) {
    const std::string missing = "Bad Request: message to be replied not found";
    EXPECT_EQ(refused("sendMessage", args(talk, to(99))), missing);
    const auto sent =
        ok("sendMessage", args(talk, to(99, R"(,"allow_sending_without_reply":true)")));
    EXPECT_FALSE(has(sent, "reply_to_message"));
    const std::string elsewhere = R"(,"chat_id":-1000000000010,"allow_sending_without_reply":true)";
    EXPECT_EQ(refused("sendMessage", args(talk, to(99, elsewhere))), missing)
        << "never left out for another chat";
    EXPECT_EQ(refused("sendMessage", args(talk, to(1, R"(,"chat_id":-1009999999999)"))),
              "Bad Request: chat not found");
    EXPECT_EQ(refused("sendMessage", args(talk, "[]")),
              "Bad Request: object expected as reply parameters");
}

TEST_F(replies, an_answer_to_another_chat_brings_origin_media_and_a_quote_along) {
    const std::int64_t post = says(news, R"({"text":"<b>big</b> news","parse_mode":"html",
        "media":{"type":"photo","text":"bytes"}})");
    const auto sent = ok("sendMessage", args(talk, to(post, R"(,"chat_id":-1000000000010)")));
    EXPECT_FALSE(has(sent, "reply_to_message"));
    const auto& external = sent.at("external_reply");
    EXPECT_EQ(text(external.at("origin").at("type")), "channel");
    EXPECT_EQ(external.at("origin").at("message_id").as_int64(), post);
    EXPECT_EQ(external.at("chat").at("id").as_int64(), -1000000000010);
    EXPECT_EQ(external.at("message_id").as_int64(), post);
    EXPECT_TRUE(has(external, "photo"));
    EXPECT_FALSE(has(external, "caption"));
    EXPECT_EQ(text(sent.at("quote").at("text")), "big news");
    EXPECT_EQ(text(sent.at("quote").at("entities").at(0).at("type")), "bold");
    EXPECT_FALSE(has(sent.at("quote"), "is_manual"));
}

TEST_F(replies, an_answer_to_a_person_elsewhere_names_the_person_only) {
    const std::int64_t post = says(group, R"({"text":"in a group","from":"bob"})");
    const chat& where = *telegram.in().find_chat(bot, chat_id{-77});
    const auto shown = std::to_underlying(telegram.in().shown_id(bot, where, message_id{post}));
    const auto sent = ok("sendMessage", args(talk, to(shown, R"(,"chat_id":-77)")));
    EXPECT_EQ(text(sent.at("external_reply").at("origin").at("type")), "user");
    EXPECT_EQ(sent.at("external_reply").at("origin").at("sender_user").at("id").as_int64(), 502);
    EXPECT_FALSE(has(sent.at("external_reply"), "message_id"))
        << "ids there are each account's own";
}

TEST_F(replies, a_quote_must_stand_in_the_message_with_its_marks) {
    const std::int64_t post =
        says(talk, R"({"text":"see <b>this</b> and this","parse_mode":"html","from":"bob"})");
    const auto plain = ok("sendMessage", args(talk, to(post, R"(,"quote":"this")")));
    EXPECT_EQ(plain.at("quote").at("position").as_int64(), 13) << "the first \"this\" is bold";
    EXPECT_TRUE(plain.at("quote").at("is_manual").as_bool());
    const auto bold = ok("sendMessage", args(talk, to(post, R"(,"quote":"<b>this</b> and",
        "quote_parse_mode":"HTML","quote_position":4)")));
    EXPECT_EQ(bold.at("quote").at("position").as_int64(), 4);
    EXPECT_EQ(bold.at("quote").at("entities").at(0).at("length").as_int64(), 4);
    const std::string invalid = "Bad Request: QUOTE_TEXT_INVALID";
    EXPECT_EQ(refused("sendMessage", args(talk, to(post, R"(,"quote":"that")"))), invalid);
    EXPECT_EQ(refused("sendMessage", args(talk, to(post, R"(,"quote":"see",
        "quote_entities":[{"type":"italic","offset":0,"length":3}])"))),
              invalid);
    EXPECT_EQ(
        refused("sendMessage", args(talk, to(post, R"(,"quote":"<b>x","quote_parse_mode":"html")")))
            .substr(0, 34),
        "Bad Request: can't parse entities:");
}

TEST_F(replies, an_answer_across_topics_is_as_one_across_chats) {
    const auto topic = ok("createForumTopic", R"({"chat_id":-1000000000020,"name":"T"})")
                           .at("message_thread_id")
                           .as_int64();
    const std::int64_t lobby = says(forum, R"({"text":"lobby","from":"bob"})");
    const auto sent =
        ok("sendMessage", R"({"chat_id":-1000000000020,"text":"x","message_thread_id":)" +
                              std::to_string(topic) + R"(,"reply_parameters":)" + to(lobby) + "}");
    EXPECT_EQ(sent.at("message_thread_id").as_int64(), topic);
    EXPECT_EQ(sent.at("external_reply").at("message_id").as_int64(), lobby);
    const auto stays = ok("sendMessage", args(forum, to(sent.at("message_id").as_int64())));
    EXPECT_EQ(stays.at("message_thread_id").as_int64(), topic) << "the topic of what it answers";
}

TEST_F(replies, copies_of_a_talk_answer_each_other) {
    const std::int64_t first = says(talk, R"({"text":"one","from":"bob"})");
    const std::int64_t second =
        says(talk, R"({"text":"two","from":"ann","reply_to":)" + std::to_string(first) + "}");
    const auto made = ok("copyMessages", R"({"chat_id":-1000000000010,"from_chat_id":-1000000000030,
        "message_ids":[)" + std::to_string(first) +
                                             ',' + std::to_string(second) + "]}");
    const std::string path = "chats/" + std::string(news) + "/messages/";
    const auto copy =
        control_ok("GET", path + std::to_string(made.at(1).at("message_id").as_int64()));
    EXPECT_EQ(copy.at("reply_to"), made.at(0).at("message_id"));
    const auto alone = ok("copyMessage", R"({"chat_id":-1000000000010,"from_chat_id":-1000000000030,
        "message_id":)" + std::to_string(second) +
                                             "}");
    EXPECT_FALSE(has(control_ok("GET", path + std::to_string(alone.at("message_id").as_int64())),
                     "reply_to"));
}

TEST_F(replies, people_quote_and_answer_from_elsewhere) {
    const std::int64_t post = says(news, R"({"text":"a <i>long</i> story","parse_mode":"html"})");
    (void)updates(bot);
    says(talk, R"({"text":"well","from":"bob","reply_to":)" + std::to_string(post) +
                   R"(,"reply_chat":-1000000000010,"quote":"long story"})");
    const auto told = updates(bot, "message");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].at("external_reply").at("message_id").as_int64(), post);
    EXPECT_EQ(told[0].at("quote").at("position").as_int64(), 2);
    EXPECT_EQ(text(told[0].at("quote").at("entities").at(0).at("type")), "italic");
    EXPECT_EQ(
        control_error("POST", "chats/-1000000000010/messages",
                      R"({"text":"x","reply_to":)" + std::to_string(post) + R"(,"quote":"short"})"),
        "message " + std::to_string(post) + " does not say \"short\"");
}

TEST(quotes, are_found_at_their_position_or_else_anywhere) {
    const formatted_text whole{.text = "aba aba"};
    EXPECT_EQ(find_quote(whole, {.text = "aba"}, std::nullopt, true)->position, 0);
    EXPECT_EQ(find_quote(whole, {.text = "aba"}, 1, true)->position, 4);
    EXPECT_EQ(find_quote(whole, {.text = "aba"}, 5, true)->position, 0);
    EXPECT_FALSE(find_quote(whole, {.text = "abb"}, std::nullopt, true));
    EXPECT_FALSE(find_quote(whole, {.text = ""}, std::nullopt, true));
}

TEST(quotes, count_in_utf16_and_cut_at_code_points) {
    std::string wide;
    for (std::size_t i = 0; i < quote_points_max + 5; ++i) wide += "😀";
    const auto beginning = quote_beginning({.text = wide});
    ASSERT_TRUE(beginning);
    EXPECT_EQ(beginning->text.text.size(), quote_points_max * 4);
    EXPECT_EQ(find_quote({.text = "😀x"}, {.text = "x"}, std::nullopt, true)->position, 2);
}

}  // namespace
}  // namespace baudot::telegram_sim
