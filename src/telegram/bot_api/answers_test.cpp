#include "telegram/bot_api/answers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.hpp"

namespace baudot::telegram::bot_api {
namespace {

constexpr account_id me{777};

http::response ok(const std::string& result) {
    return {.status = 200, .body = R"({"ok":true,"result":)" + result + "}"};
}

result<received_updates> received(const std::string& body) {
    answer_reader reader;
    return reader.updates_of({.status = 200, .body = body}, me);
}

/// The one update whose message has `fields` besides chat and id.
update read_one(const std::string& fields, const std::string& kind = "channel_post") {
    answer_reader reader;
    const auto got =
        reader.updates_of(ok(R"([{"update_id":5,")" + kind + R"(":{"message_id":9,"date":1700000000,
            "chat":{"id":-1001,"title":"News","username":"news","type":"channel"})" +
                             fields + "}}]"),
                          me);
    EXPECT_TRUE(got.has_value());
    EXPECT_EQ(got->unreadable, 0u);
    EXPECT_EQ(got->updates.size(), 1u);
    return got->updates.at(0);
}

message read_message_with(const std::string& fields) {
    return read_one(fields).content;
}

TEST(answers_test, a_message_of_a_person_says_who_sent_it_and_through_what) {
    const message said = read_message_with(
        R"(,"from":{"id":42,"is_bot":true,"first_name":"Ann","last_name":"Lee","username":"Ann_L"},
           "via_bot":{"id":43,"is_bot":true,"first_name":"Gif","username":"gif"},
           "author_signature":"A. L.","message_thread_id":7,"is_topic_message":true)");
    EXPECT_EQ(said.sender, user_id{42});
    EXPECT_EQ(said.sender_name, "Ann Lee");
    EXPECT_EQ(said.sender_username, "Ann_L");
    EXPECT_TRUE(said.sender_is_bot);
    EXPECT_EQ(said.via_bot, user_id{43});
    EXPECT_EQ(said.via_bot_username, "gif");
    EXPECT_EQ(said.author_signature, "A. L.");
    EXPECT_EQ(said.topic, message_id{7});
    EXPECT_EQ(read_message_with(R"(,"message_thread_id":7)").topic, message_id{});
}

TEST(answers_test, behind_a_user_that_telegram_makes_up_stands_the_chat) {
    const std::string user =
        R"(,"from":{"id":1087968824,"is_bot":true,"first_name":"Group","username":"anon"})";
    const std::string chat = R"(,"sender_chat":{"id":-1001,"title":"News","username":"news"})";
    for (const std::string& fields : {user + chat, chat + user}) {
        const message said = read_message_with(fields);
        EXPECT_EQ(said.sender, user_id{1087968824});
        EXPECT_EQ(said.sender_chat, chat_id{-1001});
        EXPECT_EQ(said.sender_name, "News");
        EXPECT_EQ(said.sender_username, "news");
        EXPECT_FALSE(said.sender_is_bot);
    }
}

TEST(answers_test, a_forward_says_where_it_was_first_sent) {
    const auto origin_of = [](const std::string& origin) {
        const message post = read_message_with(R"(,"forward_origin":)" + origin);
        EXPECT_TRUE(post.is_forward);
        return post.origin;
    };
    using kind = forward_origin::kind;
    EXPECT_EQ(origin_of(R"({"type":"user","sender_user":{"id":5,"first_name":"Al"}})"),
              (forward_origin{.type = kind::user, .user = user_id{5}, .name = "Al"}));
    EXPECT_EQ(origin_of(R"({"type":"hidden_user","sender_user_name":"Nobody"})"),
              (forward_origin{.type = kind::hidden_user, .name = "Nobody"}));
    EXPECT_EQ(
        origin_of(R"({"type":"chat","sender_chat":{"id":-5,"title":"G"},
                            "author_signature":"boss"})"),
        (forward_origin{
            .type = kind::chat, .chat = chat_id{-5}, .name = "G", .author_signature = "boss"}));
    EXPECT_EQ(origin_of(R"({"type":"channel","message_id":8,
                            "chat":{"id":-6,"title":"C","username":"c"}})"),
              (forward_origin{.type = kind::channel,
                              .chat = chat_id{-6},
                              .message = message_id{8},
                              .name = "C",
                              .username = "c"}));
    EXPECT_EQ(origin_of(R"({"type":"of_next_year"})"), std::nullopt);
    EXPECT_EQ(origin_of(R"({"type":"user"})"), std::nullopt);
}

