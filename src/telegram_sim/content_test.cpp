#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "telegram_sim/door_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

const std::string news = R"("chat_id":"@news")";

struct content_test : door_fixture {
    using table = std::vector<std::pair<std::string, std::string>>;

    http::answer upload(const std::string& method,
                        const std::vector<std::pair<std::string, std::string>>& fields,
                        const std::vector<std::string>& files) {
        std::string body;
        for (const auto& [name, value] : fields) {
            body += fmt::format(
                "--xyz\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", name, value);
        }
        for (const std::string& name : files) {
            body += fmt::format(
                "--xyz\r\nContent-Disposition: form-data; name=\"{0}\"; "
                "filename=\"{0}.mp4\"\r\n\r\nbytes of {0}\r\n",
                name);
        }
        return ask({.method = "POST",
                    .target = "/bot7001:relay/" + method,
                    .headers = {{"Content-Type", "multipart/form-data; boundary=xyz"}},
                    .body = body + "--xyz--\r\n"});
    }
    json::value album(const std::string& media, const std::vector<std::string>& files,
                      const std::string& to = "@news") {
        const auto got = upload("sendMediaGroup", {{"chat_id", to}, {"media", media}}, files);
        const json::value parsed = json::parse(got.what.body);
        EXPECT_TRUE(parsed.at("ok").as_bool()) << got.what.body;
        return parsed.at("result");
    }
    json::value two_videos() {
        return album(R"([{"type":"video","media":"attach://a","caption":"<b>one</b>",
                         "parse_mode":"HTML","has_spoiler":true},
                        {"type":"video","media":"attach://b","duration":7}])",
                     {"a", "b"});
    }
    void expect_refused(const std::string& method, const table& rows) {
        for (const auto& [arguments, why] : rows) {
            EXPECT_EQ(refusal(method, fmt::format("{{{}{}}}", news, arguments)),
                      "Bad Request: " + why)
                << arguments;
        }
    }
    static std::string id(const json::value& message) {
        return json::serialize(message.at("message_id"));
    }
    std::string of(const json::value& message) { return news + ",\"message_id\":" + id(message); }
};

TEST_F(content_test, an_album_is_answered_whole_and_in_order) {
    const json::value made = two_videos();
    ASSERT_EQ(made.as_array().size(), 2u);
    const json::value& first = made.at(0);
    EXPECT_EQ(first.at("media_group_id"), made.at(1).at("media_group_id"));
    EXPECT_EQ(text(first.at("caption")), "one");
    EXPECT_EQ(text(first.at("caption_entities").at(0).at("type")), "bold");
    EXPECT_TRUE(first.at("has_media_spoiler").as_bool());
    EXPECT_EQ(made.at(1).at("video").at("duration").as_int64(), 7);
    EXPECT_FALSE(made.at(1).as_object().contains("caption"));
    EXPECT_EQ(made.at(1).at("message_id").as_int64(), first.at("message_id").as_int64() + 1);
}

TEST_F(content_test, an_album_goes_again_by_file_ids_and_one_alone_is_none) {
    const json::value made = two_videos();
    const std::string file = text(made.at(0).at("video").at("file_id"));
    const json::value one = call(
        "sendMediaGroup", "{" + news + R"(,"media":[{"type":"video","media":")" + file + "\"}]}");
    ASSERT_EQ(one.as_array().size(), 1u);
    EXPECT_FALSE(one.at(0).as_object().contains("media_group_id"));
}

TEST_F(content_test, refused_albums_have_telegrams_own_texts) {
    const auto media = [](const std::string& list) { return ",\"media\":" + list; };
    std::string eleven = "[";
    for (int i = 0; i < 11; ++i) eleven += R"({"type":"photo","media":"x"},)";
    eleven.back() = ']';
    expect_refused(
        "sendMediaGroup",
        {{"", "parameter \"media\" is required"},
         {media("\"{\""), "can't parse media JSON object"},
         {media("{}"), "expected an Array of InputMedia"},
         {media("[]"), "there are no messages to send"},
         {media("[1]"), "can't parse InputMedia: expected an Object"},
         {media(R"([{"type":"photo"}])"), "can't parse InputMedia: media not found"},
         {media(R"([{"type":"photo","media":"attach://x"}])"),
          "can't parse InputMedia: media not found"},
         {media(R"([{"media":"x"}])"), "can't parse InputMedia: Can't find field \"type\""},
         {media(R"([{"type":"animation","media":"x"}])"),
          "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup"},
         {media(R"([{"type":"voice","media":"x"}])"),
          "can't parse InputMedia: type \"voice\" is unsupported"},
         {media(R"([{"type":"photo","media":"x"},{"type":"audio","media":"x"}])"),
          "audio can't be mixed with other media types"},
         {media(R"([{"type":"document","media":"x"},{"type":"photo","media":"x"}])"),
          "document can't be mixed with other media types"},
         {media(R"([{"type":"photo","media":"x","show_caption_above_media":true},
                    {"type":"photo","media":"x"}])"),
          "parameter show_caption_above_media must be the same for all messages"},
         {media(eleven), "too many messages to send as an album"},
         {media(R"([{"type":"photo","media":"http://a.b/c.jpg"}])"),
          "failed to get HTTP URL content: this server fetches nothing"}});
    EXPECT_EQ(control("GET", "/sim/v1/chats/news/messages"), "[]") << "all or nothing";
}

TEST_F(content_test, albums_stay_together_when_they_are_copied) {
    const json::value made = two_videos();
    const std::string ids = "[" + id(made.at(0)) + "," + id(made.at(1)) + "]";
    for (const char* method : {"copyMessages", "forwardMessages"}) {
        call(method,
             R"({"chat_id":-1000000000020,"from_chat_id":"@news","message_ids":)" + ids + "}");
    }
    const json::value there = json::parse(control("GET", "/sim/v1/chats/-1000000000020/messages"));
    ASSERT_EQ(there.as_array().size(), 4u);
    EXPECT_EQ(there.at(0).at("album"), there.at(1).at("album"));
    EXPECT_EQ(there.at(2).at("album"), there.at(3).at("album"));
    EXPECT_NE(there.at(0).at("album"), there.at(2).at("album"));
}

TEST_F(content_test, an_album_costs_what_its_parts_cost) {
    control("PUT", "/sim/v1/profile",
            R"({"name":"off","limits":{"group_chat":{"interval_ms":1000,"burst":3},
                "album_costs_each":true}})");
    two_videos();
    call("sendMessage", "{" + news + R"(,"text":"third"})");
    EXPECT_TRUE(refusal("sendMessage", "{" + news + R"(,"text":"x"})").starts_with("Too Many"));
}

