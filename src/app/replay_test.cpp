#include "app/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/token_environment_test.hpp"

namespace baudot::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using said = replay::said;

const std::string rules = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${TOKEN}
routes:
  - name: news
    from: [-1001, "@Daily"]
    to: [-1002, "@copies"]
    include: news
    exclude: advert
    check: -1003
  - name: all
    from: "@daily"
    to: -1004
    transform: [{footer: the end}]
)";

update post_in(chat_id chat, std::string text, std::string username = {}) {
    update made{.id = update_id{1}, .kind = update_kind::post};
    made.content.chat = chat;
    made.content.chat_username = std::move(username);
    made.content.id = message_id{7};
    made.content.text.text = std::move(text);
    return made;
}

class replay_test : public testing::Test {
protected:
    /// "news taken -1002 @copies"
    std::vector<std::string> judge(update what) {
        std::vector<std::string> made;
        for (const replay::verdict& each : tested.judge(std::move(what))) {
            std::string line = tested.route_name(each.route) + " " + std::string(name(each.how));
            for (const chat_id to : each.to) line += " " + tested.chat_text_of(to);
            made.push_back(std::move(line));
        }
        return made;
    }

    config::document file{rules, "b.yaml", with_token()};
    const settings read = read_settings(file);
    replay tested{read};
};

TEST_F(replay_test, what_is_taken_has_its_copies_and_what_is_refused_its_review) {
    EXPECT_THAT(judge(post_in(chat_id{-1001}, "news")), ElementsAre("news taken -1002 @copies"));
    EXPECT_THAT(judge(post_in(chat_id{-1001}, "news and advert")),
                ElementsAre("news refused -1003"));
    EXPECT_THAT(judge(post_in(chat_id{-1001}, "weather")), ElementsAre("news passed over"));
    const replay::tally& news = tested.tallies()[0];
    EXPECT_EQ(news.taken, 1U);
    EXPECT_EQ(news.copies, 2U);
    EXPECT_EQ(news.refused, 1U);
    EXPECT_EQ(news.reviews, 1U);
    EXPECT_EQ(news.passed_over, 1U);
}

TEST_F(replay_test, a_chat_that_the_file_names_is_known_by_its_username) {
    EXPECT_THAT(judge(post_in(chat_id{-1009}, "news", "DAILY")),
                ElementsAre("news taken -1002 @copies", "all taken -1004"));
    EXPECT_THAT(judge(post_in(chat_id{-1009}, "news")), IsEmpty());
    EXPECT_THAT(judge(post_in(chat_id{-1009}, "news", "other")), IsEmpty());
    EXPECT_EQ(tested.total().of_none, 2U);
}

TEST_F(replay_test, routes_that_call_a_chat_by_id_and_by_name_are_asked_in_file_order) {
    EXPECT_THAT(judge(post_in(chat_id{-1001}, "weather", "daily")),
                ElementsAre("news passed over", "all taken -1004"));
}

TEST_F(replay_test, a_text_that_becomes_two_messages_is_one_copy) {
    EXPECT_THAT(judge(post_in(chat_id{-1009}, std::string(4'095, 'x'), "daily")),
                ElementsAre("news passed over", "all taken -1004"));
    EXPECT_EQ(tested.total().copies, 1U);
}

TEST_F(replay_test, what_routes_are_not_asked_about_is_counted_apart) {
    update edit = post_in(chat_id{-1001}, "news");
    edit.kind = update_kind::edit;
    EXPECT_THAT(judge(edit), IsEmpty());
    update service = post_in(chat_id{-1001}, "");
    service.content.content = content_kind::service;
    EXPECT_THAT(judge(service), IsEmpty());
    EXPECT_EQ(tested.total().others, 2U);
    EXPECT_EQ(tested.total().posts, 0U);
}

}  // namespace
}  // namespace baudot::app