TEST(answers_test, a_post_is_read_with_everything_the_relay_knows) {
    const update got = read_one(R"(,"sender_chat":{"id":-1001,"type":"channel"},
        "text":"Привет 🚀 link","media_group_id":"137","has_protected_content":true,
        "reply_to_message":{"message_id":4,"chat":{"id":-1001}},
        "entities":[{"type":"bold","offset":0,"length":6},
                    {"type":"text_link","offset":10,"length":4,"url":"https:\/\/x.y\/?a=1"},
                    {"type":"text_mention","offset":0,"length":1,"user":{"id":55}},
                    {"type":"pre","offset":0,"length":1,"language":"c++"},
                    {"type":"custom_emoji","offset":7,"length":2,"custom_emoji_id":"5368"},
                    {"type":"of_next_year","offset":1,"length":1,"date":5}])");
    EXPECT_EQ(got.account, me);
    EXPECT_EQ(got.id, update_id{5});
    EXPECT_EQ(got.kind, update_kind::post);
    const message& post = got.content;
    EXPECT_EQ(post.chat, chat_id{-1001});
    EXPECT_EQ(post.kind, chat_kind::channel);
    EXPECT_EQ(post.chat_title, "News");
    EXPECT_EQ(post.chat_username, "news");
    EXPECT_EQ(post.id, message_id{9});
    EXPECT_EQ(post.date, 1'700'000'000);
    EXPECT_EQ(post.edit_date, 0);
    EXPECT_EQ(post.sender, user_id{});
    EXPECT_EQ(post.sender_chat, chat_id{-1001});
    EXPECT_EQ(post.media_group_id, "137");
    EXPECT_EQ(post.content, content_kind::text);
    EXPECT_EQ(post.text.text, "Привет 🚀 link");
    EXPECT_EQ(post.reply_to, message_id{4});
    EXPECT_TRUE(post.has_protected_content);
    EXPECT_FALSE(post.is_forward);
    const auto& entities = post.text.entities;
    ASSERT_EQ(entities.size(), 6u);
    EXPECT_EQ(entities[0].type, "bold");
    EXPECT_EQ(entities[0].length, 6);
    EXPECT_EQ(entities[1].url, "https://x.y/?a=1");
    EXPECT_EQ(entities[1].offset, 10);
    EXPECT_EQ(entities[2].user, user_id{55});
    EXPECT_EQ(entities[3].language, "c++");
    EXPECT_EQ(entities[4].custom_emoji_id, "5368");
    EXPECT_EQ(entities[5].type, "of_next_year");
}

TEST(answers_test, a_private_message_has_a_sender_and_the_name_of_a_person) {
    answer_reader reader;
    const auto got = reader.updates_of(
        ok(R"([{"update_id":1,"edited_message":{"message_id":2,"edit_date":9,"date":8,
           "from":{"id":31,"is_bot":false},"text":"x","forward_origin":{"type":"user"},
           "chat":{"id":31,"type":"private","first_name":"Ann","last_name":"Lee"}}}])"),
        me);
    const update& edit = got.value().updates.at(0);
    EXPECT_EQ(edit.kind, update_kind::edit);
    EXPECT_EQ(edit.content.sender, user_id{31});
    EXPECT_EQ(edit.content.edit_date, 9);
    EXPECT_EQ(edit.content.chat_title, "Ann Lee");
    EXPECT_EQ(edit.content.kind, chat_kind::private_chat);
    EXPECT_TRUE(edit.content.is_forward);
}

