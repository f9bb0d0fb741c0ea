#include <string>
#include <vector>

#include "telegram_sim/door_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

using door_test = door_fixture;

TEST_F(door_test, a_method_is_found_in_any_case_by_get_and_post) {
    EXPECT_EQ(text(call("GETME").at("username")), "relay_bot");
    EXPECT_EQ(ask("/bot7001:relay/getme?x=1").what.status, 200);
    EXPECT_EQ(ask("/bot7001%3Arelay/test/getMe").what.status, 200);
}

TEST_F(door_test, an_unknown_method_is_404_as_with_telegram) {
    const http::answer got = ask("/bot7001:relay/sendNothing");
    EXPECT_EQ(got.what.status, 404);
    EXPECT_EQ(got.what.body,
              R"({"ok":false,"error_code":404,"description":"Not Found: method not found"})");
}

TEST_F(door_test, a_method_answers_to_its_old_name) {
    EXPECT_EQ(ask("/bot7001:relay/getChatMembersCount?chat_id=-1001").what.body,
              ask("/bot7001:relay/getChatMemberCount?chat_id=-1001").what.body);
    EXPECT_EQ(ask("/bot7001:relay/kickChatMember?chat_id=@news").what.body,
              ask("/bot7001:relay/banChatMember?chat_id=@news").what.body);
}

TEST_F(door_test, a_wrong_token_is_401_and_a_malformed_one_404) {
    EXPECT_EQ(ask("/bot7001:wrong/getMe").what.body,
              R"({"ok":false,"error_code":401,"description":"Unauthorized"})");
    EXPECT_EQ(ask("/bot7001:wrong/getMe").what.status, 401);
    for (const char* path : {"/botnonsense/getMe", "/bot:x/getMe", "/bot7001:relay", "/bot/getMe",
                             "/botx1:a/getMe", "/other"}) {
        EXPECT_EQ(ask(path).what.status, 404) << path;
    }
}

TEST_F(door_test, another_http_method_is_405) {
    EXPECT_EQ(ask({.method = "DELETE", .target = "/bot7001:relay/getMe"}).what.status, 405);
}

TEST_F(door_test, a_body_that_is_no_json_is_refused) {
    EXPECT_EQ(refusal("getMe", "{"), "Bad Request: can't parse parameters: JSON object expected");
}

TEST_F(door_test, a_sent_message_comes_back_with_its_entities) {
    const json::value sent = call("sendMessage", R"({"chat_id": -1000000000020,
        "text": "hello <b>bold</b> and https://example.org", "parse_mode": "HTML"})");
    EXPECT_EQ(text(sent.at("text")), "hello bold and https://example.org");
    EXPECT_EQ(json::serialize(sent.at("entities")),
              R"([{"type":"bold","offset":6,"length":4},{"type":"url","offset":15,"length":19}])");
    EXPECT_EQ(sent.at("chat").at("id").as_int64(), -1000000000020);
    EXPECT_EQ(text(sent.at("chat").at("type")), "channel");
    EXPECT_EQ(text(sent.at("sender_chat").at("title")), "Copy");
    EXPECT_EQ(sent.as_object().if_contains("from"), nullptr);
    EXPECT_EQ(sent.at("date").as_int64(), timers.wall_now().time_since_epoch() / 1s);
}

TEST_F(door_test, every_older_spelling_of_send_options_is_understood) {
    const json::value first =
        call("sendMessage", R"({"chat_id": 501, "text": "first", "protect_content": "True"})");
    EXPECT_TRUE(first.at("has_protected_content").as_bool());
    const std::string id = json::serialize(first.at("message_id"));
    const json::value second = call("sendMessage",
                                    R"({"chat_id": "501", "text": "x",
                                        "disable_web_page_preview": true,
                                        "reply_to_message_id": )" +
                                        id + "}");
    EXPECT_EQ(json::serialize(second.at("link_preview_options")), R"({"is_disabled":true})");
    EXPECT_EQ(text(second.at("reply_to_message").at("text")), "first");
    const json::value third = call("sendMessage", R"({"chat_id": 501, "text": "y",
        "reply_parameters": {"message_id": )" + id + R"(, "quote": "irs"}})");
    EXPECT_EQ(text(third.at("quote").at("text")), "irs");
    EXPECT_EQ(third.at("quote").at("position").as_int64(), 1);
}

