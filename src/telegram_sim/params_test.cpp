#include "telegram_sim/params.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/params_decode.hpp"

namespace baudot::telegram_sim {
namespace {

http::request with_body(std::string type, std::string body) {
    return {.method = "POST",
            .target = "/bot1:a/sendMessage",
            .headers = {{"Content-Type", std::move(type)}},
            .body = std::move(body)};
}

params read(http::request request) {
    auto parsed = params::parse(std::move(request));
    EXPECT_TRUE(parsed) << parsed.error().message;
    return std::move(*parsed);
}

TEST(params_test, a_query_string_is_decoded_and_the_path_too) {
    const params got = read({.target = "/bot1%3Aa/getMe?text=a+b%26c%D0%B6&empty=&flag&%zz=%4"});
    EXPECT_EQ(got.path(), "/bot1:a/getMe");
    EXPECT_EQ(got.text("text"), "a b&cж");
    EXPECT_EQ(got.find("empty"), "");
    EXPECT_EQ(got.find("flag"), "");
    EXPECT_EQ(got.find("%zz"), "%4");
    EXPECT_FALSE(got.find("absent"));
}

TEST(params_test, a_plus_in_the_path_stays_a_plus) {
    EXPECT_EQ(read({.target = "/file/bot1:a/x+y"}).path(), "/file/bot1:a/x+y");
}

TEST(params_test, a_form_body_comes_after_the_query) {
    auto request = with_body("application/x-www-form-urlencoded", "chat_id=-100&text=x%0Ay");
    request.target += "?chat_id=5";
    const params got = read(std::move(request));
    EXPECT_EQ(got.text("chat_id"), "5");
    EXPECT_EQ(got.text("text"), "x\ny");
}

TEST(params_test, json_strings_are_decoded_and_other_values_stay_json) {
    const params got = read(with_body("application/json; charset=utf-8", R"( {
        "text": "a\"b\\\/\n\u0436 \ud83d\ude00 \ud83d!",
        "chat_id": -1001234567890, "silent" : true, "none": null,
        "entities": [{"type":"bold","offset":0,"url":"]}\""}, [1]], "object":{"a":{}} } )"));
    EXPECT_EQ(got.text("text"), "a\"b\\/\nж 😀 \xEF\xBF\xBD!");
    EXPECT_EQ(got.exact_integer("chat_id"), -1001234567890);
    EXPECT_TRUE(got.boolean("silent"));
    EXPECT_FALSE(got.find("none"));
    EXPECT_EQ(got.text("entities"), R"([{"type":"bold","offset":0,"url":"]}\""}, [1]])");
    EXPECT_EQ(got.text("object"), R"({"a":{}})");
}

TEST(params_test, what_is_not_a_json_object_is_refused) {
    for (const char* body : {"[]", "{", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":nope}",
                             "{\"a\":[}", "{\"a\":[1}", "{\"a\":\"x}", "{\"a\":\"\\x\"}",
                             "{\"a\":\"\\u12g4\"}", "{a:1}", "{\"a\":[]]}", "1"}) {
        const auto parsed = params::parse(with_body("application/json", body));
        ASSERT_FALSE(parsed) << body;
        EXPECT_EQ(parsed.error().code, errc::invalid_argument);
    }
    EXPECT_TRUE(read(with_body("application/json", "{}")).arguments().empty());
}

TEST(params_test, json_deeper_than_a_hundred_is_refused) {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_TRUE(params::parse(with_body("application/json", nested(100))));
    EXPECT_FALSE(params::parse(with_body("application/json", nested(101))));
}

TEST(params_test, a_multipart_body_gives_arguments_and_files) {
    const std::string bytes("\0\r\n--bou\r\n\xff", 11);
    const params got = read(with_body("multipart/form-data; boundary=\"bound\"",
                                      "preamble\r\n--bound\r\n"
                                      "Content-Disposition: form-data; name=\"chat_id\"\r\n\r\n"
                                      "-5\r\n--bound  \r\n"
                                      "content-type: image/png\r\n"
                                      "content-disposition: form-data; filename=\"a;b.png\"; "
                                      "name=photo\r\n\r\n" +
                                          bytes +
                                          "\r\n--bound\r\nContent-Disposition: form-data; "
                                          "name=\"caption\"\r\n\r\n\r\n--bound--\r\nepilogue"));
    EXPECT_EQ(got.text("chat_id"), "-5");
    EXPECT_EQ(got.find("caption"), "");
    const uploaded_file* file = got.file("photo");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(file->bytes, bytes);
    EXPECT_EQ(file->name, "a;b.png");
    EXPECT_EQ(file->content_type, "image/png");
    EXPECT_FALSE(got.find("photo"));
    EXPECT_EQ(got.file("chat_id"), nullptr);
}

