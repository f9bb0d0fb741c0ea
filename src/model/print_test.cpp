#include "model/print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "base/utf16.hpp"
#include "model/codec.hpp"

namespace baudot {
namespace {

namespace json = boost::json;

update_received received(std::string text) {
    update_received made;
    made.what.account = account_id{77};
    made.what.id = update_id{9};
    made.what.kind = update_kind::post;
    made.what.content.chat = chat_id{-1001};
    made.what.content.id = message_id{5};
    made.what.content.text.text = std::move(text);
    made.what.content.text.entities.push_back(
        {.type = "text_link", .length = 1, .url = "https://a"});
    return made;
}

TEST(print, a_snapshot_of_rules_differs_when_any_part_of_a_route_does) {
    const route plain{.name = "news", .from = {chat_id{-1}}, .to = {chat_id{-2}}};
    std::vector<route> others(22, plain);
    others[0].name = "sport";
    others[1].from = {chat_id{-2}};
    others[2].to = {chat_id{-2}, chat_id{-3}};
    others[3].mode = relay_mode::forward;
    others[4].include = {"a"};
    others[5].exclude = {"a"};
    others[6].options.silent = true;
    others[7].options.link_preview = false;
    others[8].on_uncertain = uncertain_policy::skip;
    others[9].terms.traffic = traffic_class::sync;
    others[10].terms.weight = 2;
    others[11].terms.expire_after = std::chrono::seconds(1);
    others[12].transform = {{.what = style_step{"bold"}}};
    others[13].transform = {{.what = replace_step{{{.find = "a", .with = "b"}}}}};
    others[14].transform_of[chat_id{-2}] = {{.what = strip_caption_step{}}};
    others[16].transform = {{.what = own_links_step{}}};
    others[17].transform = {{.what = own_links_step{own_links::action::strike, {}}}};
    others[18].transform = {{.what = ask_step{{.api = "a", .to = "de"}}}};
    others[19].transform = {{.what = ask_step{{.api = "a", .prompt = "b"}}}};
    others[20].transform = {{.what = script_step{{"return nil", {}}}}};
    others[21].filter = {.how = post_filter::kind::condition,
                         .parts = {},
                         .what = script_condition{{"return true", "a.lua"}}};
    others[15].too_long = long_text_policy::cut;
    const rules_changed first = snapshot({.routes = {plain}});
    EXPECT_EQ(snapshot({.routes = {plain}}), first);
    for (const route& each : others) {
        EXPECT_NE(snapshot({.routes = {each}}).fingerprint, first.fingerprint);
    }
    EXPECT_EQ(json::parse(first.text).at("routes").at(0).at("name").as_string(), "news");
}

TEST(print, json_holds_what_the_event_holds) {
    const json::value parsed = json::parse(to_json(received("a \"quoted\"\nline")));
    EXPECT_EQ(parsed.at("account").as_int64(), 77);
    EXPECT_EQ(parsed.at("chat").as_int64(), -1001);
    EXPECT_EQ(parsed.at("text").at("text").as_string(), "a \"quoted\"\nline");
    EXPECT_EQ(parsed.at("text").at("entities").at(0).at("url").as_string(), "https://a");

    deliveries_planned plan;
    plan.route = "news";
    plan.variants.push_back({copy_message{chat_id{-1}, message_id{2}}, {.silent = true}});
    plan.variants.push_back(
        {copy_message{chat_id{-1}, message_id{2}, formatted_text{.text = "c", .entities = {}}},
         {}});
    plan.deliveries.push_back({.id = {1, 2}, .destination = chat_id{-9}, .sender = account_id{77}});
    const json::value planned = json::parse(to_json(plan));
    EXPECT_EQ(planned.at("variants").at(0).at("operation").as_string(), "copy");
    EXPECT_TRUE(planned.at("variants").at(0).at("silent").as_bool());
    EXPECT_FALSE(planned.at("variants").at(0).as_object().contains("caption"));
    EXPECT_EQ(planned.at("variants").at(1).at("caption").at("text").as_string(), "c");
    EXPECT_EQ(planned.at("deliveries").at(0).at("id").as_string(),
              "00000000000000010000000000000002");
}

TEST(print, text_is_one_line_and_cut_between_characters) {
    std::string wide;
    for (int each = 0; each < 40; ++each) wide += "я";
    const std::string line = to_text(received("x" + wide));
    EXPECT_TRUE(is_valid_utf8(line));
    EXPECT_TRUE(line.ends_with("..."));
    EXPECT_EQ(to_text(received("a\nb")).find('\n'), std::string::npos);
}

TEST(print, fates_carry_their_reason) {
    deliveries_settled settled;
    settled.settlements.push_back({.delivery = {sequence{4}, 1},
                                   .kind = outcome_kind::rejected,
                                   .why = reject_class::forbidden,
                                   .description = "Forbidden: bot was kicked"});
    EXPECT_EQ(to_text(settled), "4.1 rejected (forbidden)");
    EXPECT_EQ(json::parse(to_json(settled)).at("settlements").at(0).at("why").as_string(),
              "forbidden");
}

TEST(print, a_retry_and_a_drop_name_the_letter) {
    deliveries_planned again;
    again.route = "news";
    again.retry_of = {sequence{4}, 1};
    EXPECT_TRUE(to_text(event(again)).ends_with("again, was 4.1")) << to_text(event(again));
    EXPECT_EQ(json::parse(to_json(event(again))).at("retry_of").at("planned").as_int64(), 4);
    const dead_letters_dropped dropped{{{sequence{4}, 1}}, drop_reason::age};
    EXPECT_EQ(to_text(event(dropped)), "4.1 (age)");
}

TEST(print, every_event_type_has_a_name) {
    for (const event& each :
         {event(update_received{}), event(deliveries_planned{}), event(deliveries_started{}),
          event(deliveries_settled{}), event(hold_set{}), event(rules_changed{}),
          event(chat_migrated{}), event(dead_letters_dropped{}), event(limit_learned{}),
          event(post_waits{}), event(post_waits{.what = update{}})}) {
        EXPECT_FALSE(name(type_of(each)).empty());
        EXPECT_TRUE(json::parse(to_json(each)).is_object());
    }
    EXPECT_TRUE(name(static_cast<event_type>(200)).empty());
}

}  // namespace
}  // namespace baudot