TEST_F(door_test, a_channel_post_reaches_the_bot_as_an_update) {
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"news #today"})");
    const json::value got = updates();
    ASSERT_EQ(got.as_array().size(), 1U);
    const json::value& post = got.at(0).at("channel_post");
    EXPECT_EQ(text(post.at("text")), "news #today");
    EXPECT_EQ(text(post.at("entities").at(0).at("type")), "hashtag");
    EXPECT_EQ(text(post.at("chat").at("username")), "news");
    const auto next = got.at(0).at("update_id").as_int64() + 1;
    EXPECT_TRUE(updates("offset=" + std::to_string(next)).as_array().empty());
}

TEST_F(door_test, an_edit_is_an_update_of_its_own_and_a_deletion_none) {
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"one"})");
    const json::value first = updates();
    const auto id = first.at(0).at("channel_post").at("message_id").as_int64();
    const std::string path = "/sim/v1/chats/news/messages/" + std::to_string(id);
    pass(5s);
    EXPECT_EQ(control("PUT", path, R"({"text":"two"})"), R"({"ok":true})");
    EXPECT_EQ(control("DELETE", path), R"({"ok":true})");
    // The edit was rendered when it happened, not when it is fetched.
    const json::value got = updates();
    ASSERT_EQ(got.as_array().size(), 2U);
    const json::value& edited = got.at(1).at("edited_channel_post");
    EXPECT_EQ(text(edited.at("text")), "two");
    EXPECT_EQ(edited.at("edit_date").as_int64(), edited.at("date").as_int64() + 5);
}

TEST_F(door_test, a_long_poll_is_answered_a_millisecond_after_the_post) {
    const auto poll = begin("/bot7001:relay/getUpdates?timeout=30");
    pass(7s);
    ASSERT_FALSE(poll->got);
    const time_point posted = timers.now();
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"now"})");
    timers.run_until(posted + 1s);
    ASSERT_TRUE(poll->got);
    EXPECT_EQ(poll->when, posted + 1ms);
    EXPECT_EQ(poll->body().at("result").as_array().size(), 1U);
}

TEST_F(door_test, a_long_poll_without_posts_ends_after_its_timeout) {
    const time_point begun = timers.now();
    const auto poll = begin("/bot7001:relay/getUpdates?timeout=600");
    timers.run_until(begun + 49s);
    EXPECT_FALSE(poll->got);
    timers.run_until(begun + 50s);
    ASSERT_TRUE(poll->got);
    EXPECT_EQ(poll->got->what.body, R"({"ok":true,"result":[]})");
}

TEST_F(door_test, a_second_poller_ends_the_first_with_409) {
    const auto old = begin("/bot7001:relay/getUpdates?timeout=30");
    pass(5s);
    const auto fresh = begin("/bot7001:relay/getUpdates?timeout=30");
    ASSERT_TRUE(old->got);
    EXPECT_EQ(old->got->what.status, 409);
    EXPECT_EQ(text(old->body().at("description")),
              "Conflict: terminated by other getUpdates request; make sure that only one bot "
              "instance is running");
    EXPECT_FALSE(fresh->got);
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"now"})");
    pass(2ms);
    EXPECT_TRUE(fresh->got);
}

TEST_F(door_test, a_deleted_bot_is_refused_at_once_also_while_it_polls) {
    const auto waiting = begin("/bot7001:relay/getUpdates?timeout=50");
    pass(1s);
    EXPECT_FALSE(waiting->got);
    control("DELETE", "/sim/v1/bots/7001");
    pass(1ms);
    ASSERT_TRUE(waiting->got);
    EXPECT_EQ(waiting->got->what.status, 401);
    EXPECT_EQ(ask("/bot7001:relay/getMe").what.status, 401);
}