TEST(answers_test, every_kind_of_medium_has_its_file_and_its_caption) {
    struct kind_of_medium {
        const char* field;
        content_kind kind;
    };
    for (const auto& [field, kind] : {kind_of_medium{"video", content_kind::video},
                                      {"animation", content_kind::animation},
                                      {"audio", content_kind::audio},
                                      {"voice", content_kind::voice},
                                      {"video_note", content_kind::video_note},
                                      {"document", content_kind::document},
                                      {"sticker", content_kind::sticker}}) {
        const message got =
            read_message_with(std::string(",\"") + field +
                              R"(":{"file_id":"AgAD","file_unique_id":"u1","file_name":"a.bin",
            "mime_type":"x/y","file_size":3000000000},"caption":"cap",
            "caption_entities":[{"type":"italic","offset":0,"length":3}])");
        EXPECT_EQ(got.content, kind) << field;
        ASSERT_TRUE(got.media.has_value()) << field;
        EXPECT_EQ(got.media->file_id, "AgAD");
        EXPECT_EQ(got.media->file_unique_id, "u1");
        EXPECT_EQ(got.media->file_name, "a.bin");
        EXPECT_EQ(got.media->mime_type, "x/y");
        EXPECT_EQ(got.media->size, 3'000'000'000);
        EXPECT_EQ(got.text.text, "cap");
        ASSERT_EQ(got.text.entities.size(), 1u);
        EXPECT_EQ(got.text.entities[0].type, "italic");
    }
}

TEST(answers_test, a_photo_is_its_largest_size) {
    const message got = read_message_with(
        R"(,"photo":[{"file_id":"s","width":90},{"file_id":"m"},{"file_id":"l","file_size":9}])");
    EXPECT_EQ(got.content, content_kind::photo);
    EXPECT_EQ(got.media.value().file_id, "l");
    EXPECT_EQ(got.media.value().size, 9);
    EXPECT_EQ(read_message_with(R"(,"photo":[])").content, content_kind::other);
}

TEST(answers_test, an_animation_is_not_the_document_that_comes_with_it) {
    for (const std::string fields :
         {R"(,"animation":{"file_id":"a"},"document":{"file_id":"a2"})",
          R"(,"document":{"file_id":"a2"},"animation":{"file_id":"a"})"}) {
        const message got = read_message_with(fields);
        EXPECT_EQ(got.content, content_kind::animation);
        EXPECT_EQ(got.media.value().file_id, "a");
    }
}

TEST(answers_test, a_service_message_is_none_that_can_be_copied) {
    EXPECT_EQ(read_message_with(R"(,"pinned_message":{"message_id":1})").content,
              content_kind::service);
    EXPECT_EQ(read_message_with(R"(,"new_chat_members":[{"id":1}])").content,
              content_kind::service);
    const message moved = read_message_with(R"(,"migrate_to_chat_id":-1009)");
    EXPECT_EQ(moved.content, content_kind::service);
    EXPECT_EQ(moved.migrate_to_chat, chat_id{-1009});
}

TEST(answers_test, content_of_an_unknown_kind_is_other) {
    EXPECT_EQ(read_message_with(R"(,"poll":{"id":"1"})").content, content_kind::other);
    EXPECT_EQ(read_message_with(R"(,"hologram":{"file_id":"h"})").content, content_kind::other);
}

TEST(answers_test, every_update_keeps_its_id_whatever_it_is) {
    const auto got = received(R"({"ok":true,"result":[
        {"update_id":1,"my_chat_member":{"chat":{"id":1}}},
        {"update_id":2,"of_next_year":{"message_id":1}},
        {"update_id":3},
        {"update_id":4,"message":"not an object"},
        {"update_id":5,"message":{"message_id":1}},
        {"update_id":6,"channel_post":{"message_id":0,"chat":{"id":-5}}},
        {"update_id":4611686018427387904,"message":{"message_id":3,"chat":{"id":7},"text":7,
         "entities":"none","photo":{},"date":"yesterday","reply_to_message":[],"from":1}}]})");
    ASSERT_EQ(got.value().updates.size(), 7u);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(got->updates[i].kind, update_kind::other) << i;
        EXPECT_EQ(got->updates[i].id, update_id{static_cast<std::int64_t>(i) + 1});
        EXPECT_EQ(got->updates[i].content, message{});
    }
    EXPECT_EQ(got->updates[5].kind, update_kind::post);
    EXPECT_EQ(got->updates[6].id, update_id{4611686018427387904});
    EXPECT_EQ(got->updates[6].content.text.text, "");
    EXPECT_EQ(got->unreadable, 2u);  // 4 and 5: messages that could not be read
    EXPECT_FALSE(got->repaired);
}

