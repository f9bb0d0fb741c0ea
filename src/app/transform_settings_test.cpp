#include "app/transform_settings.hpp"

#include <gtest/gtest.h>

#include <string>

#include "app/settings.hpp"
#include "app/token_environment_test.hpp"

namespace baudot::app {
namespace {

struct outcome_of_reading {
    route_settings route;
    std::string report;
};

outcome_of_reading read(const std::string& keys) {
    config::document file(
        "data: d\naccounts: [{name: a, token: \"${T}\"}]\nroutes:\n  - name: r\n    from: -1001\n" +
            keys,
        "b.yaml", with_token());
    settings all = read_settings(file);
    return {all.routes.at(0), file.report()};
}

TEST(transform_settings, every_key_becomes_a_step_in_its_order) {
    const auto [route, report] = read(R"(    to: -1002
    transform:
      - replace: {from: a, to: ""}
      - replace:
          - {pattern: '(\d)', to: '\1', case: ignore}
          - {from: b, to: c, whole_words: true}
      - links: remove
      - mentions: keep_text
      - hashtags: {replace_with: "#ours"}
      - header: "<b>{source}</b>"
      - footer: {text: x, gap: line, zone: Europe/Berlin}
      - style: blockquote
      - caption: strip
      - own_links: {without_copy: {replace_with: gone}}
      - script: return post.text:upper()
      - script:
          on_failure: pass
          code: |
            return nil
    too_long: cut
)");
    EXPECT_EQ(report, "");
    ASSERT_EQ(route.transform.size(), 12U);
    const auto& second = std::get<replace_step>(route.transform[1].what).all;
    ASSERT_EQ(second.size(), 2U);
    EXPECT_TRUE(second[0].is_pattern && second[0].ignore_case && !second[0].whole_words);
    EXPECT_TRUE(!second[1].is_pattern && !second[1].ignore_case && second[1].whole_words);
    EXPECT_EQ(std::get<rewrite_step>(route.transform[3].what).how, rewrite_step::action::keep_text);
    EXPECT_EQ(std::get<rewrite_step>(route.transform[4].what).with, "#ours");
    EXPECT_EQ(std::get<add_step>(route.transform[5].what).where, add_step::place::header);
    const auto& footer = std::get<add_step>(route.transform[6].what);
    EXPECT_EQ(footer.apart, add_step::gap::line);
    EXPECT_EQ(footer.zone.name(), "Europe/Berlin");
    EXPECT_EQ(std::get<style_step>(route.transform[7].what).type, "blockquote");
    const auto& own = std::get<own_links_step>(route.transform[9].what);
    EXPECT_EQ(own.without_copy, own_links::action::replace);
    EXPECT_EQ(own.with, "gone");
    const auto& script = std::get<script_step>(route.transform[10].what);
    EXPECT_EQ(script.script.code, "return post.text:upper()");
    EXPECT_EQ(script.on_failure, script_step::policy::skip);
    EXPECT_EQ(std::get<script_step>(route.transform[11].what).script.code, "return nil\n");
    EXPECT_EQ(std::get<script_step>(route.transform[11].what).on_failure,
              script_step::policy::pass);
    EXPECT_EQ(route.too_long, long_text_policy::cut);
}

TEST(transform_settings, own_links_say_what_becomes_of_those_without_a_copy) {
    const auto without = [](const std::string& written) {
        const auto [route, report] =
            read("    to: -1002\n    transform: [{own_links: " + written + "}]\n");
        EXPECT_EQ(report, "");
        return std::get<own_links_step>(route.transform.at(0).what).without_copy;
    };
    EXPECT_EQ(without("to_copies"), own_links::action::keep);
    EXPECT_EQ(without("{without_copy: keep}"), own_links::action::keep);
    EXPECT_EQ(without("{without_copy: strike}"), own_links::action::strike);
    EXPECT_EQ(without("{without_copy: remove}"), own_links::action::remove);
}

TEST(transform_settings, a_destination_may_have_transforms_of_its_own) {
    const auto [route, report] = read(R"(    to:
      - -1002
      - chat: "@mirror"
        transform: [{footer: x}]
)");
    EXPECT_EQ(report, "");
    ASSERT_EQ(route.to.size(), 2U);
    EXPECT_EQ(std::get<chat_id>(route.to[0].chat), chat_id{-1002});
    EXPECT_EQ(std::get<std::string>(route.to[1].chat), "@mirror");
    const auto resolved = route.resolved([](const chat_text& chat) -> std::optional<chat_id> {
        const auto* id = std::get_if<chat_id>(&chat.chat);
        return id != nullptr ? *id : chat_id{-1003};
    });
    EXPECT_TRUE(resolved.transform.empty());
    ASSERT_EQ(resolved.transform_of.size(), 1U);
    EXPECT_EQ(resolved.transform_of.begin()->first, chat_id{-1003});
    EXPECT_EQ(read("    to: {chat: -1002}\n").report, "");
}

TEST(transform_settings, what_is_wrong_is_named_where_it_stands) {
    const struct {
        std::string keys, where, words;
    } cases[] = {
        {"    to: -1002\n    transform:\n      - replace: {to: x}\n", "b.yaml:8:18", "from"},
        {"    to: -1002\n    transform:\n      - replace: {from: a, pattern: b, to: x}\n",
         "b.yaml:8:37", "beside"},
        {"    to: -1002\n    transform:\n      - replace: {pattern: 'a(', to: x}\n", "b.yaml:8:28",
         "missing )"},
        {"    to: -1002\n    transform:\n      - replace: [{from: a, to: x}, {pattern: a, to: "
         "'\\1'}]\n",
         "b.yaml:8:54", "groups"},
        {"    to: -1002\n    transform:\n      - replace: []\n", "b.yaml:8:9", "no value"},
        {"    to: -1002\n    transform:\n      - links: delete\n", "b.yaml:8:16", "keep_text"},
        {"    to: -1002\n    transform:\n      - links: {replace_with: ours}\n", "b.yaml:8:31",
         "https://"},
        {"    to: -1002\n    transform:\n      - header: <b>x\n", "b.yaml:8:17", "not closed"},
        {"    to: -1002\n    transform:\n      - footer: {text: '{sauce}'}\n", "b.yaml:8:24",
         "{source}"},
        {"    to: -1002\n    transform:\n      - footer: {text: x, gap: wide}\n", "b.yaml:8:32",
         "paragraph"},
        {"    to: -1002\n    transform:\n      - style: loud\n", "b.yaml:8:16", "blockquote"},
        {"    to: -1002\n    transform:\n      - links: remove\n        style: bold\n",
         "b.yaml:8:9", "several keys"},
        {"    to: -1002\n    transform:\n      - translat: ru\n", "b.yaml:8:9", "unknown key"},
        {"    to: -1002\n    transform:\n      - translate: ru\n", "b.yaml:8:20", "translate"},
        {"    to: -1002\n    transform:\n      - translate: {api: a}\n", "b.yaml:8:20", "to"},
        {"    to: -1002\n    transform:\n      - translate: {api: a, to: de, prompt: b}\n",
         "b.yaml:8:37", "prompt"},
        {"    to: -1002\n    transform:\n      - rewrite: {api: a, to: de}\n", "b.yaml:8:27", "to"},
        {"    to: -1002\n    transform:\n      - rewrite: {api: a, on_failure: skip, "
         "hold_at_most: 1h}\n",
         "b.yaml:8:59", "does not hold"},
        {"    to: -1002\n    transform:\n      - rewrite: {api: a}\n", "b.yaml:8:24", "no API a"},
        {"    to: -1002\n    mode: forward\n    transform: [{links: remove}]\n", "b.yaml:8:25",
         "mode: copy"},
        {"    to: [{chat: -1002, transform: [{style: loud}]}]\n", "b.yaml:6:44", "blockquote"},
        {"    to: [{chat: x!}]\n", "b.yaml:6:17", "chat id"},
        {"    to: [{transform: [{style: bold}]}]\n", "b.yaml:6:10", "chat"},
        {"    to: -1002\n    transform:\n      - own_links: remove\n", "b.yaml:8:20", "to_copies"},
        {"    to: -1002\n    transform:\n      - own_links: {}\n", "b.yaml:8:20", "without_copy"},
        {"    to: -1002\n    transform:\n      - own_links: {without_copy: strik}\n", "b.yaml:8:35",
         "strike"},
        {"    to: -1002\n    transform:\n      - own_links: {without_copy: {replace_with: ''}}\n",
         "b.yaml:8:50", "replace_with"},
        {"    to: -1002\n    transform:\n      - own_links: to_copies\n      - own_links: "
         "to_copies\n",
         "b.yaml:9:20", "before it"},
        {"    to: -1002\n    transform:\n      - auto_answer: true\n", "b.yaml:8:22",
         "bots cannot"},
        {"    to: -1002\n    too_long: cut\n", "b.yaml:7:15", "no transform"},
    };
    for (const auto& [keys, where, words] : cases) {
        const std::string report = read(keys).report;
        EXPECT_TRUE(report.contains(where)) << keys << report;
        EXPECT_TRUE(report.contains(words)) << keys << report;
    }
}

TEST(transform_settings, what_is_wrong_with_a_script_is_named_at_its_line) {
    const struct {
        std::string keys, where, words;
    } cases[] = {
        {"    to: -1002\n    transform:\n      - style: bold\n      - script: |\n          local "
         "a\n"
         "          a = = 1\n",
         "b.yaml:11:1", "unexpected symbol"},
        {"    to: -1002\n    transform:\n      - script: {code: return (}\n", "b.yaml:8:24",
         "unexpected symbol"},
        {"    to: -1002\n    transform:\n      - script: {file: gone.lua}\n", "b.yaml:8:24",
         "it is gone"},
        {"    to: -1002\n    transform:\n      - script: {code: a(), on_failure: hold}\n",
         "b.yaml:8:41", "skip"},
        {"    to: -1002\n    transform:\n      - script: {on_failure: pass}\n", "b.yaml:8:17",
         "file"},
        {"    to: -1002\n    transform:\n      - scrip: return nil\n", "b.yaml:8:9",
         "did you mean \"script\""},
    };
    for (const auto& [keys, where, words] : cases) {
        const std::string report = read(keys).report;
        EXPECT_TRUE(report.contains(where)) << keys << report;
        EXPECT_TRUE(report.contains(words)) << keys << report;
    }
}

}  // namespace
}  // namespace baudot::app