TEST_F(door_test, two_bots_poll_without_disturbing_each_other) {
    const auto one = begin("/bot7001:relay/getUpdates?timeout=10");
    const auto two = begin("/bot7002:other/getUpdates?timeout=10");
    pass(9s);
    EXPECT_FALSE(one->got);
    EXPECT_FALSE(two->got);
}

TEST_F(door_test, allowed_updates_are_remembered) {
    updates(R"(allowed_updates=["MESSAGE"])");
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"not wanted"})");
    EXPECT_TRUE(updates("offset=1").as_array().empty());
    updates("offset=2&allowed_updates=[]");
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"wanted"})");
    EXPECT_EQ(updates("offset=3").as_array().size(), 1U);
}

TEST_F(door_test, media_goes_up_by_multipart_and_down_by_get_file) {
    const std::string bytes("\xff\xd8 jpeg \0 \r\n--not the boundary", 30);
    const http::answer got =
        ask({.method = "POST",
             .target = "/bot7001:relay/sendDocument",
             .headers = {{"Content-Type", "multipart/form-data; boundary=xyz"}},
             .body = "--xyz\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n501\r\n"
                     "--xyz\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\n"
                     "attach://part1\r\n"
                     "--xyz\r\nContent-Disposition: form-data; name=\"part1\"; "
                     "filename=\"a.bin\"\r\nContent-Type: text/plain\r\n\r\n" +
                     bytes + "\r\n--xyz--\r\n"});
    ASSERT_EQ(got.what.status, 200) << got.what.body;
    const json::value sent = json::parse(got.what.body).at("result");
    EXPECT_EQ(text(sent.at("document").at("file_name")), "a.bin");
    EXPECT_EQ(sent.at("document").at("file_size").as_int64(), 30);
    const std::string id = text(sent.at("document").at("file_id"));
    const json::value file = call("getFile", R"({"file_id":")" + id + "\"}");
    const http::answer down = ask("/file/bot7001:relay/" + text(file.at("file_path")));
    EXPECT_EQ(down.what.body, bytes);
    EXPECT_EQ(ask("/file/bot7001:relay/documents/none").what.status, 404);
    EXPECT_EQ(ask("/file/bot7001:wrong/documents/none").what.status, 401);

    const json::value again = call("sendDocument", R"({"chat_id": -1000000000020, "document": ")" +
                                                       id + R"(", "caption": "again"})");
    EXPECT_EQ(text(again.at("document").at("file_unique_id")),
              text(sent.at("document").at("file_unique_id")));
    EXPECT_EQ(text(again.at("caption")), "again");
    EXPECT_EQ(refusal("sendPhoto", R"({"chat_id": 501})"),
              "Bad Request: there is no photo in the request");
}

TEST_F(door_test, a_copy_answers_an_id_and_a_forward_a_message_with_its_origin) {
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"source","message_id":77})");
    const std::string which =
        R"({"chat_id": -1000000000020, "from_chat_id": "@news", "message_id": 77})";
    const json::value copied = call("copyMessage", which);
    EXPECT_EQ(copied.as_object().size(), 1U);
    const json::value forwarded = call("forwardMessage", which);
    EXPECT_EQ(forwarded.at("message_id").as_int64(), copied.at("message_id").as_int64() + 1);
    const json::value& origin = forwarded.at("forward_origin");
    EXPECT_EQ(text(origin.at("type")), "channel");
    EXPECT_EQ(origin.at("message_id").as_int64(), 77);
    EXPECT_EQ(origin.at("chat").at("id").as_int64(), -1000000000010);
    const json::value many = call("forwardMessages", R"({"chat_id": -1000000000020,
        "from_chat_id": "@news", "message_ids": "[77]"})");
    EXPECT_EQ(many.as_array().size(), 1U);
    EXPECT_EQ(refusal("copyMessages", R"({"chat_id":501,"from_chat_id":501,"message_ids":["x"]})"),
              "Bad Request: message identifier is not a Number");
}

