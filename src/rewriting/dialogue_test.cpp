#include "rewriting/dialogue.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "text/random_text_test.hpp"

namespace baudot::rewriting {
namespace {

namespace json = boost::json;
using text::read_marked;
using text::write_formatted;

constexpr std::string_view key = "a-secret-key-1234";

message_entity entity(std::string type, std::int32_t offset, std::int32_t length) {
    return {.type = std::move(type), .offset = offset, .length = length};
}

text_api api_of(api_kind kind) {
    return {.name = "mine",
            .kind = kind,
            .url = "http://api.example/v1",
            .key = std::string(key),
            .model = "small"};
}

question question_of(const formatted_text& what) {
    return {.what = {.api = "mine", .to = "de"}, .text = read_marked(what)};
}

std::unique_ptr<dialogue> dialogue_of(api_kind kind, const formatted_text& what) {
    const text_api api = api_of(kind);
    auto made = make_dialogue(api, endpoint_of(api).value(), question_of(what));
    EXPECT_TRUE(made.has_value());
    return std::move(made.value());
}

std::string_view header(const http::request& what, std::string_view name) {
    return http::find(what.headers, name);
}

/// The text, or the kind of the failure and its sentence.
std::string outcome(const dialogue& of, const http::response& answer) {
    const auto read = of.read(answer);
    if (read) return read->bytes;
    const bool is_wrong = read.error().kind == failure_kind::wrong;
    return (is_wrong ? "wrong: " : "unavailable: ") + read.error().message;
}

std::string answer_with(api_kind kind, std::string_view text) {
    const std::string quoted = json::serialize(json::string(text));
    switch (kind) {
        case api_kind::libretranslate: return fmt::format(R"({{"translatedText":{}}})", quoted);
        case api_kind::deepl: return fmt::format(R"({{"translations":[{{"text":{}}}]}})", quoted);
        case api_kind::openai:
            return fmt::format(R"({{"choices":[{{"message":{{"content":{}}}}}]}})", quoted);
        case api_kind::webhook: return fmt::format(R"({{"text":{}}})", quoted);
    }
    return {};
}

constexpr std::array all_kinds = {api_kind::libretranslate, api_kind::deepl, api_kind::openai,
                                  api_kind::webhook};

TEST(endpoint, the_path_of_the_kind_is_added_once) {
    const auto of = [](api_kind kind, std::string url) {
        const auto made = endpoint_of({.name = "x", .kind = kind, .url = std::move(url)});
        return made ? made->base_url + " " + made->target : "error";
    };
    EXPECT_EQ(of(api_kind::libretranslate, "http://127.0.0.1:5000"),
              "http://127.0.0.1:5000 /translate");
    EXPECT_EQ(of(api_kind::libretranslate, "http://h/lt/translate"), "http://h /lt/translate");
    EXPECT_EQ(of(api_kind::openai, "https://h/v1/"), "https://h /v1/chat/completions");
    EXPECT_EQ(of(api_kind::openai, "https://h/v1?version=2"),
              "https://h /v1/chat/completions?version=2");
    EXPECT_EQ(of(api_kind::webhook, "https://h"), "https://h /");
    EXPECT_EQ(of(api_kind::webhook, "https://h/hook/?a=b"), "https://h /hook/?a=b");
    for (const std::string bad : {"", "h", "ftp://h", "http://", "http://u:p@h/", "http://h/#x",
                                  "http://h/a b", "http://h/\n"}) {
        EXPECT_EQ(of(api_kind::webhook, bad), "error") << bad;
    }
}

TEST(endpoint, the_key_of_deepl_says_which_host) {
    text_api api{.name = "x", .kind = api_kind::deepl, .key = "12345678:fx"};
    EXPECT_EQ(endpoint_of(api)->base_url, "https://api-free.deepl.com");
    EXPECT_EQ(endpoint_of(api)->target, "/v2/translate");
    api.key = "12345678";
    EXPECT_EQ(endpoint_of(api)->base_url, "https://api.deepl.com");
}

TEST(check, says_what_is_wrong_and_never_the_key) {
    text_api api = api_of(api_kind::openai);
    EXPECT_TRUE(check(api).has_value());
    const auto problem = [](const text_api& with) {
        const auto checked = check(with);
        return checked ? std::string() : checked.error().message;
    };
    api.model.clear();
    EXPECT_EQ(problem(api), "API mine: it needs the name of a model");
    api = api_of(api_kind::deepl);
    api.key = "short";
    EXPECT_EQ(problem(api).find("short\""), std::string::npos);
    EXPECT_NE(problem(api), "");
    api.key = "with a space in it";
    EXPECT_EQ(problem(api), "API mine: its key holds a space or worse");
    api = api_of(api_kind::webhook);
    api.at_once = 0;
    EXPECT_NE(problem(api), "");
    api = api_of(api_kind::webhook);
    api.timeout = std::chrono::milliseconds(0);
    EXPECT_NE(problem(api), "");
    const text_api libre = api_of(api_kind::libretranslate);
    EXPECT_FALSE(check(libre, {.api = "mine"}).has_value());
    EXPECT_FALSE(check(libre, {.api = "mine", .to = "de", .prompt = "x"}).has_value());
    EXPECT_FALSE(check(api_of(api_kind::openai), {.api = "mine"}).has_value());
    EXPECT_TRUE(check(api_of(api_kind::webhook), {.api = "mine"}).has_value());
}

TEST(dialogue, asks_libretranslate_for_lines_of_html) {
    const auto of =
        dialogue_of(api_kind::libretranslate, {"one two\nthree", {entity("bold", 0, 3)}});
    const http::request sent = of->request();
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.target, "/v1/translate");
    EXPECT_EQ(json::parse(sent.body),
              json::parse(R"({"q":["<span id=\"0\">one</span> two","three"],"source":"auto",
                  "target":"de","format":"html","api_key":"a-secret-key-1234"})"));
    const auto read =
        of->read({.body = R"({"translatedText":["eins <span id=\"0\">zwei</span>","drei"]})"});
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(write_formatted(*read), (formatted_text{"eins zwei\ndrei", {entity("bold", 5, 4)}}));
    EXPECT_EQ(outcome(*of, {.body = R"({"translatedText":["eins"]})"}),
              "wrong: the answer has 1 texts for 2");
    EXPECT_EQ(outcome(*of, {.body = R"({"translatedText":["eins",2]})"}),
              "wrong: the answer has no text at translatedText");
}

