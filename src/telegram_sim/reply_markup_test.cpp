#include "telegram_sim/reply_markup.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "telegram_sim/json_objects.hpp"
#include "telegram_sim/world_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

using kind = reply_markup::kind;

std::string refusal(const std::string& json) {
    const auto got = read_reply_markup(json);
    return got ? "accepted: " + got->json : got.error().description;
}

TEST(reply_markup_test, an_inline_keyboard_comes_back_as_telegram_writes_it) {
    const auto got = read_reply_markup(
        R"({"inline_keyboard": [[{"text": "Go", "callback_data": "go:1", "unknown": 1},
            {"callback_data": "", "text": "Site", "url": "example.com"}],
            [{"text": " ", "url": "a.b"}], [{"text":"S","switch_inline_query":""},
            {"text":"C","copy_text":{"text":"x"},"style":"danger"}]]})");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->type, kind::inline_keyboard);
    EXPECT_EQ(got->json, R"({"inline_keyboard":[[{"text":"Go","callback_data":"go:1"},)"
                         R"({"text":"Site","url":"http://example.com"}],)"
                         R"([{"text":"S","switch_inline_query":""},)"
                         R"({"text":"C","style":"danger","copy_text":{"text":"x"}}]]})");
}

TEST(reply_markup_test, other_keyboards_are_told_apart) {
    const auto kind_of = [](const std::string& json) { return read_reply_markup(json)->type; };
    EXPECT_EQ(kind_of(""), kind::none);
    EXPECT_EQ(kind_of("{}"), kind::none);
    EXPECT_EQ(kind_of(R"({"inline_keyboard":[]})"), kind::none);
    EXPECT_EQ(kind_of(R"({"keyboard":[["Yes",{"text":"No"}]],"resize_keyboard":true})"),
              kind::keyboard);
    EXPECT_EQ(kind_of(R"({"remove_keyboard":true})"), kind::remove);
    EXPECT_EQ(kind_of(R"({"force_reply":true,"selective":true})"), kind::force_reply);
}

TEST(reply_markup_test, what_is_wrong_is_said_in_telegrams_words) {
    const std::string button = "Bad Request: can't parse inline keyboard button: ";
    const std::vector<std::pair<std::string, std::string>> table = {
        {"{", "Bad Request: can't parse reply keyboard markup JSON object"},
        {"[]", "Bad Request: object expected as reply markup"},
        {R"({"inline_keyboard":1})",
         "Bad Request: field \"inline_keyboard\" must be of type Array"},
        {R"({"inline_keyboard":[{"text":"x"}]})",
         "Bad Request: field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of "
         "Arrays"},
        {R"({"inline_keyboard":[["x"]]})", button + "InlineKeyboardButton must be an Object"},
        {R"({"inline_keyboard":[[{"url":"a.b"}]]})", button + "Can't find field \"text\""},
        {R"({"inline_keyboard":[[{"text":true}]]})",
         button + "Field \"text\" must be of type String"},
        {R"({"inline_keyboard":[[{"text":"x"}]]})",
         button + "Text buttons are unallowed in the inline keyboard"},
        {R"({"inline_keyboard":[[{"text":"x","web_app":"https://a.b"}]]})",
         button + "Field \"web_app\" must be of type Object"},
        {R"({"inline_keyboard":[[{"text":"x","url":"ftp://a.b"}]]})",
         "Bad Request: inline keyboard button URL 'ftp://a.b' is invalid: Unsupported URL "
         "protocol"},
        {R"({"inline_keyboard":[[{"text":"x","url":"nonsense"}]]})",
         "Bad Request: inline keyboard button URL 'nonsense' is invalid: Wrong HTTP URL"},
        {R"({"inline_keyboard":[[{"text":"x","callback_data":")" + std::string(65, 'd') + "\"}]]}",
         "Bad Request: BUTTON_DATA_INVALID"},
        {R"({"inline_keyboard":[[{"text":"x","pay":true}]]})", "Bad Request: BUTTON_TYPE_INVALID"},
        {R"({"keyboard":["x"]})", "Bad Request: field \"keyboard\" must be an Array of Arrays"},
        {R"({"keyboard":[[1]]})",
         "Bad Request: can't parse keyboard button: KeyboardButton must be a String or an Object"},
        {R"({"remove_keyboard":1})",
         "Bad Request: field \"remove_keyboard\" must be of type Boolean"},
    };
    for (const auto& [json, why] : table) EXPECT_EQ(refusal(json), why) << json;
    std::string many = R"({"inline_keyboard":[)";
    for (int i = 0; i < 101; ++i) many += R"([{"text":"x","callback_data":"y"}],)";
    many.back() = ']';
    EXPECT_EQ(refusal(many + "}"), "Bad Request: reply markup is too long");
}