TEST_F(door_test, own_messages_can_be_edited_and_deleted) {
    const auto id =
        call("sendMessage", R"({"chat_id": 501, "text": "draft"})").at("message_id").as_int64();
    const std::string at = R"("chat_id": 501, "message_id": )" + std::to_string(id);
    EXPECT_EQ(text(call("editMessageText", "{" + at + R"(, "text": "final"})").at("text")),
              "final");
    EXPECT_TRUE(call("deleteMessage", "{" + at + "}").as_bool());
    EXPECT_EQ(refusal("editMessageText", "{" + at + R"(, "text": "late"})"),
              "Bad Request: message to edit not found");
    EXPECT_EQ(refusal("editMessageText", R"({"chat_id": 501, "text": "x"})"),
              "Bad Request: message identifier is not specified");
}

TEST_F(door_test, an_upgraded_group_names_its_supergroup) {
    const std::string upgraded = control("POST", "/sim/v1/chats/-1001/upgrade");
    const auto id = json::parse(upgraded).at("id").as_int64();
    const http::answer got =
        post("/bot7001:relay/sendMessage", R"({"chat_id": -1001, "text": "x"})");
    EXPECT_EQ(got.what.status, 400);
    EXPECT_EQ(json::parse(got.what.body).at("parameters").at("migrate_to_chat_id").as_int64(), id);
    const std::string typing = R"({"chat_id": -1001, "action": "typing"})";
    EXPECT_EQ(refusal("sendChatAction", typing),
              "Bad Request: group chat was upgraded to a supergroup chat");
    EXPECT_EQ(call("getChat", R"({"chat_id": -1001})").at("id").as_int64(), -1001)
        << "it can still be looked at";
}

TEST_F(door_test, a_kicked_bot_is_told_and_then_forbidden) {
    control("PUT", "/sim/v1/chats/news/members", R"({"user":"relay_bot","status":"kicked"})");
    const json::value told = updates();
    ASSERT_EQ(told.as_array().size(), 1U);
    EXPECT_EQ(text(told.at(0).at("my_chat_member").at("new_chat_member").at("status")), "kicked");
    EXPECT_EQ(refusal("sendMessage", R"({"chat_id": "@news", "text": "x"})"),
              "Forbidden: bot was kicked from the channel chat");
}

TEST_F(door_test, what_clients_call_at_their_start_is_answered) {
    EXPECT_TRUE(call("deleteWebhook", R"({"drop_pending_updates":true})").as_bool());
    EXPECT_TRUE(call("setWebhook", R"({"url":""})").as_bool());
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"waiting"})");
    EXPECT_EQ(call("getWebhookInfo").at("pending_update_count").as_int64(), 1);
    EXPECT_TRUE(call("deleteWebhook", R"({"drop_pending_updates":true})").as_bool());
    EXPECT_EQ(call("getWebhookInfo").at("pending_update_count").as_int64(), 0);
    EXPECT_TRUE(
        call("setMyCommands", R"({"commands":[{"command":"a","description":"b"}]})").as_bool());
    EXPECT_EQ(text(call("getMyCommands").at(0).at("command")), "a");
    EXPECT_TRUE(call("sendChatAction", R"({"chat_id":501,"action":"typing"})").as_bool());
}

TEST_F(door_test, chats_and_members_are_described) {
    EXPECT_EQ(text(call("getChat", R"({"chat_id":"@news"})").at("title")), "News");
    const json::value self = call("getChatMember", R"({"chat_id":"@news","user_id":7001})");
    EXPECT_EQ(text(self.at("status")), "administrator");
    EXPECT_TRUE(self.at("can_post_messages").as_bool());
    EXPECT_EQ(self.as_object().if_contains("can_pin_messages"), nullptr);
    EXPECT_EQ(refusal("getChat", R"({"chat_id":-55})"), "Bad Request: chat not found");
}

