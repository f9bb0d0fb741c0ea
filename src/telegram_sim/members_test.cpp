#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;

class members : public talk_fixture {
protected:
    static std::string args(std::string_view chat, user_id who, const std::string& more = "") {
        return R"({"chat_id":)" + std::string(chat) +
               ",\"user_id\":" + std::to_string(std::to_underlying(who)) + more + "}";
    }
    boost::json::value member_of(std::string_view chat, user_id who) {
        return ok("getChatMember", args(chat, who));
    }
    std::string status(std::string_view chat, user_id who) {
        return text(member_of(chat, who).at("status"));
    }
    std::string until(duration from_now) {
        const auto at = std::chrono::floor<std::chrono::seconds>(timers.wall_now() + from_now);
        return ",\"until_date\":" + std::to_string(at.time_since_epoch().count());
    }
};

TEST_F(members, promoting_gives_just_the_rights_named_and_only_the_maker_takes_them) {
    ok("promoteChatMember",
       args(talk, bob, R"(,"can_delete_messages":true,"can_post_messages":true)"));
    const auto as = member_of(talk, bob);
    EXPECT_EQ(text(as.at("status")), "administrator");
    EXPECT_TRUE(as.at("can_delete_messages").as_bool());
    EXPECT_TRUE(as.at("can_manage_chat").as_bool());
    EXPECT_FALSE(as.at("can_pin_messages").as_bool());
    EXPECT_FALSE(has(as, "can_post_messages")) << "it is no right of a group";
    EXPECT_TRUE(as.at("can_be_edited").as_bool());
    const auto told = updates(bot, "chat_member");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(text(told[0].at("old_chat_member").at("status")), "member");
    EXPECT_EQ(told[0].at("from").at("id").as_int64(), 7001);
    ok("promoteChatMember", args(talk, bob));
    EXPECT_EQ(status(talk, bob), "member");
    control_ok("PUT", "chats/-1000000000030/members", R"({"user":"bob","status":"administrator"})");
    EXPECT_FALSE(member_of(talk, bob).at("can_be_edited").as_bool());
    EXPECT_EQ(refused("promoteChatMember", args(talk, bob)), "Bad Request: CHAT_ADMIN_REQUIRED");
}

TEST_F(members, promoting_has_its_refusals) {
    const std::string right = R"(,"can_delete_messages":true)";
    EXPECT_EQ(refused("promoteChatMember", args(group, bob, right)),
              "Bad Request: method is available for supergroup and channel chats only");
    EXPECT_EQ(refused("promoteChatMember", args(talk, bot, right)),
              "Bad Request: can't promote self");
    EXPECT_EQ(refused("promoteChatMember", args(talk, ann, right)),
              "Bad Request: can't remove chat owner");
    EXPECT_EQ(refused(guest, "promoteChatMember", args(talk, bob, right)),
              "Bad Request: not enough rights");
    EXPECT_EQ(refused("promoteChatMember", args(news, bob, right)),
              "Bad Request: USER_NOT_PARTICIPANT");
    EXPECT_EQ(refused("promoteChatMember", args(talk, user_id{99}, right)),
              "Bad Request: user not found");
    EXPECT_EQ(refused("promoteChatMember", R"({"chat_id":-1000000000030,"user_id":"x"})"),
              "Bad Request: invalid user_id specified");
    control_ok("PUT", "chats/-1000000000030/members",
               R"({"user":"a_bot","status":"administrator","rights":["can_promote_members"]})");
    EXPECT_EQ(refused("promoteChatMember", args(talk, bob, right)), "Bad Request: RIGHT_FORBIDDEN");
}

TEST_F(members, a_restriction_holds_until_its_date) {
    ok("restrictChatMember",
       args(talk, guest, R"(,"permissions":{"can_send_other_messages":false})" + until(1h)));
    const auto own = updates(guest, "my_chat_member");
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(text(own[0].at("new_chat_member").at("status")), "restricted");
    EXPECT_TRUE(own[0].at("new_chat_member").at("is_member").as_bool());
    const std::string say = R"({"chat_id":-1000000000030,"text":"x"})";
    EXPECT_EQ(refused(guest, "sendMessage", say),
              "Bad Request: not enough rights to send text messages to the chat");
    pass(1h);
    ok(guest, "sendMessage", say);
    EXPECT_EQ(status(talk, guest), "member");
    EXPECT_TRUE(updates(guest, "my_chat_member").empty()) << "nobody tells that it ran out";
}

