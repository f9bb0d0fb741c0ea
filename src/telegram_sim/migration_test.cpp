#include <fmt/format.h>

#include <set>
#include <string_view>

#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

class migration : public talk_fixture {};

// With every argument that some method wants, so that none is refused for its arguments first.
constexpr std::string_view arguments = R"(,"text":"x","message_id":1,"user_id":502,"caption":"c",
    "message_ids":[1],"from_chat_id":-1000000000030,"action":"typing","permissions":{},
    "title":"t","description":"d","name":"n","message_thread_id":5,"custom_title":"x",
    "photo":"x","video":"x","animation":"x","audio":"x","voice":"x","document":"x",
    "video_note":"x","sticker":"x","latitude":1,"longitude":2,"address":"a","phone_number":"1",
    "first_name":"f","question":"q","options":["a","b"],"media":)";

TEST_F(migration, every_method_that_changes_a_group_names_the_supergroup_it_became) {
    const auto made = control_ok("POST", "chats/-77/upgrade").at("id").as_int64();
    // These take no chat, or only read it.
    const std::set<std::string_view> others = {"getMe",
                                               "getFile",
                                               "getChat",
                                               "leaveChat",
                                               "answerCallbackQuery",
                                               "answerInlineQuery",
                                               "deleteWebhook",
                                               "getWebhookInfo",
                                               "setMyCommands",
                                               "getMyCommands",
                                               "deleteMyCommands",
                                               "getForumTopicIconStickers",
                                               "setWebhook"};
    for (const method_entry& each : all_methods()) {
        if (others.contains(each.name)) continue;
        const std::string part = R"({"type":"photo","media":"x"})";
        const bool takes_one = each.name == "editMessageMedia";
        const auto got = call(bot, each.name,
                              fmt::format(R"({{"chat_id":-77{}{}}})", arguments,
                                          takes_one ? part : fmt::format("[{0},{0}]", part)));
        ASSERT_FALSE(got) << each.name;
        EXPECT_EQ(got.error().description,
                  "Bad Request: group chat was upgraded to a supergroup chat")
            << each.name;
        EXPECT_EQ(got.error().migrate_to_chat, chat_id{made}) << each.name;
    }
}

TEST_F(migration, both_sides_are_told) {
    const auto made = control_ok("POST", "chats/-77/upgrade").at("id").as_int64();
    for (const user_id each : {bot, guest}) {
        const auto told = updates(each, "message");
        ASSERT_EQ(told.size(), 2u);
        EXPECT_EQ(told[0].at("chat").at("id").as_int64(), -77);
        EXPECT_EQ(told[0].at("migrate_to_chat_id").as_int64(), made);
        EXPECT_EQ(told[1].at("chat").at("id").as_int64(), made);
        EXPECT_EQ(told[1].at("migrate_from_chat_id").as_int64(), -77);
    }
}

TEST_F(migration, what_stayed_behind_can_still_be_read_and_taken) {
    says(group, R"({"text":"old","from":"bob"})");
    const auto told = updates(bot, "message");
    const auto id = boost::json::serialize(told.at(0).at("message_id"));
    control_ok("POST", "chats/-77/upgrade");
    EXPECT_EQ(text(ok("getChat", R"({"chat_id":-77})").at("title")), "Group");
    ok("copyMessage", R"({"chat_id":501,"from_chat_id":-77,"message_id":)" + id + "}");
    EXPECT_EQ(refused("leaveChat", R"({"chat_id":-77})"), "Bad Request: chat is deactivated");
}

TEST_F(migration, protected_content_leaves_its_chat_in_no_way) {
    const std::int64_t post = says(talk, R"({"text":"secret","from":"bob","protected":true})");
    const std::string one = R"({"chat_id":501,"from_chat_id":-1000000000030,"message_id":)" +
                            std::to_string(post) + "}";
    const std::string many = R"({"chat_id":501,"from_chat_id":-1000000000030,"message_ids":[)" +
                             std::to_string(post) + "]}";
    const std::string answer = R"({"chat_id":501,"text":"x","reply_parameters":{"message_id":)" +
                               std::to_string(post) + R"(,"chat_id":-1000000000030}})";
    const auto all_refused = [&] {
        EXPECT_EQ(refused("forwardMessage", one),
                  "Bad Request: message has protected content and can't be forwarded");
        EXPECT_EQ(refused("copyMessage", one), "Bad Request: message can't be copied");
        EXPECT_EQ(refused("forwardMessages", many),
                  "Bad Request: there are no messages to forward");
        EXPECT_EQ(refused("copyMessages", many), "Bad Request: there are no messages to forward");
        EXPECT_EQ(refused("sendMessage", answer), "Bad Request: CHAT_FORWARDS_RESTRICTED");
    };
    all_refused();
    const std::int64_t open = says(talk, R"({"text":"open","from":"bob"})");
    EXPECT_FALSE(has(updates(bot, "message").at(1), "has_protected_content"));
    control_ok("PUT", "chats/-1000000000030", R"({"protected":true})");
    all_refused();
    EXPECT_TRUE(
        ok("getChat", R"({"chat_id":-1000000000030})").at("has_protected_content").as_bool());
    const auto answered = ok("sendMessage", R"({"chat_id":-1000000000030,"text":"x",
        "reply_to_message_id":)" + std::to_string(open) +
                                                "}");
    EXPECT_TRUE(answered.at("has_protected_content").as_bool());
    EXPECT_TRUE(answered.at("reply_to_message").at("has_protected_content").as_bool());
    ok("sendMessage", R"({"chat_id":501,"text":"x","protect_content":true})");
}

}  // namespace
}  // namespace baudot::telegram_sim
