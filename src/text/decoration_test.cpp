#include "text/decoration.hpp"

#include <gtest/gtest.h>

namespace baudot::text {
namespace {

message post() {
    message made;
    made.chat = chat_id{-1'001'234'567'890};
    made.kind = chat_kind::channel;
    made.chat_title = "News & more";
    made.chat_username = "some_news";
    made.id = message_id{77};
    made.date = 1'691'690'045;  // 2023-08-10 17:54:05 UTC
    made.author_signature = "Ann Lee";
    return made;
}

formatted_text filled(std::string_view html, const message& with = post(), time_zone zone = {}) {
    const auto read = decoration::parse(html);
    if (!read) return {.text = "error: " + read.error().message, .entities = {}};
    const auto made = read->fill(with, zone);
    return made ? write_formatted(*made) : formatted_text{.text = "none", .entities = {}};
}

std::string error_of(std::string_view html) {
    const auto read = decoration::parse(html);
    return read ? "" : read.error().message;
}

TEST(decoration, html_becomes_entities) {
    const formatted_text made = filled(
        "<blockquote expandable>🚀 <b>a <i>b</i></b></blockquote> &lt;c&gt; &amp;amp; &quot;");
    EXPECT_EQ(made.text, "🚀 a b <c> &amp; \"");
    EXPECT_EQ(made.entities, (std::vector<message_entity>{
                                 {.type = "expandable_blockquote", .offset = 0, .length = 6},
                                 {.type = "bold", .offset = 3, .length = 3},
                                 {.type = "italic", .offset = 5, .length = 1}}));
    EXPECT_EQ(filled("<b><i>x</i></b>").entities.front().type, "bold");
    EXPECT_EQ(filled("<b></b>x").entities.size(), 0U);
}

TEST(decoration, what_is_no_such_html_is_an_error_that_says_what_to_write) {
    for (const std::string_view wrong :
         {"<b>x", "x</b>", "<b><i>x</b></i>", "<p>x</p>", "<a>x</a>", "<a href=>x</a>",
          "<a href=\"\">x</a>", "a < b", "a & b", "<b", "<a href=\"a\"b\">x</a>"}) {
        EXPECT_NE(error_of(wrong), "") << wrong;
    }
    EXPECT_NE(error_of("a & b").find("&amp;"), std::string::npos);
    EXPECT_NE(error_of("<p>").find("blockquote"), std::string::npos);
}

TEST(decoration, variables_are_filled_in_with_the_format_that_they_stand_in) {
    const formatted_text made =
        filled("<b>{source}</b> {username} {date} {time} {author} {id} {{x}}");
    EXPECT_EQ(made.text, "News & more @some_news 2023-08-10 17:54 Ann Lee 77 {x}");
    EXPECT_EQ(made.entities,
              (std::vector<message_entity>{{.type = "bold", .offset = 0, .length = 11}}));
    EXPECT_EQ(filled("{date} {time}", post(), *time_zone::named("Asia/Tokyo")).text,
              "2023-08-11 02:54");
}

TEST(decoration, an_unknown_variable_or_a_lonely_brace_is_an_error) {
    for (const std::string_view wrong : {"{sauce}", "{", "}", "a {source", "{ link }", "{}"}) {
        EXPECT_NE(error_of(wrong).find("{source}"), std::string::npos) << wrong;
    }
    EXPECT_NE(error_of("<a href=\"{sauce}\">x</a>").find("{source}"), std::string::npos);
}

TEST(decoration, what_values_bring_is_never_markup_and_never_a_variable) {
    message odd = post();
    odd.chat_title = "<b>{link}</b> &amp; *_`[";
    EXPECT_EQ(filled("<i>{source}</i>", odd),
              (formatted_text{.text = "<b>{link}</b> &amp; *_`[",
                              .entities = {{.type = "italic", .offset = 0, .length = 24}}}));
}

TEST(decoration, names_of_strangers_bend_nothing_around_them) {
    message odd = post();
    odd.chat_title = "\u202Eevil\u2066\n\t x\u2028y\u200F  ";
    EXPECT_EQ(filled("{source}|", odd).text, "evil x y|");
    odd.chat_title = " \u202E ";
    EXPECT_EQ(filled("{source}", odd).text, "none");
}

TEST(decoration, in_an_address_a_username_has_no_at_sign) {
    const formatted_text made = filled("<a href=\"https://t.me/{username}\">{username}</a>");
    EXPECT_EQ(made.text, "@some_news");
    ASSERT_EQ(made.entities.size(), 1U);
    EXPECT_EQ(made.entities[0].url, "https://t.me/some_news");
}

TEST(decoration, a_link_is_one_that_readers_of_the_source_can_open) {
    message one = post();
    EXPECT_EQ(filled("{link}", one).text, "https://t.me/some_news/77");
    one.topic = message_id{5};
    EXPECT_EQ(filled("{link}", one).text, "https://t.me/some_news/5/77");
    one.chat_username.clear();
    EXPECT_EQ(filled("{link}", one).text, "https://t.me/c/1234567890/5/77");
    one.topic = {};
    EXPECT_EQ(filled("{link}", one).text, "https://t.me/c/1234567890/77");
    one.kind = chat_kind::group;
    one.chat = chat_id{-4001};
    EXPECT_EQ(filled("by {source} {link}", one).text, "none");
    one.kind = chat_kind::private_chat;
    EXPECT_EQ(filled("<a href=\"{link}\">x</a>", one).text, "none");
}

TEST(decoration, addresses_take_values_percent_encoded_but_for_a_link) {
    EXPECT_EQ(filled("<a href=\"{link}\">x</a>").entities.at(0).url, "https://t.me/some_news/77");
    EXPECT_EQ(
        filled("<a href=\"https://a.example/?q={source}&amp;b={{1}}\">x</a>").entities.at(0).url,
        "https://a.example/?q=News%20%26%20more&b={1}");
}

TEST(decoration, a_channel_that_does_not_sign_has_no_author) {
    message one = post();
    one.author_signature.clear();
    one.sender_chat = one.chat;
    one.sender_name = one.chat_title;
    EXPECT_EQ(filled("{author}", one).text, "none");
    one.sender_chat = {};
    one.sender_name = "Bob";
    EXPECT_EQ(filled("{author}", one).text, "Bob");
}

}  // namespace
}  // namespace baudot::text
