#include "app/filter_settings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "app/settings.hpp"
#include "app/token_environment_test.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace {

// "filter:" is line 9; what is in it begins with line 10 and column 7.
const std::string before = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${TOKEN}
routes:
  - name: news
    from: -1001
    to: -1002
)";

config::document document_of(const std::string& filter) {
    return {before + filter, "b.yaml", with_token()};
}

std::string report(const std::string& filter) {
    config::document file = document_of("    filter:\n" + filter);
    (void)read_settings(file);
    return file.report();
}

/// The filter of the route as it is recorded.
std::string read(const std::string& filter) {
    config::document file = document_of("    filter:\n" + filter);
    const settings all = read_settings(file);
    EXPECT_TRUE(file.ok()) << file.report();
    if (!file.ok()) return {};
    const std::string text =
        snapshot(
            {.routes = {all.routes.at(0).resolved([](const chat_text&) { return std::nullopt; })}})
            .text;
    const auto begin = text.find("\"filter\":");
    if (begin == text.npos) return {};
    return text.substr(begin + 9, text.size() - begin - 9 - 3);
}

TEST(filter_settings, each_key_of_a_mapping_has_to_hold) {
    EXPECT_EQ(read("      text: a+\n"), R"({"text":["a+"],"case":"exact"})");
    EXPECT_EQ(read("      text: [a, b]\n      media: photo\n"),
              R"({"all":[{"text":["a","b"],"case":"exact"},{"media":["photo"]}]})");
    EXPECT_EQ(read("      any:\n        - words: x\n        - not: {has: [link, reply]}\n"),
              R"({"any":[{"words":["x"],"case":"ignore"},{"not":{"has":["link","reply"]}}]})");
}

TEST(filter_settings, a_case_is_of_all_texts_of_its_mapping) {
    EXPECT_EQ(read("      text: a\n      words: b\n      file_name: c\n      case: ignore\n"),
              R"({"all":[{"text":["a"],"case":"ignore"},{"file_name":["c"],"case":"ignore"},)"
              R"({"words":["b"],"case":"ignore"}]})");
    EXPECT_EQ(read("      words: b\n      case: exact\n"), R"({"words":["b"],"case":"exact"})");
    EXPECT_EQ(read("      match: {pattern: (a), group: 1, in: [x, y]}\n      case: ignore\n"),
              R"x({"match":{"pattern":"(a)","group":1,"in":["x","y"]},"case":"ignore"})x");
}

TEST(filter_settings, names_are_read_as_people_write_them) {
    EXPECT_EQ(read("      sender: [42, '@Ann_Lee', https://t.me/News]\n"),
              R"({"sender":["42","@ann_lee","@news"]})");
    EXPECT_EQ(read("      forwarded_from: [-1001, '@News', Ann Lee]\n"),
              R"({"forwarded_from":["-1001","@news","Ann Lee"]})");
}

