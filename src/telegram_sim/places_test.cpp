#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "telegram_sim/door_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

const std::string news = R"("chat_id":"@news")";

// Locations, venues, contacts and dice.
struct places_test : door_fixture {
    std::string copy_of(const json::value& message) {
        return json::serialize(
            call("copyMessage",
                 R"({"chat_id":-1000000000020,"from_chat_id":"@news","message_id":)" +
                     json::serialize(message.at("message_id")) + "}")
                .at("message_id"));
    }
    json::value history(const std::string& message) {
        return json::parse(control("GET", "/sim/v1/chats/-1000000000020/messages/" + message));
    }
    std::string of(const json::value& message) {
        return news + ",\"message_id\":" + json::serialize(message.at("message_id"));
    }
};

TEST_F(places_test, a_place_is_told_with_what_it_has) {
    const json::value at = call("sendLocation", "{" + news +
                                                    R"(,"latitude":52.5,"longitude":"13.4",
                                                        "horizontal_accuracy":12})");
    EXPECT_EQ(at.at("location"),
              json::parse(R"({"latitude":52.5,"longitude":13.4,"horizontal_accuracy":12})"));
    const json::value venue =
        call("sendVenue",
             "{" + news + R"(,"latitude":1.5,"longitude":2.5,"title":"Bar","address":"Way 1",
                                      "foursquare_id":"f","google_place_id":"g"})");
    EXPECT_EQ(venue.at("venue"),
              json::parse(R"({"location":{"latitude":1.5,"longitude":2.5},"title":"Bar",
                              "address":"Way 1","foursquare_id":"f"})"));
    EXPECT_EQ(venue.at("location"), venue.at("venue").at("location"));
    const json::value contact = call(
        "sendContact", "{" + news + R"(,"phone_number":"+49 1","first_name":"Ann","vcard":"V"})");
    EXPECT_EQ(contact.at("contact"),
              json::parse(R"({"phone_number":"+49 1","first_name":"Ann","vcard":"V"})"));
    EXPECT_EQ(history(copy_of(contact)).at("media").at("contact"), contact.at("contact"));
    EXPECT_EQ(history(copy_of(venue)).at("media").at("venue"), venue.at("venue"));
}

TEST_F(places_test, what_is_no_place_is_refused_in_telegrams_words) {
    const std::vector<std::pair<std::string, std::string>> table = {
        {"", "latitude is empty"},
        {R"(,"latitude":1)", "longitude is empty"},
        {R"(,"latitude":91,"longitude":1)", "invalid location specified"},
        {R"(,"latitude":91,"longitude":1,"live_period":60)", "invalid live location specified"},
        {R"(,"latitude":1,"longitude":1,"live_period":59)", "wrong live location period specified"},
        {R"(,"latitude":1,"longitude":1,"live_period":60,"heading":361)",
         "wrong live location heading specified"},
        {R"(,"latitude":1,"longitude":1,"live_period":60,"proximity_alert_radius":100001)",
         "wrong live location proximity alert radius specified"}};
    for (const auto& [arguments, why] : table) {
        EXPECT_EQ(refusal("sendLocation", fmt::format("{{{}{}}}", news, arguments)),
                  "Bad Request: " + why);
    }
    EXPECT_EQ(refusal("sendContact", "{" + news + "}"),
              "Bad Request: parameter \"phone_number\" is required");
    EXPECT_EQ(refusal("sendContact", "{" + news + R"(,"phone_number":"1"})"),
              "Bad Request: parameter \"first_name\" is required");
}

TEST_F(places_test, a_live_location_moves_until_it_is_stopped_or_over) {
    const json::value made =
        call("sendLocation",
             "{" + news + R"(,"latitude":1,"longitude":1,"live_period":60,"heading":90})");
    EXPECT_EQ(made.at("location").at("heading").as_int64(), 90);
    const std::string move = R"(,"latitude":2,"longitude":1})";
    const json::value moved = call("editMessageLiveLocation", "{" + of(made) + move);
    EXPECT_EQ(moved.at("location").at("latitude").to_number<double>(), 2);
    EXPECT_EQ(moved.at("location").at("live_period").as_int64(), 60);
    EXPECT_FALSE(
        history(copy_of(moved)).at("media").at("location").as_object().contains("live_period"))
        << "a copy stands still";
    const json::value stopped = call("stopMessageLiveLocation", "{" + of(made) + "}");
    EXPECT_FALSE(stopped.at("location").as_object().contains("live_period"));
    EXPECT_EQ(refusal("editMessageLiveLocation", "{" + of(made) + move),
              "Bad Request: there is no live location in the message to edit");

    const json::value short_lived =
        call("sendLocation", "{" + news + R"(,"latitude":1,"longitude":1,"live_period":60})");
    pass(60s);
    EXPECT_EQ(refusal("editMessageLiveLocation", "{" + of(short_lived) + move),
              "Bad Request: message can't be edited");
}

