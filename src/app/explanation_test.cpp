#include "app/explanation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/explain_print.hpp"
#include "app/post_name.hpp"
#include "app/terminal_text.hpp"
#include "app/token_environment_test.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

const std::string rules = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${TOKEN}
routes:
  - name: news
    from: "@the_source"
    to: ["@copies", -1005]
    filter:
      time: {days: mon-fri, from: "08:00", to: "18:30", zone: Europe/Berlin}
      any: [{words: [rain, snow]}, {size: {at_most: 1KiB}}]
)";

TEST(post_name, is_a_link_or_a_chat_and_a_number) {
    const auto id = parse_post_name("-1001234567890/5");
    ASSERT_TRUE(id);
    EXPECT_EQ(std::get<chat_id>(id->chat), chat_id{-1001234567890});
    EXPECT_EQ(id->message, message_id{5});
    for (const char* same : {"@Name_of/5", "https://t.me/name_of/5", "t.me/s/name_of/5?single"}) {
        const auto named = parse_post_name(same);
        ASSERT_TRUE(named) << same;
        EXPECT_EQ(std::get<std::string>(named->chat), "@name_of");
    }
    const auto of_members = parse_post_name("https://t.me/c/1234567890/17/5");
    ASSERT_TRUE(of_members);
    EXPECT_EQ(std::get<chat_id>(of_members->chat), chat_id{-1001234567890});
    for (const char* wrong : {"", "/", "5", "@name_of", "@name_of/", "@name_of/0", "@name_of/5x",
                              "-5/", "https://example.com/name_of/5"}) {
        EXPECT_FALSE(parse_post_name(wrong)) << wrong;
    }
}

class explanation_test : public testing::Test {
protected:
    explanation_test() {
        rule_set then = names_then.rules();
        for (const chat_id made_up : {then.routes[0].from[0], then.routes[0].to[0]}) {
            EXPECT_TRUE(names_then.is_made_up(made_up));
        }
        then.routes[0].from[0] = chat_id{-1001000000001};
        then.routes[0].to[0] = chat_id{-1002};
        history.add(sequence{1}, snapshot(then));
        update_received post{.what = {.account = account_id{123456789},
                                      .kind = update_kind::post,
                                      .received_at = 1'796'126'403'120'000}};
        post.what.content.chat = chat_id{-1001000000001};
        post.what.content.chat_username = "The_Source";
        post.what.content.id = message_id{7};
        post.what.content.date = 1'796'126'400;  // a Tuesday
        post.what.content.text.text =
            "rain\n\x1b[31m 1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
        history.add(sequence{2}, post);
    }

    json::object explain() {
        return explain_post({.read = read, .file = "b.yaml"}, history, names);
    }

    config::document file{rules, "b.yaml", with_token()};
    const settings read = read_settings(file);
    named_chats names_then{read};
    named_chats names{read};
    post_history history{{"@the_source", message_id{7}}};
};

TEST_F(explanation_test, chats_that_the_file_names_get_the_ids_that_the_journal_knows) {
    const json::object told = explain();
    EXPECT_TRUE(told.at("rules").at("changed").as_array().empty());
    const json::array& targets = told.at("rules").at("routes").at(0).at("targets").as_array();
    ASSERT_EQ(targets.size(), 2U);
    EXPECT_EQ(targets[0].at("chat"), -1002);
    EXPECT_EQ(targets[0].at("chat_name"), "@copies");
    EXPECT_TRUE(targets[1].at("chat_name").is_null());
    EXPECT_EQ(told.at("post").at("link"), "https://t.me/The_Source/7");
    EXPECT_EQ(told.at("journal").at("came").at(0).at("not_before"), "2026-12-01T12:00:03.120Z");
}

TEST_F(explanation_test, a_terminal_gets_a_tree_without_what_strangers_may_have_put_into_it) {
    const std::string text = print_explanation(explain(), false);
    EXPECT_THAT(text, HasSubstr("    └ ✓ filter: all\n"));
    EXPECT_THAT(text, HasSubstr("      ├ ✓ time mon-fri 08:00-18:30 Europe/Berlin  ← the post has "
                                "\"Tue 2026-12-01 13:00\"\n"));
    EXPECT_THAT(text, HasSubstr("        ├ ✓ words [\"rain\",\"snow\"]  ← \"rain\"\n"));
    EXPECT_THAT(text, HasSubstr("        └ ✗ size {\"at_most\":1024}\n"));
    EXPECT_THAT(text, HasSubstr("the same as then"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("AAHdqTcvCH1v")));
    EXPECT_THAT(print_explanation(explain(), true), HasSubstr("\x1b[32m✓\x1b[0m"));
}

TEST_F(explanation_test, a_name_that_nobody_knows_stands_for_itself) {
    post_history other({chat_id{-1001000000001}, message_id{7}});
    other.add(sequence{2}, event(update_received{history.arrivals().at(0).what}));
    const json::object told = explain_post({.read = read, .file = "b.yaml"}, other, names);
    const json::object& rules_now = told.at("rules").as_object();
    EXPECT_TRUE(rules_now.at("changed").is_null());
    const json::object& target = rules_now.at("routes").at(0).at("targets").at(0).as_object();
    EXPECT_TRUE(target.at("chat").is_null());
    EXPECT_EQ(target.at("chat_name"), "@copies");
}

TEST_F(explanation_test, one_destination_alone_may_be_asked_for) {
    const json::object told = explain_post(
        {.read = read, .file = "b.yaml", .destination = chat_id{-1005}}, history, names);
    const json::array& targets = told.at("rules").at("routes").at(0).at("targets").as_array();
    ASSERT_EQ(targets.size(), 1U);
    EXPECT_EQ(targets[0].at("chat"), -1005);
}

TEST(terminal_text, conditions_are_as_short_as_they_can_be_read) {
    const auto text = [](const char* of) {
        return condition_text(json::parse(of).as_object(), 20, false);
    };
    EXPECT_EQ(text(R"({"text":["a"],"case":"exact"})"), R"(text "a")");
    EXPECT_EQ(text(R"({"text":["a"],"case":"ignore"})"), R"(text "a", in any case)");
    EXPECT_EQ(text(R"({"words":["a","b"],"case":"exact"})"), R"(words ["a","b"], in this case)");
    EXPECT_EQ(text(R"({"replace":[{"from":"a","to":"b","case":"exact"}]})"),
              R"(replace "a" by "b")");
    EXPECT_EQ(text(R"({"footer":{"text":"Sign","gap":"line","zone":"UTC"}})"), R"(footer "Sign")");
    EXPECT_EQ(text(R"({"time":{"days":85,"from":0,"to":1440,"zone":"UTC"}})"),
              "time mon,wed,fri,sun 00:00-24:00 UTC");
    EXPECT_EQ(shortened("a\nж\x7f", 3), "a ...") << "between characters";
}

}  // namespace
}  // namespace baudot::app