TEST_F(door_test, a_flood_has_its_wait_in_the_text_the_parameters_and_the_header) {
    control("POST", "/sim/v1/faults",
            R"({"kind":"flood","method":"sendMessage","times":1,"retry_after":7})");
    const http::answer got = post("/bot7001:relay/sendMessage", R"({"chat_id": 501, "text": "x"})");
    EXPECT_EQ(got.what.status, 429);
    EXPECT_EQ(got.what.body,
              R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7",)"
              R"("parameters":{"retry_after":7}})");
    EXPECT_EQ(http::find(got.what.headers, "retry-after"), "7");
    EXPECT_EQ(call("getChat", R"({"chat_id":501})").at("id").as_int64(), 501);
    pass(7s);
    call("sendMessage", R"({"chat_id": 501, "text": "x"})");  // once only
}

TEST_F(door_test, a_request_before_the_wait_is_over_is_counted) {
    control("POST", "/sim/v1/faults",
            R"({"kind":"flood","method":"sendMessage","times":1,"retry_after":7})");
    post("/bot7001:relay/sendMessage", R"({"chat_id": 501, "text": "x"})");
    const auto early = [&] {
        return json::parse(control("GET", "/sim/v1/stats")).at("before_wait_over").as_int64();
    };
    EXPECT_EQ(early(), 0);
    pass(3s);
    post("/bot7001:relay/sendMessage", R"({"chat_id": 501, "text": "x"})");
    EXPECT_EQ(early(), 1);
}

TEST_F(door_test, slow_mode_holds_a_member_and_not_its_edits) {
    control("POST", "/sim/v1/chats",
            R"({"id":-1000000000050,"type":"supergroup","title":"Slow","members":["relay_bot"]})");
    control("PUT", "/sim/v1/chats/-1000000000050", R"({"slow_mode":30})");
    const std::string where = R"({"chat_id":-1000000000050,"text":"one")";
    EXPECT_EQ(call("getChat", where + "}").at("slow_mode_delay").as_int64(), 30);
    const json::value first = call("sendMessage", where + "}");
    EXPECT_EQ(refusal("sendMessage", where + "}"), "Too Many Requests: retry after 30");
    call("editMessageText", R"({"chat_id":-1000000000050,"text":"two","message_id":)" +
                                json::serialize(first.at("message_id")) + "}");
    pass(30s);
    call("sendMessage", where + "}");
    control("PUT", "/sim/v1/chats/-1000000000050/members",
            R"({"user":"relay_bot","status":"administrator"})");
    for (int i = 0; i < 3; ++i) call("sendMessage", where + "}");
}

TEST_F(door_test, a_paid_broadcast_shows_its_price) {
    control("PUT", "/sim/v1/profile",
            R"({"limits":{"broadcast":{"interval_ms":1000,"burst":1},
                          "paid_broadcast":{"interval_ms":1,"burst":1000}}})");
    const std::string one = R"({"chat_id":-1000000000020,"text":"x")";
    call("sendMessage", one + "}");
    EXPECT_EQ(refusal("sendMessage", one + "}"), "Too Many Requests: retry after 1");
    pass(500ms);
    control("POST", "/sim/v1/profile", R"({"limits":{"hold_max_ms":0}})");
    const std::string other = R"({"chat_id":-1000000000010,"text":"x")";
    for (int i = 0; i < 15; ++i) call("sendMessage", other + R"(,"allow_paid_broadcast":true})");
    const json::value stats = json::parse(control("GET", "/sim/v1/stats"));
    EXPECT_EQ(stats.at("paid_messages").as_int64(), 15);
    EXPECT_EQ(stats.at("stars").as_double(), 1.5);
    EXPECT_EQ(refusal("forwardMessage", R"({"chat_id":-1000000000010,"message_id":1,
                       "from_chat_id":-1000000000010,"allow_paid_broadcast":true})"),
              "Too Many Requests: retry after 1");
}

// What the world holds after a fault, and what the client saw.
struct fault_case {
    const char* fault;
    bool acts;
    bool drops;
    int status;
};
struct fault_test : door_test, testing::WithParamInterface<fault_case> {};

