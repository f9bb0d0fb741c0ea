#include "telegram/bot_api/json_repair.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "base/utf16.hpp"

namespace baudot::telegram::bot_api {
namespace {

TEST(json_repair_test, valid_json_stays_as_it_is) {
    for (const std::string& json :
         {std::string(R"({"a":"\ud83d\ude80 \\u \" \u0416 \n","b":[1,2.5e3,null]})"),
          std::string("{\"ж\":\"🚀\"}"), std::string("[ ]"), std::string()}) {
        EXPECT_EQ(repaired(json), json);
    }
}

TEST(json_repair_test, what_no_parser_takes_becomes_a_replacement_character) {
    EXPECT_EQ(repaired(R"("\ud83d")"), R"("\ufffd")");
    EXPECT_EQ(repaired(R"("\ude80x")"), R"("\ufffdx")");
    EXPECT_EQ(repaired(R"("\ud83d\ud83d\ude80")"), R"("\ufffd\ud83d\ude80")");
    EXPECT_EQ(repaired(R"("\ud83d\n")"), R"("\ufffd\n")");
    EXPECT_EQ(repaired("\"\xFF\""), "\"\xEF\xBF\xBD\"");
    EXPECT_EQ(repaired("\"\xF0\x9F\x9A\""), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(repaired("\"\xED\xA0\xBD\""), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(repaired("\"a\nb\""), "\"a b\"");
    EXPECT_EQ(repaired("\"a\\"), "\"a\\");
    EXPECT_EQ(repaired(R"("\ud83)"), R"("\ud83)");
}

TEST(json_repair_test, a_repaired_text_is_valid_utf8_whatever_it_was) {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        random_source random(seed);
        std::string bytes = "\"";
        for (int i = 0; i < 40; ++i) bytes.push_back(static_cast<char>(random.below(256)));
        const std::string mended = repaired(bytes);
        // Outside strings nothing is touched: only what is inside has a meaning.
        bool in_string = true;
        std::string inside;
        for (std::size_t at = 1; at < mended.size(); ++at) {
            if (mended[at] == '\\' && in_string) {
                ++at;
            } else if (mended[at] == '"') {
                in_string = !in_string;
            } else if (in_string) {
                inside.push_back(mended[at]);
            }
        }
        EXPECT_TRUE(is_valid_utf8(inside)) << "seed " << seed;
    }
}

TEST(json_repair_test, the_elements_of_a_result_are_found_by_their_brackets) {
    const std::string json =
        R"({"x":{"result":[9]},"ok":true, "result" : [ {"a":"]}\"["} , 5,[1,[2]],)"
        R"({"b":{"c":[]}} ],"y":1})";
    const auto found = result_elements(json);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 4u);
    EXPECT_EQ((*found)[0], R"({"a":"]}\"["} )");
    EXPECT_EQ((*found)[2], "[1,[2]]");
    EXPECT_EQ(result_elements(R"({"result":[]})")->size(), 0u);
    for (const std::string broken :
         {"", "{", "[]", R"({"result":{}})", R"({"result":[{"a":1})", R"({"result":["x])",
          R"({"result":)", R"({"a":"result"})", R"({"result)"}) {
        EXPECT_FALSE(result_elements(broken).has_value()) << broken;
    }
}

TEST(json_repair_test, an_update_id_is_found_outside_of_strings) {
    EXPECT_EQ(update_id_in(R"({"m":"\"update_id\":5","update_id" : 7})"), 7);
    EXPECT_EQ(update_id_in(R"({"update_id":9000000000,)"), 9'000'000'000);
    EXPECT_FALSE(update_id_in(R"({"update_id":"7"})").has_value());
    EXPECT_FALSE(update_id_in(R"({"update_id")").has_value());
    EXPECT_FALSE(update_id_in("{}").has_value());
}

}  // namespace
}  // namespace baudot::telegram::bot_api
