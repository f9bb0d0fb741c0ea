#include "app/known_chats.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "app/token_environment_test.hpp"

namespace baudot::app {
namespace {

constexpr account_id reader{1};
constexpr std::array accounts{reader};

const std::string head = "data: d\naccounts:\n  - name: reader\n    token: ${TOKEN}\nroutes:\n";
const std::string first = head + "  - {name: a, from: [\"@source\"], to: [-20], check: -30}\n";

class known_chats_test : public testing::Test {
protected:
    known_chats_test() {
        can.add(reader);
        found.accounts.push_back({.name = "reader",
                                  .id = reader,
                                  .who = telegram::identity{.id = reader, .username = "reader"},
                                  .webhook = {}});
    }

    settings read(const std::string& text) {
        file.emplace(text, "b.yaml", with_token());
        settings made = read_settings(*file);
        EXPECT_TRUE(file->ok()) << file->report();
        return made;
    }
    void learn(chat_id chat, const telegram::membership& is) {
        found.views.insert_or_assign(
            {0, chat}, findings::view{.is = is, .chat = std::nullopt, .moved_to = {}});
        can.learn(reader, chat, is);
    }
    void learn_all() {
        found.names.insert_or_assign("@source", chat_id{-10});
        learn(chat_id{-10}, watching);
        learn(chat_id{-20}, posting);
        learn(chat_id{-30}, posting);
        tested.learn(found);
    }
    std::vector<chat_reference> asked(const settings& wanted) const {
        return tested.open_questions(wanted, can, accounts).chats;
    }

    const telegram::membership nothing{};
    const telegram::membership watching{.is_member = true};
    const telegram::membership posting{.is_member = true, .can_post = true, .can_send_media = true};
    std::optional<config::document> file;
    engine::roster can;
    findings found;
    known_chats tested;
};

using chats = std::vector<chat_reference>;

TEST_F(known_chats_test, only_what_is_new_is_asked_about) {
    const settings wanted = read(first);
    EXPECT_EQ(asked(wanted), (chats{std::string("@source"), chat_id{-20}, chat_id{-30}}));
    learn_all();
    EXPECT_TRUE(asked(wanted).empty());
    EXPECT_EQ(asked(read(first + "  - {name: b, from: [-10, -11], to: [\"@newer\", -20]}\n")),
              (chats{chat_id{-11}, std::string("@newer")}));
}

TEST_F(known_chats_test, what_nobody_could_use_is_asked_about_again) {
    const settings wanted = read(first);
    learn_all();
    can.learn(reader, chat_id{-10}, nothing);
    can.learn(reader, chat_id{-20}, watching);
    EXPECT_EQ(asked(wanted), (chats{chat_id{-10}, chat_id{-20}})) << "the name is known";
}

TEST_F(known_chats_test, a_destination_of_own_links_is_asked_for_its_name_once) {
    const settings wanted = read(head +
                                 "  - {name: a, from: [\"@source\"], to: [-20], transform: "
                                 "[{own_links: {without_copy: strike}}]}\n");
    learn_all();
    const known_chats::questions open = tested.open_questions(wanted, can, accounts);
    EXPECT_EQ(open.named, (chats{chat_id{-20}}));
    EXPECT_EQ(open.chats, open.named) << "who is in it is asked, too";
    found.views.at({0, chat_id{-20}}).chat = telegram::chat_info{};
    tested.learn(found);
    EXPECT_TRUE(tested.open_questions(wanted, can, accounts).chats.empty());
}

TEST_F(known_chats_test, names_keep_what_they_meant_first) {
    learn_all();
    findings newer;
    newer.names.emplace("@source", chat_id{-99});
    newer.names.emplace("@more", chat_id{-11});
    tested.learn(newer);
    findings newest;
    tested.complete(newest);
    EXPECT_EQ(newest.resolve(std::string("@source")), chat_id{-10});
    EXPECT_EQ(newest.resolve(std::string("@more")), chat_id{-11});
}

TEST_F(known_chats_test, what_is_not_known_is_a_problem_with_its_place) {
    const settings wanted = read(first);
    learn_all();
    found.names.insert_or_assign("@source", fail(errc::not_found, "chat not found"));
    judge_findings(*file, wanted, found);
    EXPECT_EQ(file->report(),
              "b.yaml:6:22: error: no account can see @source: chat not found; add a bot to it, or "
              "correct the name\n");

    (void)read(first);
    found.names.insert_or_assign("@source", fail(errc::timed_out, "no answer in time"));
    found.views.at({0, chat_id{-30}}).is = fail(errc::timed_out, "no answer in time");
    judge_findings(*file, wanted, found);
    EXPECT_EQ(file->report(),
              "b.yaml:6:22: error: nobody knows what @source is: no answer in time; reload again "
              "when it answers\n"
              "b.yaml:6:52: error: nobody knows who may use -30: no answer in time; reload again "
              "when it answers\n");
}

TEST_F(known_chats_test, that_an_account_may_not_know_is_an_answer) {
    const settings wanted = read(first);
    learn_all();
    found.views.at({0, chat_id{-10}}).is = fail(errc::rejected, "chat not found");
    judge_findings(*file, wanted, found);
    EXPECT_EQ(file->report(), "");
}

TEST_F(known_chats_test, an_account_that_could_not_be_asked_is_a_problem_and_a_lost_one_is_not) {
    const settings wanted = read(first);
    learn_all();
    found.accounts[0].who = fail(errc::connection_failed, "nobody is there");
    judge_findings(*file, wanted, found);
    EXPECT_NE(file->report().find("3:11: error: account reader could not be asked"),
              std::string::npos)
        << file->report();

    (void)read(first);
    found.accounts[0].who = fail(errc::unauthorized, "Unauthorized");
    found.names.insert_or_assign("@source", fail(errc::not_found, "there is no account"));
    judge_findings(*file, wanted, found);
    EXPECT_TRUE(file->ok());
    EXPECT_NE(file->report().find("6:22: warning: @source is left out"), std::string::npos);
}

TEST_F(known_chats_test, a_destination_that_nobody_can_post_to_is_a_warning) {
    const settings wanted = read(first);
    learn_all();
    can.learn(reader, chat_id{-30}, watching);
    warn_unreachable(*file, wanted, found, can);
    EXPECT_EQ(file->report(),
              "b.yaml:6:52: warning: no account can post to -30; add one as an administrator and "
              "reload\n");
}

}  // namespace
}  // namespace baudot::app