TEST_P(fault_test, happens_as_described) {
    const fault_case& wanted = GetParam();
    control("POST", "/sim/v1/faults", wanted.fault);
    const auto got = begin({.method = "POST",
                            .target = "/bot7001:relay/sendMessage?chat_id=-1000000000020&text=x",
                            .body = {}});
    pass(20min);
    ASSERT_TRUE(got->got);
    EXPECT_EQ(got->got->drop, wanted.drops);
    if (!wanted.drops) EXPECT_EQ(got->got->what.status, wanted.status);
    const json::value there = json::parse(control("GET", "/sim/v1/chats/-1000000000020/messages"));
    EXPECT_EQ(there.as_array().size(), wanted.acts ? 1U : 0U);
    const bool html = !wanted.drops && wanted.status > 500;
    if (html) EXPECT_EQ(http::find(got->got->what.headers, "content-type"), "text/html");
}

INSTANTIATE_TEST_SUITE_P(
    faults, fault_test,
    testing::Values(fault_case{R"({"kind":"hold","wait_ms":6000})", true, false, 200},
                    fault_case{R"({"kind":"flood"})", false, false, 429},
                    fault_case{R"({"kind":"flood_as_400"})", false, false, 400},
                    fault_case{R"({"kind":"trouble_as_429"})", false, false, 429},
                    fault_case{R"({"kind":"restart"})", false, false, 500},
                    fault_case{R"({"kind":"html_before","status":504})", false, false, 504},
                    fault_case{R"({"kind":"html_after","status":502})", true, false, 502},
                    fault_case{R"({"kind":"reset_before"})", false, true, 0},
                    fault_case{R"({"kind":"reset_after"})", true, true, 0},
                    fault_case{R"({"kind":"answer_lost"})", true, true, 0}));

TEST_F(door_test, a_client_that_leaves_before_the_act_prevents_it) {
    control("POST", "/sim/v1/faults", R"({"kind":"hold","wait_ms":6000})");
    task_group impatient(io.get_executor());
    const auto out = std::make_shared<exchange>();
    impatient.spawn(
        "client", run({.target = "/bot7001:relay/sendMessage?chat_id=-1000000000020&text=x"}, out));
    pass(1s);
    impatient.request_stop();
    pass(20s);
    EXPECT_FALSE(out->got);
    EXPECT_EQ(control("GET", "/sim/v1/chats/-1000000000020/messages"), "[]");
}

TEST_F(door_test, a_client_that_leaves_its_long_poll_is_no_conflict_for_the_next) {
    task_group impatient(io.get_executor());
    const auto out = std::make_shared<exchange>();
    impatient.spawn("client", run({.target = "/bot7001:relay/getUpdates?timeout=30"}, out));
    pass(1s);
    impatient.request_stop();
    pass(5s);
    const auto next = begin("/bot7001:relay/getUpdates?timeout=30");
    EXPECT_EQ(telegram.telegram().line(user_id{7001})->wake.waiting(), 1U);
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"now"})");
    pass(2ms);
    ASSERT_TRUE(next->got);
    EXPECT_EQ(next->body().at("result").as_array().size(), 1U);
}

TEST_F(door_test, what_was_returned_comes_again_when_updates_are_redelivered) {
    control("POST", "/sim/v1/chats/news/messages", R"({"text":"one"})");
    const auto id = updates().at(0).at("update_id").as_int64();
    control("POST", "/sim/v1/faults", R"({"kind":"redeliver","method":"getUpdates","times":1})");
    const std::string offset = "offset=" + std::to_string(id + 1);
    EXPECT_EQ(updates(offset).as_array().size(), 1U);
    EXPECT_EQ(updates(offset).as_array().size(), 0U);
}

TEST_F(door_test, a_reset_empties_the_world_and_ends_those_who_wait) {
    const auto poll = begin("/bot7001:relay/getUpdates?timeout=30");
    EXPECT_EQ(control("POST", "/sim/v1/reset"), R"({"ok":true})");
    timers.run_until(timers.now());
    ASSERT_TRUE(poll->got);
    EXPECT_EQ(poll->got->what.status, 500);
    EXPECT_EQ(control("GET", "/sim/v1/chats"), "[]");
    EXPECT_EQ(ask("/bot7001:relay/getMe").what.status, 401);
}

}  // namespace
}  // namespace baudot::telegram_sim
