#include "telegram/bot_api/requests.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace baudot::telegram::bot_api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// Bodies are compared as JSON: the order of fields is nobody's business.
void expect_call(const call& made, std::string_view method, std::string_view body) {
    EXPECT_EQ(made.method, method);
    EXPECT_EQ(json::parse(made.body), json::parse({body.data(), body.size()})) << made.body;
}

TEST(requests_test, a_copy_and_a_forward_name_source_and_destination) {
    expect_call(perform({.what = copy_message{chat_id{-1001}, message_id{7}}, .options = {}},
                        chat_id{-1002}),
                "copyMessage", R"({"chat_id":-1002,"from_chat_id":-1001,"message_id":7})");
    expect_call(perform({.what = forward_message{chat_id{-1001}, message_id{7}},
                         .options = {.silent = true, .protect = true}},
                        chat_id{-1002}),
                "forwardMessage",
                R"({"chat_id":-1002,"from_chat_id":-1001,"message_id":7,
                    "disable_notification":true,"protect_content":true})");
}

TEST(requests_test, a_copy_has_another_caption_when_it_is_given_one) {
    copy_message what{chat_id{-1001}, message_id{7},
                      formatted_text{.text = "hi", .entities = {{.type = "bold", .length = 2}}}};
    expect_call(perform({.what = what, .options = {}}, chat_id{5}), "copyMessage",
                R"({"chat_id":5,"from_chat_id":-1001,"message_id":7,"caption":"hi",
                    "caption_entities":[{"type":"bold","offset":0,"length":2}]})");
    what.caption = formatted_text{};
    expect_call(perform({.what = what, .options = {}}, chat_id{5}), "copyMessage",
                R"({"chat_id":5,"from_chat_id":-1001,"message_id":7,"caption":""})");
}

// Fields that such an entity needs are not known here, and Telegram would refuse the whole text.
TEST(requests_test, an_entity_of_a_type_that_is_not_known_is_left_out) {
    const send_text what{.text = {.text = "now, bold",
                                  .entities = {{.type = "date_time", .length = 3},
                                               {.type = "bold", .offset = 5, .length = 4}}}};
    expect_call(perform({.what = what, .options = {}}, chat_id{5}), "sendMessage",
                R"({"chat_id":5,"text":"now, bold",
                    "entities":[{"type":"bold","offset":5,"length":4}]})");
}

TEST(requests_test, a_text_carries_its_entities_with_the_fields_of_their_type) {
    send_text what{.text = {.text = "a \"b\"\n\xF0\x9F\x9A\x80 link", .entities = {}}};
    const auto add = [&](std::string type) -> message_entity& {
        message_entity& added = what.text.entities.emplace_back();
        added.type = std::move(type);
        added.length = 1;
        return added;
    };
    add("bold");
    add("text_link").url = "https://x.y/?a=1";
    add("text_mention").user = user_id{55};
    add("pre").language = "c++";
    add("custom_emoji").custom_emoji_id = "5368";
    expect_call(
        perform({.what = what, .options = {.link_preview = false}}, chat_id{5}), "sendMessage",
        R"({"chat_id":5,"text":"a \"b\"\n🚀 link","link_preview_options":{"is_disabled":true},
                    "entities":[
                     {"type":"bold","offset":0,"length":1},
                     {"type":"text_link","offset":0,"length":1,"url":"https://x.y/?a=1"},
                     {"type":"text_mention","offset":0,"length":1,"user":{"id":55}},
                     {"type":"pre","offset":0,"length":1,"language":"c++"},
                     {"type":"custom_emoji","offset":0,"length":1,"custom_emoji_id":"5368"}]})");
}

TEST(requests_test, a_plain_text_leaves_the_entities_to_the_server) {
    expect_call(
        perform({.what = send_text{{.text = "hi", .entities = {}}}, .options = {}}, chat_id{5}),
        "sendMessage", R"({"chat_id":5,"text":"hi"})");
}

TEST(requests_test, get_updates_names_the_updates_it_wants_and_keeps_to_the_limits) {
    const std::string allowed =
        R"("limit":100,"allowed_updates":["message","edited_message","channel_post",
           "edited_channel_post","my_chat_member"])";
    expect_call(get_updates(update_id{}, 30s), "getUpdates", "{\"timeout\":30," + allowed + "}");
    expect_call(get_updates(update_id{9'000'000'000}, 2h), "getUpdates",
                "{\"offset\":9000000000,\"timeout\":50," + allowed + "}");
    expect_call(get_updates(update_id{5}, 1999ms), "getUpdates",
                "{\"offset\":5,\"timeout\":1," + allowed + "}");
    expect_call(get_updates(update_id{5}, -1s), "getUpdates",
                "{\"offset\":5,\"timeout\":0," + allowed + "}");
}

TEST(requests_test, a_webhook_gets_the_updates_that_a_poll_gets_and_drops_none) {
    expect_call(set_webhook({.url = "https://a.b/c", .secret = "s3cret_-", .connections = 7}),
                "setWebhook",
                R"({"url":"https://a.b/c","secret_token":"s3cret_-","max_connections":7,
                    "allowed_updates":["message","edited_message","channel_post",
                    "edited_channel_post","my_chat_member"]})");
    expect_call(delete_webhook(), "deleteWebhook", "{}");
}

TEST(requests_test, a_chat_is_named_by_id_or_by_name_with_or_without_the_sign) {
    expect_call(get_chat(chat_id{-100}), "getChat", R"({"chat_id":-100})");
    expect_call(get_chat(std::string("news")), "getChat", R"({"chat_id":"@news"})");
    expect_call(get_chat(std::string("@news")), "getChat", R"({"chat_id":"@news"})");
    expect_call(get_chat_member(chat_id{-100}, account_id{7}), "getChatMember",
                R"({"chat_id":-100,"user_id":7})");
    expect_call(get_me(), "getMe", "{}");
    expect_call(get_webhook_info(), "getWebhookInfo", "{}");
    expect_call(send_chat_action(chat_id{-5}), "sendChatAction",
                R"({"chat_id":-5,"action":"typing"})");
}

TEST(requests_test, a_look_at_what_waits_confirms_and_changes_nothing) {
    // Neither an offset (it confirms) nor allowed_updates (the server keeps the last list).
    expect_call(peek_updates(), "getUpdates", R"({"limit":100,"timeout":0})");
}

}  // namespace
}  // namespace baudot::telegram::bot_api