TEST(answers_test, an_entity_that_makes_no_sense_is_left_out) {
    const message got = read_message_with(
        R"(,"text":"x","entities":[{"type":"bold","offset":-1,"length":1},7,
            {"offset":0,"length":1},{"type":"bold","offset":0,"length":-2},
            {"type":"bold","offset":0,"length":99999999999},
            {"type":"italic","offset":0,"length":1}])");
    ASSERT_EQ(got.text.entities.size(), 2u);
    EXPECT_EQ(got.text.entities[0].length, 2147483647);
    EXPECT_EQ(got.text.entities[1].type, "italic");
}

TEST(answers_test, a_lone_surrogate_or_a_broken_byte_costs_one_character) {
    const auto got = received(
        "{\"ok\":true,\"result\":[{\"update_id\":1,\"message\":{\"message_id\":2,\"chat\":{\"id\":"
        "3},"
        "\"text\":\"a\\ud83db\xFFz\"}},{\"update_id\":2}]}");
    ASSERT_EQ(got.value().updates.size(), 2u);
    EXPECT_TRUE(got->repaired);
    EXPECT_EQ(got->unreadable, 0u);
    EXPECT_EQ(got->updates[0].content.text.text,
              "a\xEF\xBF\xBD"
              "b\xEF\xBF\xBDz");
}

TEST(answers_test, one_update_that_no_parser_takes_does_not_stop_the_others) {
    const std::string deep = std::string(5000, '[') + std::string(5000, ']');
    const std::vector<std::string> unreadable = {R"({"update_id":12,"message":{"text":"\x"}})",
                                                 R"({"update_id":12,"message":{"date":1.2.3}})",
                                                 R"({"update_id":12,"message":)" + deep + "}"};
    for (const std::string& bad : unreadable) {
        const auto got =
            received(R"({"ok":true,"result":[{"update_id":11,"message":{"message_id":2,)"
                     R"("chat":{"id":3},"text":"a"}},)" +
                     bad + R"(,{"nothing":tru},{"update_id":13}]})");
        ASSERT_TRUE(got.has_value()) << bad.substr(0, 50);
        ASSERT_EQ(got->updates.size(), 3u);
        EXPECT_EQ(got->updates[0].content.text.text, "a");
        EXPECT_EQ(got->updates[1].id, update_id{12});
        EXPECT_EQ(got->updates[1].account, me);
        EXPECT_EQ(got->updates[1].kind, update_kind::other);
        EXPECT_EQ(got->updates[2].id, update_id{13});
        EXPECT_EQ(got->unreadable, 2u);
    }
}

TEST(answers_test, an_answer_that_was_cut_is_bad_as_a_whole) {
    const std::string whole =
        R"({"ok":true,"result":[{"update_id":1,"message":{"message_id":2,"chat":{"id":3}}}]})";
    EXPECT_EQ(received(whole).value().updates.size(), 1u);
    // From one bracket on all updates are there, and only the envelope is not.
    for (std::size_t cut = 0; cut + 1 < whole.size(); ++cut) {
        const auto got = received(whole.substr(0, cut));
        ASSERT_FALSE(got.has_value()) << cut;
        EXPECT_EQ(got.error().code, errc::bad_answer);
    }
}

