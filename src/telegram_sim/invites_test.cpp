#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;

class invites : public talk_fixture {
protected:
    void SetUp() override {
        talk_fixture::SetUp();
        control_ok("POST", "users", R"({"id":503,"name":"Cid","username":"cid"})");
    }
    static std::string args(const std::string& more = "") {
        return R"({"chat_id":-1000000000030)" + more + "}";
    }
    std::string link(const std::string& more = "") {
        return text(ok("createChatInviteLink", args(more)).at("invite_link"));
    }
    static std::string by(const std::string& link) {
        return R"({"user":"cid","link":")" + link + "\"}";
    }
    void joins(const std::string& link) {
        control_ok("POST", "chats/-1000000000030/joins", by(link));
    }
    std::string join_error(const std::string& link) {
        return control_error("POST", "chats/-1000000000030/joins", by(link));
    }
    static std::string of(const std::string& link) { return R"(,"invite_link":")" + link + '"'; }
};

TEST_F(invites, who_comes_by_a_link_is_told_with_the_link) {
    const auto made = ok("createChatInviteLink", args(R"(,"name":"for friends","member_limit":5)"));
    EXPECT_TRUE(text(made.at("invite_link")).starts_with("https://t.me/+"));
    EXPECT_EQ(text(made.at("name")), "for friends");
    EXPECT_EQ(made.at("creator").at("id").as_int64(), 7001);
    EXPECT_FALSE(made.at("is_primary").as_bool());
    joins(text(made.at("invite_link")));
    const auto told = updates(bot);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].at("chat_member").at("invite_link").at("invite_link"),
              made.at("invite_link"));
    EXPECT_EQ(text(told[0].at("chat_member").at("new_chat_member").at("status")), "member");
    EXPECT_EQ(told[1].at("message").at("new_chat_members").at(0).at("id").as_int64(), 503);
    EXPECT_EQ(join_error(text(made.at("invite_link"))), "Bad Request: USER_ALREADY_PARTICIPANT");
}

TEST_F(invites, a_link_has_an_end) {
    const auto now = std::chrono::floor<std::chrono::seconds>(timers.wall_now());
    const std::string late =
        link(",\"expire_date\":" + std::to_string((now + 1h).time_since_epoch().count()));
    const std::string full = link(R"(,"member_limit":1)");
    const std::string revoked = link();
    EXPECT_TRUE(ok("revokeChatInviteLink", args(of(revoked))).at("is_revoked").as_bool());
    joins(full);
    ok("unbanChatMember", args(R"(,"user_id":503)"));
    pass(1h);
    for (const auto& each : {late, full, revoked}) {
        EXPECT_EQ(join_error(each), "Bad Request: INVITE_HASH_EXPIRED");
    }
    EXPECT_EQ(join_error("https://t.me/+x"), "Bad Request: INVITE_HASH_INVALID");
    EXPECT_EQ(join_error(""), "Bad Request: INVITE_HASH_INVALID") << "the chat is private";
}

TEST_F(invites, a_request_is_approved_or_declined_once) {
    const std::string way = link(R"(,"creates_join_request":true)");
    joins(way);
    joins(way);
    auto told = updates(bot, "chat_join_request");
    ASSERT_EQ(told.size(), 1u) << "who waits need not ask again";
    EXPECT_EQ(told[0].at("from").at("id").as_int64(), 503);
    EXPECT_EQ(told[0].at("user_chat_id").as_int64(), 503);
    EXPECT_EQ(text(told[0].at("invite_link").at("invite_link")), way);
    const std::string cid = args(R"(,"user_id":503)");
    ok("declineChatJoinRequest", cid);
    EXPECT_EQ(refused("approveChatJoinRequest", cid), "Bad Request: HIDE_REQUESTER_MISSING");
    joins(way);
    (void)updates(bot);
    ok("approveChatJoinRequest", cid);
    told = updates(bot, "chat_member");
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(told[0].at("via_join_request").as_bool());
    EXPECT_EQ(told[0].at("from").at("id").as_int64(), 7001);
    EXPECT_EQ(refused("approveChatJoinRequest", cid), "Bad Request: USER_ALREADY_PARTICIPANT");
}

TEST_F(invites, the_primary_link_is_shown_and_replaced) {
    const auto first = ok("exportChatInviteLink", args());
    EXPECT_EQ(ok("getChat", args()).at("invite_link"), first);
    const auto second = ok("exportChatInviteLink", args());
    EXPECT_NE(first, second);
    EXPECT_EQ(join_error(text(first)), "Bad Request: INVITE_HASH_EXPIRED");
    EXPECT_EQ(refused("editChatInviteLink", args(of(text(second)))),
              "Bad Request: CHAT_INVITE_PERMANENT");
    ok("revokeChatInviteLink", args(of(text(second))));
    const auto third = ok("getChat", args()).at("invite_link");
    EXPECT_NE(third, second) << "another takes its place";
    joins(text(third));
}

TEST_F(invites, links_have_their_refusals) {
    const std::string own = link(R"(,"name":"a")");
    EXPECT_EQ(refused(guest, "createChatInviteLink", args()),
              "Bad Request: not enough rights to manage chat invite link");
    EXPECT_EQ(
        refused("createChatInviteLink", args(R"(,"creates_join_request":true,"member_limit":2)")),
        "Bad Request: member limit can't be specified for links requiring administrator "
        "approval");
    EXPECT_EQ(refused("editChatInviteLink", args()), "Bad Request: invite link must be non-empty");
    const auto edited = ok("editChatInviteLink", args(of(own) + R"(,"member_limit":3)"));
    EXPECT_FALSE(has(edited, "name")) << "what an edit leaves out goes back to its default";
    EXPECT_EQ(edited.at("member_limit").as_int64(), 3);
    control_ok("PUT", "chats/-1000000000030/members",
               R"({"user":"g_bot","status":"administrator"})");
    EXPECT_EQ(refused(guest, "revokeChatInviteLink", args(of(own))),
              "Bad Request: CHAT_ADMIN_REQUIRED");
}

}  // namespace
}  // namespace baudot::telegram_sim
