#include "telegram_sim/topics.hpp"

#include <array>

#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

class topics : public talk_fixture {
protected:
    static std::string in_forum(std::string_view more = "") {
        return R"({"chat_id":)" + std::string(forum) + std::string(more) + "}";
    }
    std::int64_t make(const std::string& name) {
        return ok("createForumTopic", in_forum(R"(,"name":")" + name + '"'))
            .at("message_thread_id")
            .as_int64();
    }
    static std::string thread(std::int64_t id, const std::string& more = "") {
        return in_forum(",\"message_thread_id\":" + std::to_string(id) + more);
    }
};

TEST_F(topics, a_topic_is_made_of_a_service_message_that_its_maker_gets_too) {
    const auto made =
        ok("createForumTopic", in_forum(R"(,"name":"  News \n of it ","icon_color":9367192,
        "icon_custom_emoji_id":"5312")"));
    EXPECT_EQ(text(made.at("name")), "News of it");
    EXPECT_EQ(made.at("icon_color").as_int64(), 9367192);
    EXPECT_EQ(text(made.at("icon_custom_emoji_id")), "5312");
    const auto told = updates(bot, "message");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].at("message_id"), made.at("message_thread_id"));
    EXPECT_EQ(told[0].at("message_thread_id"), made.at("message_thread_id"));
    EXPECT_TRUE(told[0].at("is_topic_message").as_bool());
    EXPECT_TRUE(told[0].at("chat").at("is_forum").as_bool());
    EXPECT_EQ(text(told[0].at("forum_topic_created").at("name")), "News of it");
    EXPECT_FALSE(has(told[0], "reply_to_message"));
    EXPECT_TRUE(ok("getChat", in_forum()).at("is_forum").as_bool());
}

TEST_F(topics, a_message_in_a_topic_answers_the_one_that_made_it) {
    const std::int64_t id = make("T");
    const auto sent = ok("sendMessage", thread(id, R"(,"text":"hello")"));
    EXPECT_EQ(sent.at("message_thread_id").as_int64(), id);
    EXPECT_TRUE(sent.at("is_topic_message").as_bool());
    EXPECT_EQ(sent.at("reply_to_message").at("message_id").as_int64(), id);
    EXPECT_TRUE(has(sent.at("reply_to_message"), "forum_topic_created"));
    const auto general = ok("sendMessage", in_forum(R"(,"text":"to all")"));
    EXPECT_FALSE(has(general, "message_thread_id"));
    EXPECT_FALSE(has(general, "is_topic_message"));
}

TEST_F(topics, every_way_to_send_goes_into_the_topic) {
    const std::int64_t id = make("T");
    const std::int64_t post = says(news, R"({"text":"x"})");
    const std::int64_t other = says(news, R"({"text":"y"})");
    const std::string from = ",\"from_chat_id\":" + std::string(news);
    const std::string one = from + ",\"message_id\":" + std::to_string(post);
    const std::string many =
        from + ",\"message_ids\":[" + std::to_string(post) + ',' + std::to_string(other) + ']';
    ok("copyMessage", thread(id, one));
    ok("forwardMessage", thread(id, one));
    ok("copyMessages", thread(id, many));
    ok("forwardMessages", thread(id, many));
    const auto history =
        control_ok("GET", "chats/" + std::string(forum) + "/messages?after=" + std::to_string(id));
    ASSERT_EQ(history.as_array().size(), 6u);
    for (const auto& each : history.as_array()) EXPECT_EQ(each.at("topic").as_int64(), id);
}

