#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

class pins : public talk_fixture {
protected:
    static std::string args(std::string_view chat, std::int64_t id = 0) {
        std::string out = R"({"chat_id":)" + std::string(chat);
        if (id != 0) out += ",\"message_id\":" + std::to_string(id);
        return out + "}";
    }
    boost::json::value chat_of(std::string_view chat) { return ok("getChat", args(chat)); }
};

TEST_F(pins, a_pin_is_told_to_all_and_shown_by_get_chat) {
    const std::int64_t first = says(talk, R"({"text":"one","from":"bob"})");
    const std::int64_t second =
        says(talk, R"({"text":"two","from":"bob","reply_to":)" + std::to_string(first) + "}");
    for (const user_id each : {bot, guest}) (void)updates(each);
    ok("pinChatMessage", args(talk, second));
    ok("pinChatMessage", args(talk, first));
    for (const user_id each : {bot, guest}) {
        const auto told = updates(each, "message");
        ASSERT_EQ(told.size(), 2u) << "the bot that pinned is told, too";
        EXPECT_EQ(told[0].at("from").at("id").as_int64(), 7001);
        EXPECT_EQ(text(told[0].at("pinned_message").at("text")), "two");
        EXPECT_FALSE(has(told[0].at("pinned_message"), "reply_to_message"));
    }
    EXPECT_EQ(chat_of(talk).at("pinned_message").at("message_id").as_int64(), second)
        << "the newest message, not the newest pin";
    ok("pinChatMessage", args(talk, second));
    EXPECT_TRUE(updates(bot).empty()) << "it was pinned already";
}

TEST_F(pins, without_an_id_the_newest_is_unpinned) {
    const std::int64_t first = says(news, R"({"text":"one"})");
    const std::int64_t second = says(news, R"({"text":"two"})");
    for (const auto id : {first, second}) ok("pinChatMessage", args(news, id));
    ok("unpinChatMessage", args(news));
    EXPECT_EQ(chat_of(news).at("pinned_message").at("message_id").as_int64(), first);
    ok("unpinChatMessage", args(news, second));
    ok("unpinChatMessage", args(news));
    EXPECT_FALSE(has(chat_of(news), "pinned_message"));
    EXPECT_EQ(refused("unpinChatMessage", args(news)), "Bad Request: message to unpin not found");
    for (const auto id : {first, second}) ok("pinChatMessage", args(news, id));
    ok("unpinAllChatMessages", args(news));
    EXPECT_FALSE(has(chat_of(news), "pinned_message"));
}

TEST_F(pins, a_deleted_message_is_pinned_no_more) {
    const std::int64_t id = says(talk, R"({"text":"one","from":"bob"})");
    ok("pinChatMessage", args(talk, id));
    ok("deleteMessage", args(talk, id));
    EXPECT_FALSE(has(chat_of(talk), "pinned_message"));
    EXPECT_EQ(refused("unpinChatMessage", args(talk)), "Bad Request: message to unpin not found");
    EXPECT_EQ(refused("pinChatMessage", args(talk, id)), "Bad Request: message to pin not found");
}

TEST_F(pins, the_message_is_looked_for_before_the_right) {
    const std::int64_t id = says(talk, R"({"text":"one","from":"bob"})");
    const std::string rights =
        "Bad Request: not enough rights to manage pinned messages in the chat";
    ok(guest, "pinChatMessage", args(talk, id));
    ok("setChatPermissions",
       R"({"chat_id":-1000000000030,"permissions":{"can_send_messages":true}})");
    EXPECT_EQ(refused(guest, "pinChatMessage", args(talk, id)), rights);
    EXPECT_EQ(refused(guest, "unpinAllChatMessages", args(talk)), rights);
    EXPECT_EQ(refused(guest, "unpinChatMessage", args(talk, 999)),
              "Bad Request: message to unpin not found");
    EXPECT_EQ(refused(guest, "pinChatMessage", args(talk)),
              "Bad Request: message identifier is not specified");
    control_ok("PUT", "chats/-1000000000010/members",
               R"({"user":"a_bot","status":"administrator","rights":["can_post_messages"]})");
    const std::int64_t post = says(news, R"({"text":"x"})");
    EXPECT_EQ(refused("pinChatMessage", args(news, post)), rights)
        << "in a channel that is can_edit_messages";
}

TEST_F(pins, in_a_private_chat_either_side_pins) {
    const auto sent = ok("sendMessage", R"({"chat_id":501,"text":"hello"})");
    ok("pinChatMessage", args("501", sent.at("message_id").as_int64()));
    EXPECT_EQ(text(chat_of("501").at("pinned_message").at("text")), "hello");
    control_ok("DELETE", "chats/501/messages/" + std::to_string(sent.at("message_id").as_int64()) +
                             "/pin?bot=a_bot&from=ann");
    EXPECT_FALSE(has(chat_of("501"), "pinned_message"));
}

TEST_F(pins, topics_keep_their_pins_apart) {
    const auto topic = ok("createForumTopic", R"({"chat_id":-1000000000020,"name":"T"})")
                           .at("message_thread_id")
                           .as_int64();
    const std::int64_t inside =
        says(forum, R"({"text":"in","from":"bob","topic":)" + std::to_string(topic) + "}");
    const std::int64_t lobby = says(forum, R"({"text":"lobby","from":"bob"})");
    for (const auto id : {inside, lobby}) ok("pinChatMessage", args(forum, id));
    const auto told = updates(bot, "message");
    EXPECT_EQ(told[told.size() - 2].at("message_thread_id").as_int64(), topic);
    EXPECT_FALSE(has(told[told.size() - 1], "message_thread_id"));
    ok("unpinAllGeneralForumTopicMessages", args(forum));
    EXPECT_EQ(chat_of(forum).at("pinned_message").at("message_id").as_int64(), inside);
    ok("unpinAllForumTopicMessages",
       R"({"chat_id":-1000000000020,"message_thread_id":)" + std::to_string(topic) + "}");
    EXPECT_FALSE(has(chat_of(forum), "pinned_message"));
}

}  // namespace
}  // namespace baudot::telegram_sim