TEST(answers_test, a_delivery_is_the_id_of_the_new_message) {
    answer_reader reader;
    const auto id_of = [&](const std::string& result) {
        const outcome settled = reader.outcome_of_send(ok(result));
        EXPECT_EQ(settled.kind, outcome_kind::delivered);
        return settled.message;
    };
    EXPECT_EQ(id_of(R"({"message_id":42})"), message_id{42});
    EXPECT_EQ(id_of(R"({"chat":{"id":1},"message_id":43,"text":"\ud83d"})"), message_id{43});
    EXPECT_EQ(id_of("true"), message_id{0});
    EXPECT_EQ(id_of("{}"), message_id{0});
    EXPECT_EQ(reader.outcome_of_send({.status = 200, .body = R"({"ok":true})"}).kind,
              outcome_kind::uncertain);
}

TEST(answers_test, the_queries_read_what_they_ask_for) {
    answer_reader reader;
    const auto me_answer = reader.identity_of(
        ok(R"({"id":777,"is_bot":true,"username":"my_bot","can_read_all_group_messages":true})"));
    EXPECT_EQ(me_answer.value().id, me);
    EXPECT_EQ(me_answer->username, "my_bot");
    EXPECT_TRUE(me_answer->can_read_all_group_messages);

    const auto chat = reader.chat_of(ok(
        R"({"id":-1001,"type":"supergroup","title":"T","username":"t",
            "has_protected_content":true})"));
    EXPECT_EQ(chat.value().id, chat_id{-1001});
    EXPECT_EQ(chat->kind, chat_kind::supergroup);
    EXPECT_EQ(chat->title, "T");
    EXPECT_TRUE(chat->has_protected_content);
}

TEST(answers_test, of_a_webhook_only_the_host_is_told) {
    answer_reader reader;
    EXPECT_EQ(host_of(""), "");
    EXPECT_EQ(host_of("https://me:pass@example.org:8443/secret?token=1"), "example.org:8443");
    EXPECT_EQ(host_of("example.org"), "example.org");
    EXPECT_EQ(reader.webhook_of(ok("{}")).error().code, errc::bad_answer);
    const auto found = reader.webhook_of(ok(
        R"({"url":"https://example.org/a","pending_update_count":7,"last_error_date":1700000000,
            "last_error_message":"Wrong response from the webhook: 503 Service Unavailable"})"));
    EXPECT_EQ(found.value().url, "https://example.org/a");
    EXPECT_EQ(found->pending, 7);
    EXPECT_EQ(found->last_error_date, 1700000000);
    EXPECT_EQ(found->last_error_message,
              "Wrong response from the webhook: 503 Service Unavailable");
}

TEST(answers_test, a_posted_update_is_read_mended_or_at_least_named) {
    answer_reader reader;
    const std::string post =
        R"({"update_id":9,"channel_post":{"message_id":1,"text":"a","chat":{"id":-1001}}})";
    const auto good = reader.update_posted(post, account_id{7});
    ASSERT_EQ(good.value().updates.size(), 1U);
    EXPECT_EQ(good->updates[0].account, account_id{7});
    EXPECT_EQ(good->updates[0].id, update_id{9});
    EXPECT_EQ(good->updates[0].kind, update_kind::post);
    EXPECT_EQ(good->updates[0].content.text.text, "a");

    const auto cut = reader.update_posted(post.substr(0, post.size() - 3), account_id{7});
    ASSERT_EQ(cut.value().updates.size(), 1U) << "it is named and stops nothing";
    EXPECT_EQ(cut->updates[0].kind, update_kind::other);
    EXPECT_EQ(cut->unreadable, 1U);
    for (const char* none : {"", "{}", "[]", "hello", R"({"update_id":"x"})", "\xff"}) {
        EXPECT_EQ(reader.update_posted(none, account_id{7}).error().code, errc::bad_answer) << none;
    }
}

