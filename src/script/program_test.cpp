#include "script/program.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace baudot::script {
namespace {

struct program_test : testing::Test {
    message post{.chat = chat_id{-1001234567890},
                 .kind = chat_kind::channel,
                 .chat_title = "News",
                 .chat_username = "news",
                 .id = message_id{7},
                 .date = 1'700'000'000,
                 .sender_chat = chat_id{-1001234567890},
                 .sender_name = "News",
                 .text = {.text = "Ж #tag x", .entities = {}}};
    std::vector<span_entity> entities;

    /// The text, its entities, and where they are; or why not.
    std::string change(const std::string& code);

    /// "yes", "no", or why not.
    std::string say(const std::string& code) {
        const auto made = program::compile({.code = code, .file = {}});
        if (!made) {
            return std::to_string(made.error().line) + ": " + made.error().message;
        }
        const auto said = made->holds({.post = post, .text = post.text.text, .entities = entities});
        if (!said) return said.error();
        return *said ? "yes" : "no";
    }
};

std::string program_test::change(const std::string& code) {
    const auto made = program::compile({.code = code, .file = {}});
    if (!made) return made.error().message;
    const auto said = made->change({.post = post, .text = post.text.text, .entities = entities});
    if (!said) return said.error();
    if (!*said) return "as it is";
    std::string all = (*said)->text;
    if (!(*said)->entities) return all;
    if ((*said)->entities->empty()) all += " none";
    for (const auto& each : *(*said)->entities) {
        all += ' ' + each.what.type + ' ' + std::to_string(each.begin) + '-' +
               std::to_string(each.end);
    }
    return all;
}

TEST_F(program_test, holds_as_lua_understands_it) {
    EXPECT_EQ(say("return true"), "yes");
    EXPECT_EQ(say("return 0"), "yes");
    EXPECT_EQ(say("return post.text:find('x')"), "yes");
    EXPECT_EQ(say("return false"), "no");
    EXPECT_EQ(say("return nil"), "no");
    EXPECT_EQ(say("return post.text:find('y')"), "no");
    EXPECT_EQ(say(""), "no");
    EXPECT_EQ(say("return post.nothing.at_all"),
              "script:1: attempt to index field 'nothing' (a nil value)");
}

TEST_F(program_test, sees_the_post) {
    const message_entity tag{.type = "hashtag"};
    const message_entity link{.type = "text_link", .url = "https://a.b/"};
    entities = {{.begin = 3, .end = 7, .what = &tag}, {.begin = 8, .end = 9, .what = &link}};
    post.via_bot = user_id{42};
    post.content = content_kind::document;
    post.media =
        medium{.file_name = "a.pdf", .mime_type = "application/pdf", .size = 5'000'000'000};
    post.is_forward = true;
    post.origin = forward_origin{
        .type = forward_origin::kind::user, .user = user_id{4'503'599'627'370'495}, .name = "Ann"};
    for (const char* const each :
         {"post.chat.id == -1001234567890",
          "post.chat.kind == 'channel'",
          "post.chat.title == 'News'",
          "post.chat.username == 'news'",
          "post.id == 7",
          "post.date == 1700000000",
          "post.sender.id == post.chat.id",
          "post.sender.is_bot == false",
          "post.text == 'Ж #tag x'",
          "post.length == 8",
          "#post.entities == 2",
          "post.entities[1].type == 'hashtag'",
          "post.text:sub(post.entities[1].first, post.entities[1].last) == '#tag'",
          "post.hashtags[1] == '#tag' and #post.hashtags == 1",
          "post.links[1] == 'https://a.b/'",
          "#post.mentions == 0",
          "post.media == 'document'",
          "post.file.name == 'a.pdf'",
          "post.file.size == 5000000000",
          "post.file.mime_type == 'application/pdf'",
          "post.is_forward",
          "post.forwarded_from.id == 4503599627370495",
          "post.forwarded_from.name == 'Ann'",
          "post.via_bot.id == 42",
          "post.author == nil",
          "post.reply_to == nil",
          "post.album == nil",
          "post.topic == nil"}) {
        EXPECT_EQ(say(std::string("return ") + each), "yes") << each;
    }
    post.sender_chat = {};
    EXPECT_EQ(say("return post.sender == nil"), "yes");
    post.sender = user_id{5};
    post.sender_is_bot = true;
    EXPECT_EQ(say("return post.sender.id == 5 and post.sender.is_bot"), "yes");
}

TEST_F(program_test, makes_a_text) {
    EXPECT_EQ(change("return post.text:upper()"), "Ж #TAG X");
    EXPECT_EQ(change("return nil"), "as it is");
    EXPECT_EQ(change(""), "as it is");
    EXPECT_EQ(change("return ''"), "");
    EXPECT_EQ(change("return 'ab', {{type = 'bold', first = 1, last = 2}}"), "ab bold 0-2");
    EXPECT_EQ(change("return 'ab', {}"), "ab none");
    EXPECT_EQ(change("return 'abc', {{type = 'bold', first = 2, last = 2}, "
                     "{type = 'text_link', first = 1, last = 3, url = 'http://a'}, "
                     "{type = 'italic', first = 2, last = 3}}"),
              "abc text_link 0-3 italic 1-3 bold 1-2");
    const message_entity odd{.type = "something_new"};
    entities = {{.begin = 3, .end = 7, .what = &odd}};
    EXPECT_EQ(change("return post.text, post.entities"), "Ж #tag x something_new 3-7");
}

TEST_F(program_test, refuses_what_is_no_text) {
    for (const auto& [code, words] : std::vector<std::pair<std::string, std::string>>{
             {"return 7", "returns a number where a text"},
             {"return true", "returns a boolean where a text"},
             {"return nil, {}", "returns a nil where a text"},
             {"return '\\255'", "not UTF-8"},
             {"return 'a', 'b'", "returns a string where entities"},
             {"return 'a', {1}", "entity 1 is no table"},
             {"return 'a', {{type = 'blod', first = 1, last = 1}}", "entity 1 has no type"},
             {"return 'a', {{type = 'bold', first = 1}}", "beyond the text"},
             {"return 'a', {{type = 'bold', first = 0, last = 1}}", "beyond the text"},
             {"return 'a', {{type = 'bold', first = 1, last = 2}}", "beyond the text"},
             {"return 'ab', {{type = 'bold', first = 1.5, last = 2}}", "beyond the text"},
             {"return 'ab', {{type = 'bold', first = 0/0, last = 2}}", "beyond the text"},
             {"return 'ab', {{type = 'bold', first = 2, last = 1}}", "before it begins"},
             {"return 'Жa', {{type = 'bold', first = 2, last = 3}}", "parts a character"},
             {"return 'aЖ', {{type = 'bold', first = 1, last = 2}}", "parts a character"},
             {"return 'ab', {{type = 'text_link', first = 1, last = 1}}", "has no url"},
             {"return 'ab', {{type = 'text_mention', first = 1, last = 1}}", "has no user"},
             {"return 'ab', {{type = 'custom_emoji', first = 1, last = 1}}", "no custom_emoji_id"},
             {"return 'ab', {{type = 'pre', first = 1, last = 1, language = '\\255'}}", "UTF-8"},
             {"return 'abc', {{type = 'bold', first = 1, last = 2}, "
              "{type = 'code', first = 2, last = 3}}",
              "overlap"},
             {"local t = {} for i = 1, 60000 do t[i] = {} end return 'a', t", "stopped"},
             {"while true do end", "stopped"}}) {
        EXPECT_TRUE(change(code).contains(words)) << code << "\n" << change(code);
    }
}

TEST_F(program_test, keeps_nothing_from_one_post_to_the_next) {
    const auto made =
        program::compile({.code = "count = (count or 0) + 1 string.count = (string.count or 0) + 1 "
                                  "post.text = 'changed' return count == 1 and string.count == 1",
                          .file = {}});
    ASSERT_TRUE(made);
    for (int run = 0; run < 3; ++run) {
        EXPECT_EQ(made->holds({.post = post, .text = post.text.text, .entities = {}}), true);
    }
}

TEST_F(program_test, names_the_line_that_is_wrong) {
    EXPECT_EQ(say("local x = 1\nlocal y = = 2\n"), "1: script: unexpected symbol near '='");
    EXPECT_EQ(say("return ("), "0: script: unexpected symbol near '<eof>'");
    EXPECT_TRUE(say("\x1bLJ").contains("attempt to load chunk with wrong mode")) << say("\x1bLJ");
    const auto of_file = program::compile({.code = "\n\nlocal = 1",
                                           .file = "scripts/a_rather_long_name_of_a_file_that_"
                                                   "lua_would_cut_at_the_end_or_begin.lua"});
    ASSERT_FALSE(of_file);
    EXPECT_EQ(of_file.error().line, 0u);
    EXPECT_EQ(of_file.error().message,
              "scripts/a_rather_long_name_of_a_file_that_lua_would_cut_at_the_end_or_begin.lua:3: "
              "'<name>' expected near '='");
}

TEST_F(program_test, numbers_that_open_ffi_are_refused) {
    for (const char* const each : {"1LL", "1ULL", "0x10LL", "1i", "-1ll"}) {
        EXPECT_EQ(say(std::string("return ") + each),
                  "0: script: there are no numbers with LL, ULL or i");
    }
    EXPECT_EQ(say("return tonumber('1LL') == nil and tonumber('1i') == nil"), "yes");
}

TEST_F(program_test, what_is_too_large_is_no_script) {
    EXPECT_TRUE(say(std::string(300'000, ' ')).contains("longer than 256 KiB"));
    std::string many;
    for (int at = 0; at < 60'000; ++at) many += "x=x ";
    EXPECT_TRUE(say(many).contains("too large")) << say(many).substr(0, 200);
}

}  // namespace
}  // namespace baudot::script