TEST_F(members, broader_permissions_imply_narrower_ones_unless_told_not_to) {
    const std::string wide = R"(,"permissions":{"can_send_other_messages":true})";
    ok("restrictChatMember", args(talk, bob, wide));
    EXPECT_TRUE(member_of(talk, bob).at("can_send_messages").as_bool());
    EXPECT_TRUE(member_of(talk, bob).at("can_send_photos").as_bool());
    ok("restrictChatMember", args(talk, bob, wide + R"(,"use_independent_chat_permissions":true)"));
    EXPECT_FALSE(member_of(talk, bob).at("can_send_messages").as_bool());
    ok("restrictChatMember", args(talk, bob, R"(,"can_send_messages":true)"));
    EXPECT_TRUE(member_of(talk, bob).at("can_send_messages").as_bool()) << "the old form";
    EXPECT_EQ(refused("restrictChatMember", args(talk, bob, R"(,"permissions":"x")")),
              "Bad Request: can't parse permissions JSON object");
    EXPECT_EQ(refused("restrictChatMember", args(talk, bob, R"(,"permissions":[])")),
              "Bad Request: object expected as permissions");
}

TEST_F(members, restricting_and_banning_have_their_refusals) {
    const std::string none = R"(,"permissions":{})";
    EXPECT_EQ(refused("restrictChatMember", args(news, bob, none)),
              "Bad Request: method is available only for supergroups");
    EXPECT_EQ(refused("unbanChatMember", args(group, bob)),
              "Bad Request: method is available for supergroup and channel chats only");
    EXPECT_EQ(refused(guest, "banChatMember", args(talk, bob)),
              "Bad Request: not enough rights to restrict/unrestrict chat member");
    EXPECT_EQ(refused(guest, "banChatMember", args(group, bob)),
              "Bad Request: CHAT_ADMIN_REQUIRED");
    EXPECT_EQ(refused("banChatMember", args(talk, ann)), "Bad Request: can't remove chat owner");
    EXPECT_EQ(refused("banChatMember", args(talk, bot)), "Bad Request: can't restrict self");
    control_ok("PUT", "chats/-1000000000030/members", R"({"user":"bob","status":"administrator"})");
    EXPECT_EQ(refused("banChatMember", args(talk, bob)),
              "Bad Request: user is an administrator of the chat");
}

TEST_F(members, a_ban_is_told_and_ends_every_call_of_a_bot) {
    (void)updates(bot);
    ok("banChatMember", args(talk, guest));
    const auto told = updates(bot);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_TRUE(has(told[0], "chat_member"));
    EXPECT_EQ(told[1].at("message").at("left_chat_member").at("id").as_int64(), 7002);
    const auto own = updates(guest, "my_chat_member");
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(text(own[0].at("new_chat_member").at("status")), "kicked");
    for (const auto* method : {"sendMessage", "getChat", "leaveChat"}) {
        EXPECT_EQ(refused(guest, method, R"({"chat_id":-1000000000030,"text":"x"})"),
                  "Forbidden: bot was kicked from the supergroup chat")
            << method;
    }
    ok("unbanChatMember", args(talk, guest));
    EXPECT_EQ(status(talk, guest), "left");
    EXPECT_EQ(refused(guest, "sendMessage", R"({"chat_id":-1000000000030,"text":"x"})"),
              "Forbidden: bot is not a member of the supergroup chat");
}

TEST_F(members, a_ban_of_a_person_runs_out_or_is_for_ever) {
    ok("banChatMember", args(talk, bob, until(10s)));
    EXPECT_EQ(member_of(talk, bob).at("until_date").as_int64(), 0) << "too near: for ever";
    ok("unbanChatMember", args(talk, bob, R"(,"only_if_banned":true)"));
    ok("banChatMember", args(talk, bob, until(1h)));
    EXPECT_EQ(status(talk, bob), "kicked");
    pass(1h);
    EXPECT_EQ(status(talk, bob), "left");
    ok("banChatMember", args(group, bob));
    EXPECT_EQ(status(group, bob), "left") << "a basic group keeps no list of the banned";
}