struct keyboards : world_fixture {
    static reply_markup button(const std::string& field, const std::string& value) {
        return *read_reply_markup(R"({"inline_keyboard":[[{"text":"x",")" + field + "\":\"" +
                                  value + "\"}]]}");
    }
    std::string shown(chat_id where, message_id id) {
        std::string out;
        json_writer json(out);
        append_message(json, sim, bot, at(where), *at(where).find(id));
        return out;
    }
    bool has_keyboard(chat_id where, message_id id) {
        return shown(where, id).find("\"reply_markup\":{\"inline_keyboard\"") != std::string::npos;
    }
};

TEST_F(keyboards, an_edit_that_names_no_keyboard_takes_it_away) {
    const auto made = send_message(sim, by(), text(target), {.text = "one"},
                                   {.markup = button("callback_data", "1")});
    ASSERT_TRUE(made);
    EXPECT_TRUE(has_keyboard(target, made->own));
    ASSERT_TRUE(edit_message_reply_markup(sim, by(), text(target), made->own,
                                          button("callback_data", "2")));
    EXPECT_EQ(
        edit_message_reply_markup(sim, by(), text(target), made->own, button("callback_data", "2"))
            .error()
            .description.substr(0, 39),
        "Bad Request: message is not modified: s");
    ASSERT_TRUE(edit_message_text(sim, by(), text(target), made->own, {.text = "one"}));
    EXPECT_FALSE(has_keyboard(target, made->own));
}

TEST_F(keyboards, only_an_inline_one_goes_into_a_channel_or_an_edit) {
    const auto force = *read_reply_markup(R"({"force_reply":true})");
    EXPECT_EQ(
        send_message(sim, by(), text(target), {.text = "x"}, {.markup = force}).error().description,
        "Bad Request: inline keyboard expected");
    const auto made = send_message(sim, by(), text(supergroup), {.text = "x"}, {.markup = force});
    ASSERT_TRUE(made);
    EXPECT_EQ(shown(supergroup, made->own).find("reply_markup"), std::string::npos);
    EXPECT_EQ(edit_message_reply_markup(sim, by(), text(supergroup), made->own, force)
                  .error()
                  .description,
              "Bad Request: inline keyboard expected");
}

TEST_F(keyboards, a_copy_has_only_a_new_one_and_a_forward_keeps_links) {
    const auto pressed = send_message(sim, by(), text(source), {.text = "x"},
                                      {.markup = button("callback_data", "1")});
    const auto link = send_message(sim, by(), text(source), {.text = "x"},
                                   {.markup = button("url", "http://a.b")});
    const auto copied = copy_message(sim, by(), text(target), text(source), link->own);
    EXPECT_FALSE(has_keyboard(target, *copied));
    const auto dressed = copy_message(sim, by(), text(target), text(source), link->own, {},
                                      {.markup = button("callback_data", "2")});
    EXPECT_TRUE(has_keyboard(target, *dressed));
    const auto kept = forward_message(sim, by(), text(target), text(source), link->own);
    EXPECT_TRUE(has_keyboard(target, kept->own));
    const auto lost = forward_message(sim, by(), text(target), text(source), pressed->own);
    EXPECT_FALSE(has_keyboard(target, lost->own));
}

}  // namespace
}  // namespace baudot::telegram_sim