TEST_F(content_test, media_is_exchanged_and_a_text_becomes_media) {
    const json::value made = two_videos();
    const std::string file = text(made.at(1).at("video").at("file_id"));
    const std::string media = R"(,"media":{"type":"video","media":")" + file + "\"}}";
    const json::value edited = call("editMessageMedia", "{" + of(made.at(0)) + media);
    EXPECT_EQ(edited.at("video").at("file_unique_id"), made.at(1).at("video").at("file_unique_id"));
    EXPECT_FALSE(edited.as_object().contains("caption")) << "it is part of the media";
    EXPECT_TRUE(edited.as_object().contains("edit_date"));
    EXPECT_TRUE(refusal("editMessageMedia", "{" + of(made.at(0)) + media)
                    .starts_with("Bad Request: message is not modified"));
    const json::value words = call("sendMessage", "{" + news + R"(,"text":"words"})");
    EXPECT_TRUE(call("editMessageMedia", "{" + of(words) + media).as_object().contains("video"));
}

TEST_F(content_test, media_keeps_its_place_by_telegrams_rules) {
    const json::value made = two_videos();
    const auto edit = [&](const json::value& which, const std::string& media) {
        return refusal("editMessageMedia", "{" + of(which) + ",\"media\":" + media + "}");
    };
    EXPECT_EQ(edit(made.at(0), R"({"type":"audio","media":"x"})"),
              "Bad Request: can't change media type in the album");
    EXPECT_EQ(edit(made.at(0), R"({"type":"animation","media":"x"})"),
              "Bad Request: message content type can't be used in an album");
    EXPECT_EQ(edit(made.at(0), R"({"type":"game","media":"x"})"),
              "Bad Request: can't parse InputMedia: type \"game\" is unsupported");
    EXPECT_EQ(edit(made.at(0), "\"{\""), "Bad Request: can't parse input media JSON object");
    const json::value thrown = call("sendDice", "{" + news + "}");
    EXPECT_EQ(edit(thrown, R"({"type":"photo","media":"x"})"),
              "Bad Request: message media can't be edited");
    EXPECT_EQ(refusal("editMessageText", "{" + of(thrown) + R"(,"text":"x"})"),
              "Bad Request: there is no text in the message to edit");
    EXPECT_EQ(refusal("editMessageCaption", "{" + of(thrown) + R"(,"caption":"x"})"),
              "Bad Request: there is no caption in the message to edit");
}

TEST_F(content_test, round_videos_and_stickers_are_files_without_captions) {
    const auto sent = [&](const std::string& method, const std::string& field) {
        const auto got = upload(
            method, {{"chat_id", "@news"}, {"length", "240"}, {"emoji", "👍"}, {"caption", "no"}},
            {field});
        return json::parse(got.what.body).at("result");
    };
    const json::value note = sent("sendVideoNote", "video_note");
    EXPECT_EQ(note.at("video_note").at("length").as_int64(), 240);
    EXPECT_FALSE(note.as_object().contains("caption"));
    const json::value sticker = sent("sendSticker", "sticker").at("sticker");
    EXPECT_EQ(text(sticker.at("emoji")), "👍");
    EXPECT_EQ(text(sticker.at("type")), "regular");
    EXPECT_FALSE(sticker.at("is_animated").as_bool());
    EXPECT_EQ(refusal("sendVideoNote", "{" + news + "}"),
              "Bad Request: there is no video note in the request");
    EXPECT_EQ(refusal("sendVideoNote", "{" + news + R"(,"video_note":"https://a.b/c"})"),
              "Bad Request: sending video notes by a URL is unsupported");
    EXPECT_EQ(refusal("sendSticker", "{" + news + R"(,"sticker":")" +
                                         text(note.at("video_note").at("file_id")) + "\"}"),
              "Bad Request: can't use file of type VideoNote as Sticker");
}

TEST_F(content_test, an_effect_belongs_to_private_chats) {
    const json::value made = call(
        "sendMessage", R"({"chat_id":501,"text":"x","message_effect_id":"5104841245755180586"})");
    EXPECT_EQ(text(made.at("effect_id")), "5104841245755180586");
    EXPECT_EQ(refusal("sendMessage", "{" + news + R"(,"text":"x","message_effect_id":"5"})"),
              "Bad Request: can't use message effects in the chat");
}

}  // namespace
}  // namespace baudot::telegram_sim