TEST(params_test, a_broken_multipart_body_is_refused) {
    const std::string head = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n";
    for (const std::string& body :
         {std::string("nothing"), std::string("--b"), std::string("--b\r\n"), head + "value",
          head + "value\r\n--c--", std::string("--bx\r\n\r\n\r\n--b--"),
          std::string("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--")}) {
        EXPECT_FALSE(params::parse(with_body("multipart/form-data; boundary=b", body))) << body;
    }
    EXPECT_FALSE(params::parse(with_body("multipart/form-data", head + "x\r\n--b--")));
}

TEST(params_test, a_file_is_a_view_into_the_body_and_survives_a_move) {
    params first =
        read(with_body("multipart/form-data; boundary=b",
                       "--b\r\nContent-Disposition: form-data; name=d; filename=f\r\n\r\n"
                       "bytes\r\n--b--"));
    const char* const where = first.file("d")->bytes.data();
    const params second = std::move(first);
    EXPECT_EQ(second.file("d")->bytes.data(), where);
    EXPECT_EQ(second.file("d")->bytes, "bytes");
}

TEST(params_test, truth_is_true_yes_or_one_in_any_case) {
    const params got = read({.target = "/x?a=True&b=YES&c=1&d=0&e=tru&f=on&g="});
    EXPECT_TRUE(got.boolean("a"));
    EXPECT_TRUE(got.boolean("b"));
    EXPECT_TRUE(got.boolean("c"));
    for (const char* name : {"d", "e", "f", "g", "absent"}) EXPECT_FALSE(got.boolean(name)) << name;
}

TEST(params_test, integers_are_read_to_the_first_other_character_and_clamped) {
    const params got = read({.target = "/x?a=12x&b=x&c=-7&d=99999999999999999999&e=&f=-9e9"
                                       "&g=-99999999999999999999"});
    EXPECT_EQ(got.integer("a", 5), 12);
    EXPECT_EQ(got.integer("b", 5), 0);
    EXPECT_EQ(got.integer("c", 5, 1, 100), 1);
    EXPECT_EQ(got.integer("d", 5, 1, 100), 100);
    EXPECT_EQ(got.integer("g", 5, -3, 100), -3);
    EXPECT_EQ(got.integer("e", 5), 5);
    EXPECT_EQ(got.integer("absent", 5), 5);
    EXPECT_FALSE(got.exact_integer("a"));
    EXPECT_FALSE(got.exact_integer("d"));
    EXPECT_EQ(got.exact_integer("c"), -7);
}

// What a client packs, in whatever form, is what a method sees.
TEST(params_property, any_bytes_survive_every_form) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        std::string value;
        for (auto left = random.below(60); left > 0; --left) {
            const char* const pieces[] = {"a", "\"", "\\", "\r\n", "--b", "&",  "=",    "+",
                                          "%", "ж",  "😀", "{",    "]",   "\n", "\x01", " "};
            value += pieces[random.below(std::size(pieces))];
        }
        std::string json;
        json_writer(json).begin_object().field("v", value).field("n", 1).end_object();
        std::string coded;
        for (const char c : value) {
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            coded += {'%', digits[byte >> 4], digits[byte & 15]};
        }
        const std::string boundary = "x" + std::to_string(random.next());
        const std::string part =
            fmt::format("--{0}\r\nContent-Disposition: form-data; name=v\r\n\r\n{1}\r\n--{0}--",
                        boundary, value);
        EXPECT_EQ(read(with_body("application/json", json)).text("v"), value);
        EXPECT_EQ(read(with_body("application/x-www-form-urlencoded", "n=1&v=" + coded)).text("v"),
                  value);
        EXPECT_EQ(read({.target = "/x?v=" + coded + "&n=1"}).text("v"), value);
        EXPECT_EQ(read(with_body("multipart/form-data; boundary=" + boundary, part)).text("v"),
                  value);
    }
}

TEST(json_writer_test, commas_stand_between_values_only) {
    std::string out;
    json_writer json(out);
    json.begin_object().field("a", 1).key("b").begin_array().value(true).value("x:").value(-2);
    json.begin_object().end_object().raw("{\"r\":0}").end_array().field("c", "y{").field("d", 0.5);
    json.end_object();
    EXPECT_EQ(out, R"({"a":1,"b":[true,"x:",-2,{},{"r":0}],"c":"y{","d":0.5})");
}

TEST(json_writer_test, control_characters_are_escaped_and_other_text_is_not) {
    std::string out;
    append_quoted(out, std::string_view("\0\x1f\n\"\\/ж😀\x7f", 13));
    EXPECT_EQ(out, "\"\\u0000\\u001f\\n\\\"\\\\/ж😀\\u007f\"");
}

}  // namespace
}  // namespace baudot::telegram_sim