TEST_F(places_test, dice_fall_by_the_seed_within_their_sides_and_copies_show_the_same) {
    const std::vector<std::pair<std::string, int>> kinds = {{"", 6},   {"🎯", 6}, {"🎳", 6},
                                                            {"🏀", 5}, {"⚽️", 5}, {"🎰", 64}};
    for (const auto& [emoji, sides] : kinds) {
        std::set<std::int64_t> seen;
        for (int i = 0; i < 40; ++i) {
            const json::value made =
                call("sendDice", fmt::format(R"({{{},"emoji":"{}"}})", news, emoji)).at("dice");
            seen.insert(made.at("value").as_int64());
        }
        EXPECT_GE(*seen.begin(), 1) << emoji;
        EXPECT_LE(*seen.rbegin(), sides) << emoji;
        EXPECT_GT(seen.size(), 3u) << emoji;
    }
    const json::value thrown = call("sendDice", "{" + news + "}");
    EXPECT_EQ(history(copy_of(thrown)).at("media").at("dice"), thrown.at("dice"));
    EXPECT_EQ(refusal("sendDice", "{" + news + R"(,"emoji":"X"})"),
              "Bad Request: EMOTICON_INVALID");
}

TEST_F(places_test, people_post_them_and_bots_are_told) {
    const auto post_media = [&](const std::string& media) {
        return control("POST", "/sim/v1/chats/news/messages", "{\"media\":" + media + "}");
    };
    post_media(R"({"type":"contact","phone_number":"1","first_name":"Bo"})");
    post_media(R"({"type":"venue","latitude":1,"longitude":2,"title":"T","address":"A"})");
    post_media(R"({"type":"dice","emoji":"🎲","value":4})");
    post_media(R"({"type":"sticker","text":"bytes","emoji":"🙂","set_name":"set"})");
    const json::value told = updates();
    ASSERT_EQ(told.as_array().size(), 4u);
    const auto at = [&](std::size_t i) { return told.at(i).at("channel_post"); };
    EXPECT_EQ(text(at(0).at("contact").at("first_name")), "Bo");
    EXPECT_EQ(text(at(1).at("venue").at("title")), "T");
    EXPECT_EQ(at(2).at("dice").at("value").as_int64(), 4);
    EXPECT_EQ(text(at(3).at("sticker").at("set_name")), "set");
    EXPECT_NE(post_media(R"({"type":"contact","phone":"1"})").find("error"), std::string::npos);
    EXPECT_EQ(post_media(R"({"type":"dice","emoji":"🎲","value":7})"),
              R"({"error":"message.media: Bad Request: EMOTICON_INVALID"})");
}

TEST_F(places_test, a_stream_of_every_kind_is_played_as_it_was) {
    const std::vector<std::string> kinds = {
        R"("poll":{"id":"1","question":"Q","options":[{"text":"a","voter_count":3}],
            "total_voter_count":3,"is_closed":false,"is_anonymous":true,"type":"regular",
            "open_period":600,"close_date":5})",
        R"("sticker":{"file_id":"s","file_unique_id":"su","type":"regular","width":512,
            "height":512,"is_animated":true,"is_video":false,"emoji":"🙂","set_name":"set"})",
        R"("video_note":{"file_id":"v","file_unique_id":"vu","length":240,"duration":5})",
        R"("location":{"latitude":1.25,"longitude":2})",
        R"("venue":{"location":{"latitude":1,"longitude":2},"title":"T","address":"A"},
            "location":{"latitude":1,"longitude":2})",
        R"("contact":{"phone_number":"1","first_name":"Bo"})",
        R"("dice":{"emoji":"🎯","value":6})"};
    std::string lines;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        std::string line = R"({"channel_post":{"message_id":)" + std::to_string(20 + i) +
                           R"(,"date":1,"chat":{"id":-1000000000020,"type":"channel"},)" +
                           kinds[i] + "}}";
        std::erase(line, '\n');
        lines += line + "\n";
    }
    control("POST", "/sim/v1/replays?bots=relay_bot", lines);
    pass(1s);
    EXPECT_EQ(json::parse(control("GET", "/sim/v1/replays/1")).at("posted").as_int64(), 7)
        << control("GET", "/sim/v1/replays/1");
    const json::value told = updates();
    ASSERT_EQ(told.as_array().size(), kinds.size());
    const auto at = [&](std::size_t i) { return told.at(i).at("channel_post"); };
    EXPECT_EQ(text(at(0).at("poll").at("options").at(0).at("text")), "a");
    EXPECT_GT(at(0).at("poll").at("close_date").as_int64(), 600) << "its end is to come";
    EXPECT_TRUE(at(1).at("sticker").at("is_animated").as_bool());
    EXPECT_EQ(at(2).at("video_note").at("length").as_int64(), 240);
    EXPECT_EQ(at(3).at("location").at("latitude").to_number<double>(), 1.25);
    EXPECT_EQ(text(at(4).at("venue").at("title")), "T");
    EXPECT_EQ(text(at(5).at("contact").at("first_name")), "Bo");
    EXPECT_EQ(at(6).at("dice").at("value").as_int64(), 6);
}

}  // namespace
}  // namespace baudot::telegram_sim