TEST_F(members, unbanning_removes_a_member_unless_told_not_to) {
    ok("unbanChatMember", args(talk, bob, R"(,"only_if_banned":true)"));
    EXPECT_EQ(status(talk, bob), "member");
    ok("unbanChatMember", args(talk, bob));
    EXPECT_EQ(status(talk, bob), "left");
    EXPECT_TRUE(has(updates(bot, "message").at(0), "left_chat_member"));
}

TEST_F(members, a_title_of_an_administrator_is_the_makers_to_give) {
    const auto title = [](const std::string& text) { return R"(,"custom_title":")" + text + '"'; };
    EXPECT_EQ(refused("setChatAdministratorCustomTitle", args(talk, bob, title("x"))),
              "Bad Request: user is not an administrator");
    EXPECT_EQ(refused("setChatAdministratorCustomTitle", args(talk, ann, title("x"))),
              "Bad Request: only creator can edit their custom title");
    ok("promoteChatMember", args(talk, bob, R"(,"can_invite_users":true)"));
    ok("setChatAdministratorCustomTitle", args(talk, bob, title("Gardener")));
    EXPECT_EQ(text(member_of(talk, bob).at("custom_title")), "Gardener");
    ok("promoteChatMember", args(talk, bob, R"(,"can_pin_messages":true)"));
    EXPECT_EQ(text(member_of(talk, bob).at("custom_title")), "Gardener");
    EXPECT_EQ(
        refused("setChatAdministratorCustomTitle", args(talk, bob, title("a title of seventeen"))),
        "Bad Request: ADMIN_RANK_INVALID");
    control_ok("PUT", "chats/-1000000000030/members", R"({"user":"bob","status":"administrator"})");
    EXPECT_EQ(refused("setChatAdministratorCustomTitle", args(talk, bob, title("x"))),
              "Bad Request: not enough rights to change custom title of the user");
}

TEST_F(members, a_chat_is_renamed_and_described_by_whoever_may) {
    const auto named = [](std::string_view chat, const std::string& key, const std::string& text) {
        return R"({"chat_id":)" + std::string(chat) + ",\"" + key + "\":\"" + text + "\"}";
    };
    ok("setChatTitle", named(talk, "title", "  New  name "));
    ok("setChatTitle", named(talk, "title", "New name"));
    const auto told = updates(bot, "message");
    ASSERT_EQ(told.size(), 1u) << "the second changed nothing";
    EXPECT_EQ(text(told[0].at("new_chat_title")), "New name");
    ok("setChatTitle", named(news, "title", "Other"));
    EXPECT_EQ(text(updates(bot, "channel_post").at(0).at("new_chat_title")), "Other");
    ok("setChatDescription", named(talk, "description", "about\\nthis"));
    EXPECT_EQ(text(ok("getChat", named(talk, "x", "")).at("description")), "about\nthis");
    EXPECT_EQ(refused("setChatDescription", named(talk, "description", "about\\nthis")),
              "Bad Request: chat description is not modified");
    EXPECT_EQ(refused("setChatTitle", named(talk, "title", " ")),
              "Bad Request: title must be non-empty");
    EXPECT_EQ(refused("setChatTitle", named("501", "title", "x")),
              "Bad Request: can't change private chat title");
    EXPECT_EQ(refused("setChatPermissions", R"({"chat_id":-1000000000010,"permissions":{}})"),
              "Bad Request: can't change channel chat permissions");
    ok("setChatPermissions", R"({"chat_id":-1000000000030,"permissions":{}})");
    EXPECT_FALSE(
        ok("getChat", named(talk, "x", "")).at("permissions").at("can_send_polls").as_bool());
    EXPECT_EQ(refused(guest, "setChatTitle", named(talk, "title", "x")),
              "Bad Request: not enough rights to change chat title");
    EXPECT_EQ(
        refused(guest, "setChatPermissions", R"({"chat_id":-1000000000030,"permissions":{}})"),
        "Bad Request: not enough rights to change chat permissions");
}

}  // namespace
}  // namespace baudot::telegram_sim
