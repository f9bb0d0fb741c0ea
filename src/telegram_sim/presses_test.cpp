#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;

class presses : public talk_fixture {
protected:
    std::int64_t with_keyboard(std::string_view chat) {
        return ok("sendMessage", R"({"chat_id":)" + std::string(chat) +
                                     R"(,"text":"choose","reply_markup":{"inline_keyboard":[
            [{"text":"Yes","callback_data":"yes"},{"text":"No","callback_data":"no"}],
            [{"text":"Site","url":"https://example.org"}]]}})")
            .at("message_id")
            .as_int64();
    }
    static std::string path(std::string_view chat, std::int64_t id, std::string_view more = "") {
        return "chats/" + std::string(chat) + "/messages/" + std::to_string(id) + "/press" +
               std::string(more);
    }
    static std::string answer(const boost::json::value& id, const std::string& more = "") {
        return R"({"callback_query_id":)" + boost::json::serialize(id) + more + "}";
    }
    static constexpr std::string_view late =
        "Bad Request: query is too old and response timeout expired or query ID is invalid";
};

TEST_F(presses, a_press_asks_the_bot_that_put_the_button_there) {
    const std::int64_t id = with_keyboard(talk);
    const auto pressed = control_ok("POST", path(talk, id), R"({"from":"bob","data":"no"})");
    EXPECT_TRUE(updates(guest, "callback_query").empty());
    const auto told = updates(bot, "callback_query");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].at("id"), pressed.at("id"));
    EXPECT_EQ(told[0].at("from").at("id").as_int64(), 502);
    EXPECT_EQ(text(told[0].at("data")), "no");
    EXPECT_EQ(told[0].at("message").at("message_id").as_int64(), id);
    EXPECT_TRUE(has(told[0].at("message"), "reply_markup"));
    control_ok("POST", path(talk, id), R"({"from":"ann","row":0,"column":0})");
    const auto second = updates(bot, "callback_query");
    EXPECT_EQ(text(second.at(0).at("data")), "yes");
    EXPECT_EQ(second.at(0).at("chat_instance"), told[0].at("chat_instance"));
    const std::int64_t other = with_keyboard(forum);
    control_ok("POST", path(forum, other), R"({"from":"bob","data":"no"})");
    EXPECT_NE(updates(bot, "callback_query").at(0).at("chat_instance"),
              told[0].at("chat_instance"));
}

TEST_F(presses, an_answer_counts_once_and_reaches_the_person) {
    const std::int64_t id = with_keyboard(talk);
    const auto query =
        control_ok("POST", path(talk, id), R"({"from":"bob","data":"yes"})").at("id");
    const std::string press = "presses/" + text(query);
    EXPECT_FALSE(has(control_ok("GET", press), "answer"));
    EXPECT_EQ(refused(guest, "answerCallbackQuery", answer(query)), late) << "another bot's";
    EXPECT_EQ(
        refused("answerCallbackQuery", answer(query, R"(,"text":")" + std::string(201, 'x') + '"')),
        "Bad Request: MESSAGE_TOO_LONG");
    ok("answerCallbackQuery",
       answer(query, R"(,"text":"Thanks","show_alert":true,"url":"https://t.me/a_bot?start=x")"));
    const auto got = control_ok("GET", press).at("answer");
    EXPECT_EQ(text(got.at("text")), "Thanks");
    EXPECT_TRUE(got.at("show_alert").as_bool());
    EXPECT_EQ(text(got.at("url")), "https://t.me/a_bot?start=x");
    EXPECT_EQ(refused("answerCallbackQuery", answer(query)), late);
    EXPECT_EQ(refused("answerCallbackQuery", R"({"callback_query_id":"12345"})"), late);
    EXPECT_EQ(refused("answerCallbackQuery", "{}"), late);
    EXPECT_EQ(control_ok("GET", "presses").as_array().size(), 1u);
}

TEST_F(presses, after_a_quarter_of_an_hour_it_is_too_late) {
    const std::int64_t id = with_keyboard(talk);
    const auto press = [&] {
        return control_ok("POST", path(talk, id), R"({"from":"bob","data":"yes"})").at("id");
    };
    const auto first = press();
    pass(15min - 1s);
    const auto second = press();
    ok("answerCallbackQuery", answer(first));
    pass(15min);
    EXPECT_EQ(refused("answerCallbackQuery", answer(second)), late);
}

TEST_F(presses, an_answer_may_be_kept_by_the_person) {
    const std::int64_t id = with_keyboard(talk);
    const auto press = [&](const std::string& who) {
        return control_ok("POST", path(talk, id), R"({"data":"yes","from":")" + who + "\"}")
            .at("id");
    };
    const auto first = press("bob");
    ok("answerCallbackQuery", answer(first, R"(,"text":"kept","cache_time":60)"));
    (void)updates(bot);
    EXPECT_EQ(press("bob"), first);
    EXPECT_TRUE(updates(bot).empty()) << "nobody is asked again";
    EXPECT_NE(press("ann"), first) << "the answer was Bob's";
    pass(61s);
    EXPECT_NE(press("bob"), first);
}

TEST_F(presses, in_a_private_chat_the_person_presses) {
    const std::int64_t id = with_keyboard("501");
    control_ok("POST", path("501", id, "?bot=a_bot"), R"({"data":"yes"})");
    const auto told = updates(bot, "callback_query");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].at("from").at("id").as_int64(), 501);
    EXPECT_EQ(text(told[0].at("message").at("chat").at("type")), "private");
}

TEST_F(presses, what_asks_no_bot_cannot_be_pressed) {
    const std::int64_t id = with_keyboard(talk);
    const std::int64_t bare = says(talk, R"({"text":"x","from":"bob"})");
    EXPECT_EQ(control_error("POST", path(talk, id), R"({"from":"bob","row":1})"),
              R"(the button asks no bot: {"text":"Site","url":"https://example.org"})");
    EXPECT_EQ(control_error("POST", path(talk, id), R"({"from":"bob","data":"maybe"})"),
              "message " + std::to_string(id) + " has no such button");
    EXPECT_EQ(control_error("POST", path(talk, bare), R"({"from":"bob"})"),
              "message " + std::to_string(bare) + " has no such button");
    EXPECT_EQ(control_error("POST", path(talk, id), R"({"data":"yes"})"),
              "press.from must be given");
    EXPECT_EQ(control_error("POST", path(talk, 9999), R"({"from":"bob"})"),
              "there is no message 9999");
}

TEST_F(presses, a_bot_learns_of_a_press_although_the_message_is_gone) {
    const std::int64_t id = with_keyboard(talk);
    control_ok("POST", path(talk, id), R"({"from":"bob","data":"yes"})");
    EXPECT_EQ(updates(bot, "callback_query").size(), 1u);
    ok("deleteMessage", R"({"chat_id":-1000000000030,"message_id":)" + std::to_string(id) + "}");
    EXPECT_EQ(control_error("POST", path(talk, id), R"({"from":"bob","data":"yes"})"),
              "there is no message " + std::to_string(id));
}

}  // namespace
}  // namespace baudot::telegram_sim