TEST(filter_settings, tags_domains_extensions_and_languages_have_one_form) {
    EXPECT_EQ(read("      hashtags: [news, '#Go', $TSLA]\n"),
              R"({"hashtags":["#news","#Go","$TSLA"]})");
    EXPECT_EQ(read("      link_domains: [Example.com, '*.b.org']\n"),
              R"({"link_domains":["example.com","b.org"]})");
    EXPECT_EQ(read("      extension: [.PDF, zip]\n"), R"({"extension":["pdf","zip"]})");
    EXPECT_EQ(read("      language: [en, unknown]\n"), R"({"language":["en","unknown"]})");
    EXPECT_EQ(read("      sender_is: [bot, admin]\n"), R"({"has":["bot_sender","admin_sender"]})");
}

TEST(filter_settings, numbers_have_bounds_and_units) {
    EXPECT_EQ(read("      size: {at_least: 64KiB, at_most: 20MiB}\n"),
              R"({"size":{"at_least":65536,"at_most":20971520}})");
    EXPECT_EQ(read("      length: {at_least: 1}\n"), R"({"length":{"at_least":1}})");
}

TEST(filter_settings, a_window_has_days_hours_and_a_zone) {
    EXPECT_EQ(read("      time: {days: [mon-wed, sat], from: '08:00', to: '24:00'}\n"),
              R"({"time":{"days":39,"from":480,"to":1440,"zone":"UTC"}})");
    EXPECT_EQ(read("      time: {days: sat-mon}\n"),
              R"({"time":{"days":97,"from":0,"to":1440,"zone":"UTC"}})");
    EXPECT_EQ(read("      time: {from: '22:00', to: '06:00', zone: Europe/Berlin}\n"),
              R"({"time":{"days":127,"from":1320,"to":360,"zone":"Europe/Berlin"}})");
}

TEST(filter_settings, scripts_stand_there_or_in_a_file) {
    EXPECT_EQ(read("      script: return true\n"), R"({"script":"return true"})");
    EXPECT_EQ(read("      script: |\n        local a = 1\n        return a\n      media: photo\n"),
              R"({"all":[{"media":["photo"]},{"script":"local a = 1\nreturn a\n"}]})");
    config::environment files = with_token();
    files.read = [](const std::string& path) -> result<config::environment::file> {
        if (path == "conf/a.lua") return config::environment::file{.text = "return post.media"};
        if (path == "conf/b.lua") return config::environment::file{.text = "\n\nreturn return"};
        return fail(errc::not_found, "it is gone");
    };
    config::document file(before +
                              "    filter:\n      any:\n"
                              "        - script: {file: a.lua}\n"
                              "        - script: {file: b.lua}\n",
                          "conf/b.yaml", files);
    const settings all = read_settings(file);
    EXPECT_EQ(
        file.report(),
        "conf/b.yaml:12:26: error: route \"news\": b.lua:3: unexpected symbol near 'return'\n");
    const auto& what = std::get<script_condition>(all.routes.at(0).filter.parts.at(0).what);
    EXPECT_EQ(what.script.code, "return post.media");
    EXPECT_EQ(what.script.file, "a.lua");
}

TEST(filter_settings, what_is_wrong_with_a_script_is_named_at_its_line) {
    EXPECT_TRUE(report("      media: photo\n"
                       "      script: |\n"
                       "        local a = 1\n"
                       "        return a ==\n"
                       "      text: a\n")
                    .starts_with("b.yaml:13:1: error: route \"news\": script: unexpected symbol"));
    EXPECT_TRUE(report("      script: |\n        x = = 1\n        return x\n")
                    .starts_with("b.yaml:11:1: error: "));
    EXPECT_TRUE(report("      script: return (\n").starts_with("b.yaml:10:15: error: "));
    EXPECT_TRUE(report("      script: {file: gone.lua}\n")
                    .starts_with("b.yaml:10:22: error: cannot read \"gone.lua\": it is gone"));
    EXPECT_TRUE(
        report("      script: {}\n").starts_with("b.yaml:10:15: error: \"file\" is missing"));
    EXPECT_TRUE(report("      script: {code: a =, file: a.lua}\n")
                    .starts_with("b.yaml:10:33: error: \"file\" stands beside \"code\""));
    EXPECT_TRUE(report("      script: [a]\n").starts_with("b.yaml:10:"));
}

TEST(filter_settings, everything_that_is_wrong_is_named_at_its_place) {
    const std::string said = report(
        "      text: ['fine', 'ab\\q']\n"
        "      all:\n"
        "        - words: ['']\n"
        "          media: [photo, foto]\n"
        "        - not: {}\n"
        "      any: []\n"
        "      match: {pattern: '(a)', group: 2, in: []}\n"
        "      size: {at_least: 2KiB, at_most: 1KiB}\n"
        "      length: {}\n"
        "      time: {days: [monday], from: '25:00', zone: Mars/Crater}\n"
        "      sender: ann\n"
        "      hashtags: 'two words'\n"
        "      link_domains: https://example.com/\n"
        "      extension: tar.gz\n"
        "      language: russian\n"
        "      has: nothing\n"
        "      sender_is: boss\n"
        "      wrods: x\n");
    for (const char* const part :
         {"b.yaml:12:19: error: \"words\" is", "b.yaml:13:26: error: \"media\" is",
          "b.yaml:14:16: error: this filter has no condition", "b.yaml:15:7: error: \"any\" has no",
          "b.yaml:16:41: error: \"in\" has no value",
          "b.yaml:17:13: error: at_least is above at_most",
          "b.yaml:18:15: error: \"length\" has no", "b.yaml:19:21: error: \"days\" is",
          "b.yaml:19:36: error: \"from\" is", "b.yaml:19:51: error: \"zone\" is",
          "b.yaml:20:15: error: \"sender\" is", "b.yaml:21:17: error: \"hashtags\" is",
          "b.yaml:22:21: error: \"link_domains\" is", "b.yaml:23:18: error: \"extension\" is",
          "b.yaml:24:17: error: \"language\" is", "b.yaml:25:12: error: \"has\" is",
          "b.yaml:26:18: error: \"sender_is\" is",
          "b.yaml:27:7: error: unknown key \"wrods\"; did you mean \"words\"?"}) {
        EXPECT_NE(said.find(part), said.npos) << part << '\n' << said;
    }
}

TEST(filter_settings, what_is_wrong_with_a_pattern_is_named_at_its_place) {
    const std::string said = report(
        "      media: photo\n"
        "      text: ['fine', 'ab\\q']\n"
        "      any:\n"
        "        - match: {pattern: (a, in: x}\n"
        "        - file_name: '*'\n"
        "    refuse:\n"
        "      text: ['a', 'b', '(?<c)']\n");
    EXPECT_NE(said.find("b.yaml:11:22: error: route \"news\": pattern \"ab\\q\""), said.npos)
        << said;
    EXPECT_NE(said.find("b.yaml:13:28: error: route \"news\": pattern \"(a\""), said.npos) << said;
    EXPECT_NE(said.find("b.yaml:14:22: error: route \"news\": pattern \"*\""), said.npos) << said;
    EXPECT_NE(said.find("b.yaml:16:24: error: route \"news\": pattern \"(?<c)\""), said.npos)
        << said;
    EXPECT_NE(
        report("      match: {pattern: '(a)', group: 2, in: x}\n").find("b.yaml:10:24: error:"),
        said.npos);
}

TEST(filter_settings, a_case_without_texts_and_a_window_that_is_empty_are_refused) {
    EXPECT_NE(
        report("      case: ignore\n      media: photo\n").find("b.yaml:10:13: error: \"case\""),
        std::string::npos);
    EXPECT_NE(report("      time: {from: '08:00', to: '08:00'}\n").find("this window is empty"),
              std::string::npos);
}

TEST(filter_settings, a_window_of_any_time_is_refused_at_its_place) {
    const auto says = [](const std::string& filter, const char* problem) {
        EXPECT_NE(report(filter).find(problem), std::string::npos) << report(filter);
    };
    says("      time: {}\n", "b.yaml:10:13: error: \"time\" has no window");
    says("      time: {zone: Europe/Berlin}\n", "b.yaml:10:13: error: \"time\" has no window");
    says("      time: {days: []}\n", "b.yaml:10:14: error: \"days\" has no value");
    says("      time: {days: [], from: '08:00'}\n", "b.yaml:10:14: error: \"days\" has no value");
    EXPECT_EQ(report("      time: {days: [monday]}\n").find("no window"), std::string::npos)
        << "one error is enough";
}

TEST(filter_settings, a_list_of_no_patterns_is_as_if_it_were_not_there) {
    config::document file = document_of("    include: []\n    exclude: []\n");
    (void)read_settings(file);
    EXPECT_EQ(file.report(), "");
}

}  // namespace
}  // namespace baudot::app