TEST(answers_test, the_chats_of_waiting_updates_are_found_in_every_kind_once) {
    answer_reader reader;
    const auto chats = reader.chats_of_updates(ok(R"([
        {"update_id":1,"channel_post":{"message_id":1,"chat":{"id":-1001,"type":"channel",
         "title":"News","username":"news"}}},
        {"update_id":2,"my_chat_member":{"chat":{"id":-7,"type":"group","title":"G"}}},
        {"update_id":3,"channel_post":{"message_id":2,"chat":{"id":-1001,"type":"channel"}}},
        {"update_id":4,"inline_query":{"id":"x"}}, {"update_id":5}, 7])"));
    ASSERT_EQ(chats.value().size(), 2u);
    EXPECT_EQ(chats->at(0).title, "News");
    EXPECT_EQ(chats->at(0).username, "news");
    EXPECT_EQ(chats->at(1).id, chat_id{-7});
    EXPECT_EQ(chats->at(1).kind, chat_kind::group);
    const auto refused = reader.chats_of_updates(
        {.status = 409, .body = R"({"ok":false,"error_code":409,"description":"Conflict"})"});
    EXPECT_EQ(refused.error().code, errc::conflict);
}

TEST(answers_test, a_membership_says_what_may_be_done) {
    answer_reader reader;
    const auto rights = [&](const std::string& result) {
        const auto got = reader.membership_of(ok(result));
        if (!got) return std::string("error");
        return got->status + (got->is_member ? "+" : "-") + (got->can_post ? "+" : "-") +
               (got->can_send_media ? "+" : "-");
    };
    EXPECT_EQ(rights(R"({"status":"creator"})"), "creator+++");
    EXPECT_EQ(rights(R"({"status":"administrator"})"), "administrator+++");
    EXPECT_EQ(rights(R"({"status":"administrator","can_post_messages":true})"), "administrator+++");
    EXPECT_EQ(rights(R"({"status":"administrator","can_post_messages":false})"),
              "administrator+--");
    EXPECT_EQ(rights(R"({"status":"member"})"), "member+++");
    EXPECT_EQ(rights(R"({"status":"restricted","is_member":true,"can_send_messages":true})"),
              "restricted++-");
    EXPECT_EQ(rights(R"({"status":"restricted","is_member":true,"can_send_messages":true,
        "can_send_photos":true,"can_send_videos":true,"can_send_documents":true})"),
              "restricted+++");
    EXPECT_EQ(rights(R"({"status":"restricted","is_member":false,"can_send_messages":true})"),
              "restricted---");
    EXPECT_EQ(rights(R"({"status":"left"})"), "left---");
    EXPECT_EQ(rights(R"({"status":"kicked"})"), "kicked---");
    EXPECT_EQ(rights(R"({})"), "error");
}

// The promise of the five outcomes: any status with any body is exactly one of them.
TEST(answers_test, any_answer_is_one_outcome_and_nothing_throws) {
    const std::vector<std::string> seeds = {
        R"({"ok":true,"result":{"message_id":42,"text":"\ud83d\ude80"}})",
        R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5",
            "parameters":{"retry_after":5,"migrate_to_chat_id":-1001}})",
        R"({"ok":true,"result":[{"update_id":1,"message":{"message_id":2,"chat":{"id":3},
            "entities":[{"type":"bold","offset":0,"length":1}],"photo":[{"file_id":"x"}]}}]})",
        "<html><h1>502 Bad Gateway</h1></html>", ""};
    answer_reader reader;
    for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
        random_source random(seed);
        http::response answer{.status = static_cast<int>(random.between(100, 599)),
                              .body = seeds[random.below(seeds.size())]};
        for (auto changes = random.below(4); changes > 0 && !answer.body.empty(); --changes) {
            const auto at = random.below(answer.body.size());
            if (random.chance(0.2)) {
                answer.body.resize(at);
            } else {
                answer.body[at] = static_cast<char>(random.below(256));
            }
        }
        const outcome settled = reader.outcome_of_send(answer);
        ASSERT_LE(settled.kind, outcome_kind::not_sent) << "seed " << seed;
        ASSERT_EQ(settled.kind == outcome_kind::refused, settled.retry_after > duration::zero());
        ASSERT_EQ(settled.kind == outcome_kind::rejected, settled.why != reject_class::none);
        const auto updates = reader.updates_of(answer, me);
        if (updates) {
            for (const update& each : updates->updates) ASSERT_EQ(each.account, me);
        } else {
            ASSERT_FALSE(updates.error().message.empty());
        }
    }
}

}  // namespace
}  // namespace baudot::telegram::bot_api
