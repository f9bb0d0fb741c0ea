#include "telegram_sim/reactions.hpp"

#include "telegram_sim/talk_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

class reactions : public talk_fixture {
protected:
    static std::string args(std::string_view chat, std::int64_t id, const std::string& reaction) {
        return R"({"chat_id":)" + std::string(chat) + ",\"message_id\":" + std::to_string(id) +
               ",\"reaction\":" + reaction + "}";
    }
    void person_reacts(std::string_view chat, std::int64_t id, const std::string& who,
                       const std::string& emoji) {
        control_ok("PUT",
                   "chats/" + std::string(chat) + "/messages/" + std::to_string(id) + "/reaction",
                   R"({"from":")" + who + R"(","emoji":)" + emoji + "}");
    }
    boost::json::value kept(std::string_view chat, std::int64_t id) {
        return control_ok("GET", "chats/" + std::string(chat) + "/messages/" + std::to_string(id));
    }
};

TEST_F(reactions, administrators_learn_who_reacts_and_how) {
    const std::int64_t id = says(talk, R"({"text":"x","from":"ann"})");
    for (const user_id each : {bot, guest}) (void)updates(each);
    person_reacts(talk, id, "bob", R"(["👍"])");
    person_reacts(talk, id, "bob", R"(["🔥"])");
    person_reacts(talk, id, "bob", R"(["🔥"])");
    person_reacts(talk, id, "bob", "[]");
    EXPECT_TRUE(updates(guest).empty()) << "it is no administrator";
    const auto told = updates(bot, "message_reaction");
    ASSERT_EQ(told.size(), 3u);
    EXPECT_EQ(told[1].at("user").at("id").as_int64(), 502);
    EXPECT_EQ(text(told[1].at("old_reaction").at(0).at("emoji")), "👍");
    EXPECT_EQ(text(told[1].at("new_reaction").at(0).at("emoji")), "🔥");
    EXPECT_TRUE(told[2].at("new_reaction").as_array().empty());
}

TEST_F(reactions, of_a_channel_only_the_count_is_told) {
    const std::int64_t id = says(news, R"({"text":"x"})");
    (void)updates(bot);
    person_reacts(news, id, "ann", R"(["👍"])");
    person_reacts(news, id, "bob", R"(["👍"])");
    const auto told = updates(bot, "message_reaction_count");
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[1].at("reactions").at(0).at("total_count").as_int64(), 2);
}

TEST_F(reactions, a_bot_sets_one_and_other_bots_are_not_told) {
    const std::int64_t id = says(talk, R"({"text":"x","from":"ann"})");
    (void)updates(bot);
    ok(guest, "setMessageReaction", args(talk, id, R"([{"type":"emoji","emoji":"❤️"}])"));
    EXPECT_TRUE(updates(bot).empty());
    EXPECT_EQ(text(kept(talk, id).at("reactions").at(0).at("emoji").at(0)), "❤");
    EXPECT_EQ(refused("setMessageReaction", args(talk, id, R"([{"type":"emoji","emoji":"👍"},
                                                              {"type":"emoji","emoji":"👎"}])")),
              "Bad Request: REACTIONS_TOO_MANY");
    EXPECT_EQ(refused("setMessageReaction", args(talk, id, R"([{"type":"emoji","emoji":"x"}])")),
              "Bad Request: REACTION_INVALID");
    EXPECT_EQ(refused("setMessageReaction", args(talk, id, R"([{"type":"paid"}])")),
              "Bad Request: REACTION_INVALID");
    EXPECT_EQ(refused("setMessageReaction", args(talk, 9999, "[]")),
              "Bad Request: message to react not found");
    EXPECT_EQ(refused("setMessageReaction", args(talk, id, "{}")),
              "Bad Request: expected an Array of ReactionType");
    ok(guest, "setMessageReaction", args(talk, id, "[]"));
    EXPECT_FALSE(has(kept(talk, id), "reactions"));
}

TEST_F(reactions, what_people_show_must_be_a_reaction) {
    const std::int64_t id = says(talk, R"({"text":"x","from":"ann"})");
    EXPECT_EQ(
        control_error("PUT", "chats/-1000000000030/messages/" + std::to_string(id) + "/reaction",
                      R"({"from":"bob","emoji":["hello"]})"),
        "reaction.emoji must be a list of emoji that are reactions");
}

}  // namespace
}  // namespace baudot::telegram_sim