TEST_F(topics, a_thread_that_is_none_is_refused) {
    const std::int64_t id = make("T");
    const std::int64_t plain = says(forum, R"({"text":"plain","from":"bob"})");
    const std::string none = "Bad Request: message thread not found";
    EXPECT_EQ(refused("sendMessage", thread(plain, R"(,"text":"x")")), none);
    EXPECT_EQ(refused("sendMessage", thread(1, R"(,"text":"x")")), none) << "General has no thread";
    EXPECT_EQ(refused("sendMessage", thread(99999, R"(,"text":"x")")), none);
    EXPECT_EQ(refused("sendMessage", R"({"chat_id":501,"message_thread_id":5,"text":"x"})"), none);
    ok("deleteForumTopic", thread(id));
    EXPECT_EQ(refused("sendMessage", thread(id, R"(,"text":"x")")), none);
    EXPECT_EQ(refused("closeForumTopic", thread(id)), "Bad Request: TOPIC_ID_INVALID");
}

TEST_F(topics, a_closed_topic_takes_messages_from_its_maker_and_its_managers_only) {
    const std::int64_t id = make("T");
    const auto theirs = ok(guest, "createForumTopic", in_forum(R"(,"name":"guest's")"))
                            .at("message_thread_id")
                            .as_int64();
    ok("closeForumTopic", thread(id));
    ok("closeForumTopic", thread(theirs));
    const std::string closed = "Bad Request: TOPIC_CLOSED";
    EXPECT_EQ(refused(guest, "sendMessage", thread(id, R"(,"text":"x")")), closed);
    ok(guest, "sendMessage", thread(theirs, R"(,"text":"x")"));
    ok("sendMessage", thread(id, R"(,"text":"x")"));
    EXPECT_EQ(refused("closeForumTopic", thread(id)), "Bad Request: TOPIC_NOT_MODIFIED");
    ok("reopenForumTopic", thread(id));
    ok(guest, "sendMessage", thread(id, R"(,"text":"x")"));
    ok("closeGeneralForumTopic", in_forum());
    EXPECT_EQ(refused(guest, "sendMessage", in_forum(R"(,"text":"x")")), closed);
}

TEST_F(topics, an_edit_tells_what_is_new_and_only_that) {
    const std::int64_t id = make("T");
    (void)updates(guest);
    ok("editForumTopic", thread(id, R"(,"name":"U")"));
    ok("editForumTopic", thread(id, R"(,"name":"","icon_custom_emoji_id":"77")"));
    ok("editForumTopic", thread(id, R"(,"icon_custom_emoji_id":"")"));
    ok("editForumTopic", thread(id));
    EXPECT_EQ(refused("editForumTopic", thread(id, R"(,"name":"U")")),
              "Bad Request: TOPIC_NOT_MODIFIED");
    const auto told = updates(guest, "message");
    ASSERT_EQ(told.size(), 3u);
    EXPECT_EQ(boost::json::serialize(told[0].at("forum_topic_edited")), R"({"name":"U"})");
    EXPECT_EQ(boost::json::serialize(told[1].at("forum_topic_edited")),
              R"({"icon_custom_emoji_id":"77"})");
    EXPECT_EQ(boost::json::serialize(told[2].at("forum_topic_edited")),
              R"({"icon_custom_emoji_id":""})");
}

TEST_F(topics, general_is_renamed_closed_and_hidden_outside_of_any_thread) {
    ok("editGeneralForumTopic", in_forum(R"(,"name":"Lobby")"));
    ok("hideGeneralForumTopic", in_forum());
    ok("unhideGeneralForumTopic", in_forum());
    ok("reopenGeneralForumTopic", in_forum());
    EXPECT_EQ(refused("reopenGeneralForumTopic", in_forum()), "Bad Request: TOPIC_NOT_MODIFIED");
    const auto told = updates(bot, "message");
    constexpr std::array kinds = {"forum_topic_edited", "general_forum_topic_hidden",
                                  "general_forum_topic_unhidden", "forum_topic_reopened"};
    ASSERT_EQ(told.size(), kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        EXPECT_TRUE(has(told[i], kinds[i])) << boost::json::serialize(told[i]);
        EXPECT_FALSE(has(told[i], "message_thread_id"));
    }
}

TEST_F(topics, rights_decide_who_manages) {
    const std::int64_t id = make("T");
    EXPECT_EQ(refused(guest, "editForumTopic", thread(id, R"(,"name":"x")")),
              "Bad Request: not enough rights to edit the topic");
    EXPECT_EQ(refused(guest, "closeForumTopic", thread(id)),
              "Bad Request: not enough rights to close or open the topic");
    EXPECT_EQ(refused(guest, "deleteForumTopic", thread(id)),
              "Bad Request: not enough rights to delete the topic");
    ok("setChatPermissions", in_forum(R"(,"permissions":{"can_send_messages":true})"));
    EXPECT_EQ(refused(guest, "unpinAllForumTopicMessages", thread(id)).substr(0, 43),
              "Bad Request: not enough rights to manage pi");
    EXPECT_EQ(refused(guest, "createForumTopic", in_forum(R"(,"name":"x")")),
              "Bad Request: not enough rights to create a topic");
    EXPECT_EQ(refused("createForumTopic", in_forum(R"(,"name":" ")")),
              "Bad Request: title must be non-empty");
    EXPECT_EQ(refused("createForumTopic", R"({"chat_id":-1000000000030,"name":"x"})"),
              "Bad Request: the chat is not a forum");
    EXPECT_EQ(refused("closeForumTopic", in_forum()),
              "Bad Request: invalid forum topic identifier specified");
    EXPECT_EQ(refused("unpinAllGeneralForumTopicMessages", R"({"chat_id":-1000000000030})"),
              "Bad Request: chat doesn't have topics");
}

TEST_F(topics, a_deleted_topic_takes_its_messages_along_and_tells_nobody) {
    const std::int64_t id = make("T");
    const std::int64_t inside =
        says(forum, R"({"text":"in","from":"bob","topic":)" + std::to_string(id) + "}");
    const std::int64_t outside = says(forum, R"({"text":"out","from":"bob"})");
    (void)updates(bot);
    ok("deleteForumTopic", thread(id));
    EXPECT_TRUE(updates(bot).empty());
    const chat& where = *telegram.in().find_chat(bot, chat_id{-1000000000020});
    EXPECT_EQ(telegram.in().find_message(where, message_id{inside}), nullptr);
    EXPECT_EQ(telegram.in().find_message(where, message_id{id}), nullptr);
    EXPECT_NE(telegram.in().find_message(where, message_id{outside}), nullptr);
}

TEST_F(topics, people_make_topics_write_into_them_and_answer_there) {
    const std::string path = "chats/" + std::string(forum) + "/topics";
    const auto id = control_ok("POST", path, R"({"name":"Bob's","from":"bob"})")
                        .at("message_thread_id")
                        .as_int64();
    const std::int64_t first =
        says(forum, R"({"text":"a","from":"bob","topic":)" + std::to_string(id) + "}");
    says(forum, R"({"text":"b","from":"ann","reply_to":)" + std::to_string(first) + "}");
    const auto told = updates(bot, "message");
    ASSERT_EQ(told.size(), 3u);
    EXPECT_EQ(told[1].at("message_thread_id").as_int64(), id);
    EXPECT_EQ(told[2].at("message_thread_id").as_int64(), id) << "an answer stays in the topic";
    EXPECT_EQ(told[2].at("reply_to_message").at("message_id").as_int64(), first);
    control_ok("PUT", path + "/" + std::to_string(id), R"({"closed":true,"name":"B"})");
    const auto listed = control_ok("GET", path);
    EXPECT_EQ(text(listed.at(1).at("name")), "B");
    EXPECT_TRUE(listed.at(1).at("closed").as_bool());
    control_ok("DELETE", path + "/" + std::to_string(id));
    EXPECT_EQ(control_error("POST", "chats/" + std::string(forum) + "/messages",
                            R"({"text":"x","from":"bob","topic":)" + std::to_string(id) + "}"),
              "there is no topic " + std::to_string(id) + " in chat -1000000000020");
}

}  // namespace
}  // namespace baudot::telegram_sim