TEST(dialogue, asks_deepl_with_the_context_of_all_lines) {
    const auto of = dialogue_of(api_kind::deepl, {"one\ntwo", {}});
    const http::request sent = of->request();
    EXPECT_EQ(sent.target, "/v1/v2/translate");
    EXPECT_EQ(header(sent, "Authorization"), "DeepL-Auth-Key a-secret-key-1234");
    EXPECT_EQ(json::parse(sent.body),
              json::parse(R"({"text":["one","two"],"target_lang":"DE","context":"one\ntwo",
                  "tag_handling":"html","tag_handling_version":"v2"})"));
    EXPECT_EQ(outcome(*of, {.body = R"({"translations":[{"text":"eins"},{"text":"zwei"}]})"}),
              "eins\nzwei");
}

TEST(dialogue, deepl_never_gets_more_than_it_takes) {
    std::string lines;
    for (int number = 0; number < 200; ++number) lines += "line\n";
    const auto of = dialogue_of(api_kind::deepl, {lines, {}});
    EXPECT_EQ(json::parse(of->request().body).at("text").as_array().size(), 50U);
    const auto large = dialogue_of(api_kind::deepl, {std::string(60'000, 'a') + "\nb", {}});
    EXPECT_LE(large->request().body.size(), std::size_t{128 << 10});
    const text_api api = api_of(api_kind::deepl);
    question asked = question_of({std::string(60'000, '&') + "a", {}});
    EXPECT_FALSE(make_dialogue(api, endpoint_of(api).value(), asked).has_value());
    asked = question_of({std::string(70'000, 'a'), {}});
    EXPECT_FALSE(make_dialogue(api, endpoint_of(api).value(), asked).has_value());
}

TEST(dialogue, asks_a_model_for_the_whole_text) {
    const auto of = dialogue_of(api_kind::openai, {"one\ntwo", {entity("bold", 4, 3)}});
    const http::request sent = of->request();
    EXPECT_EQ(sent.target, "/v1/chat/completions");
    EXPECT_EQ(header(sent, "Authorization"), "Bearer a-secret-key-1234");
    const json::value body = json::parse(sent.body);
    EXPECT_EQ(body.at("model").as_string(), "small");
    EXPECT_EQ(body.at("messages").at(1).at("content").as_string(),
              "one\n<span id=\"0\">two</span>");
    for (const std::string content :
         {"eins\n<span id=\"0\">zwei</span>", "<think>hm</think>\n\neins\n<span id=0>zwei</span>\n",
          "```html\neins\n<span id=\"0\">zwei</span>\n```"}) {
        const auto read = of->read({.body = answer_with(api_kind::openai, content)});
        ASSERT_TRUE(read.has_value()) << content;
        EXPECT_EQ(write_formatted(*read), (formatted_text{"eins\nzwei", {entity("bold", 5, 4)}}));
    }
    EXPECT_EQ(outcome(*of, {.body = R"({"choices":[]})"}), "wrong: the answer has no choices");
    EXPECT_EQ(outcome(*of, {.body = R"({"choices":[{"finish_reason":"length",
                  "message":{"content":"eins"}}]})"}),
              "wrong: the model did not end its answer (length)");
    EXPECT_EQ(outcome(*of, {.body = R"({"choices":[{"message":{"content":null,
                  "refusal":"no"}}]})"}),
              "wrong: the model refuses");
    EXPECT_EQ(outcome(*of, {.body = answer_with(api_kind::openai, "<think>eins")}),
              "wrong: the answer has no text where there was one");
}

TEST(dialogue, a_webhook_gets_entities_and_gives_them_or_html) {
    const auto of = dialogue_of(api_kind::webhook, {"🚀 one", {entity("bold", 3, 3)}});
    const http::request sent = of->request();
    EXPECT_EQ(sent.target, "/v1");
    EXPECT_EQ(header(sent, "Authorization"), "Bearer a-secret-key-1234");
    EXPECT_EQ(json::parse(sent.body).at("entities"),
              json::parse(R"([{"type":"bold","offset":3,"length":3}])"));
    const formatted_text good{"🚀 eins", {entity("bold", 3, 4)}};
    for (const std::string body :
         {R"({"text":"🚀 eins","entities":[{"type":"bold","offset":3,"length":4}]})",
          R"({"html":"🚀 <b>eins</b>"})"}) {
        const auto read = of->read({.body = body});
        ASSERT_TRUE(read.has_value()) << body;
        EXPECT_EQ(write_formatted(*read), good) << body;
    }
    for (const std::string body :
         {R"({"text":"a","entities":{}})", R"({"text":"a","entities":[1]})",
          R"({"text":"a","entities":[{"type":"bold","offset":"0","length":1}]})",
          R"({"text":"a","entities":[{"type":1,"offset":0,"length":1}]})", R"({"html":"<b>a"})",
          R"({"html":1})", R"({"text":null})", "{}", "[]", "1"}) {
        EXPECT_TRUE(outcome(*of, {.body = body}).starts_with("wrong: ")) << body;
    }
    const auto crossing = of->read({.body = R"({"text":"one two six","entities":[
        {"type":"bold","offset":0,"length":7},{"type":"italic","offset":4,"length":7},
        {"type":"spoiler","offset":90,"length":7}]})"});
    ASSERT_TRUE(crossing.has_value());
    EXPECT_EQ(text::testing::problem_of(write_formatted(*crossing)), "");
}

TEST(dialogue, statuses_tell_an_api_that_fails_from_a_text_that_it_does_not_take) {
    for (const api_kind kind : all_kinds) {
        const auto of = dialogue_of(kind, {"one", {}});
        for (const int status : {401, 402, 403, 404, 408, 429, 456, 500, 502, 503, 529}) {
            EXPECT_TRUE(outcome(*of, {.status = status}).starts_with("unavailable: ")) << status;
        }
        for (const int status : {300, 301, 302, 307, 308, 400, 413, 422, 418}) {
            EXPECT_TRUE(outcome(*of, {.status = status}).starts_with("wrong: ")) << status;
        }
        EXPECT_NE(outcome(*of, {.status = 302}).find("redirects"), std::string::npos);
        EXPECT_NE(outcome(*of, {.status = 401}).find("refuses the key"), std::string::npos);
    }
}

TEST(dialogue, only_too_many_requests_is_no_fault_of_the_api) {
    const auto of = dialogue_of(api_kind::deepl, {"one", {}});
    const auto wait = [&](int status, std::string after) {
        return of->read({.status = status, .headers = {{"retry-after", std::move(after)}}}).error();
    };
    EXPECT_EQ(wait(429, "7").retry_after, std::chrono::seconds(7));
    EXPECT_TRUE(wait(429, "7").is_busy);
    EXPECT_EQ(wait(503, "2.5").retry_after, std::chrono::milliseconds(2500));
    EXPECT_FALSE(wait(503, "2.5").is_busy);
    EXPECT_EQ(wait(429, "99999999999").retry_after, std::chrono::hours(1));
    for (const std::string none :
         {"", "-1", "nan", "inf", "7 s", "Wed, 21 Oct 2026 07:28:00 GMT"}) {
        EXPECT_LE(wait(429, none).retry_after, std::chrono::hours(1)) << none;
    }
    EXPECT_EQ(wait(429, "nan").retry_after, duration::zero());
}

TEST(dialogue, what_an_api_says_is_passed_on_without_the_key) {
    const auto of = dialogue_of(api_kind::libretranslate, {"one", {}});
    EXPECT_EQ(outcome(*of, {.status = 400, .body = R"({"error":"xx is not supported"})"}),
              "wrong: HTTP 400: it refuses the text (xx is not supported)");
    EXPECT_EQ(outcome(*of, {.status = 403,
                            .body = R"({"error":{"message":"no a-secret-key-1234\nhere"}})"}),
              "unavailable: HTTP 403: it refuses the key (no [secret] here)");
    const std::string said =
        outcome(*of, {.status = 400, .body = R"({"detail":")" + std::string(500, 'x') + "\"}"});
    EXPECT_LT(said.size(), 300U);
}

TEST(dialogue, no_answer_that_is_wrong_becomes_a_text) {
    for (const api_kind kind : all_kinds) {
        const auto of = dialogue_of(kind, {"one", {}});
        EXPECT_EQ(outcome(*of, {.body = answer_with(kind, "eins")}), "eins");
        for (const std::string& body :
             {std::string(), std::string("<html>"), std::string("{}"), std::string("[]"),
              std::string("null"), std::string("\"x\""), std::string("{\"translatedText\":7}"),
              answer_with(kind, ""), answer_with(kind, " \n"), answer_with(kind, "\u200B"),
              answer_with(kind, std::string("a\0b", 3)), answer_with(kind, "eins").substr(1),
              answer_with(kind, "\xFF\xFE"), answer_with(kind, "\xC3"),
              answer_with(kind, std::string(70'000, 'a')), std::string(2 << 20, ' '),
              std::string(5000, '['), std::string("{\"text\":\"\\ud800\"}")}) {
            EXPECT_TRUE(outcome(*of, {.body = body}).starts_with("wrong: "))
                << name(kind) << body.substr(0, 50);
        }
    }
}

TEST(dialogue, a_text_without_words_is_not_sent_to_translators) {
    for (const api_kind kind : {api_kind::libretranslate, api_kind::deepl, api_kind::openai}) {
        EXPECT_TRUE(dialogue_of(kind, {"🚀 100 %", {}})->is_needless());
    }
    EXPECT_FALSE(dialogue_of(api_kind::webhook, {"🚀 100 %", {}})->is_needless());
    EXPECT_TRUE(dialogue_of(api_kind::webhook, {"", {}})->is_needless());
}

TEST(dialogue, links_to_posts_of_the_source_stay_such_links) {
    for (const api_kind kind : all_kinds) {
        const text_api api = api_of(kind);
        question asked = question_of({"see here", {entity("text_link", 4, 4)}});
        asked.text.marks[0].what.url = "https://t.me/c/1/2";
        asked.text.marks[0].what.own_post = message_id{2};
        asked.text.own = own_links{.without_copy = own_links::action::strike};
        const auto of = make_dialogue(api, endpoint_of(api).value(), asked).value();
        const auto read =
            of->read({.body = kind == api_kind::webhook
                                  ? R"({"html":"siehe <a href=\"https://t.me/c/1/2\">hier</a>"})"
                                  : answer_with(kind, "siehe <span id=\"0\">hier</span>")});
        ASSERT_TRUE(read.has_value()) << name(kind);
        EXPECT_EQ(read->own, asked.text.own) << name(kind);
        ASSERT_EQ(read->marks.size(), 1U) << name(kind);
        EXPECT_EQ(read->marks[0].what.own_post, message_id{2}) << name(kind);
    }
}

/// The JSON behind the line `<!-- checked by dialogue_test: NAME -->` of docs/apis.md.
std::string example(const std::string& name) {
    std::ifstream file(BAUDOT_SOURCE_DIR "/docs/apis.md");
    std::stringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    const auto place = text.find("<!-- checked by dialogue_test: " + name + " -->");
    EXPECT_NE(place, text.npos) << name;
    const auto begin = text.find("```json\n", place) + 8;
    return text.substr(begin, text.find("```", begin) - begin);
}

TEST(dialogue, the_examples_of_the_handbook_are_what_is_said) {
    const text_api api = api_of(api_kind::webhook);
    question asked = question_of({"🚀 Launch today", {entity("bold", 3, 6)}});
    asked.post = {.route = "news",
                  .chat = chat_id{-1001234567890},
                  .chat_title = "City news",
                  .message = message_id{42},
                  .date = 1767225600};
    const auto of = make_dialogue(api, endpoint_of(api).value(), asked).value();
    EXPECT_EQ(json::parse(of->request().body), json::parse(example("request")));
    for (const std::string answer : {"text", "html"}) {
        const auto read = of->read({.body = example(answer)});
        ASSERT_TRUE(read.has_value()) << answer;
        EXPECT_EQ(write_formatted(*read),
                  (formatted_text{"🚀 Start heute", {entity("bold", 3, 5)}}));
    }
}

}  // namespace
}  // namespace baudot::rewriting
