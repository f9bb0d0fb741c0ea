#include "app/inspection.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "app/fake_bot_test.hpp"

namespace baudot::app {
namespace {

const std::string text = R"(data: d
accounts:
  - name: reader
    token: ${READER}
  - name: poster
    token: ${POSTER}
routes:
  - name: news
    from: [-1001000000001, "@named"]
    to: -1002000000001
    include: [never]
)";

constexpr chat_id source{-1001000000001};
constexpr chat_id named{-1001000000002};
constexpr chat_id destination{-1002000000001};

class inspection_test : public testing::Test {
protected:
    inspection_test() {
        read = read_settings(file);
        EXPECT_TRUE(file.ok()) << file.report();
        for (const char* name : {"reader", "poster"}) {
            const account_id id{static_cast<std::int64_t>(found.accounts.size()) + 1};
            found.accounts.push_back({.name = name,
                                      .id = id,
                                      .who = telegram::identity{.id = id, .username = name},
                                      .webhook = {}});
        }
        found.names.emplace("@named", named);
        for (const chat_id each : {source, named}) {
            see(0, each, administrator);
            see(1, each, administrator);
        }
        see(0, destination, fail(errc::rejected, "account reader: getChatMember: chat not found"));
        see(1, destination, administrator);
    }

    void see(std::size_t account, chat_id chat, result<telegram::membership> is) {
        std::optional<telegram::chat_info> about;
        if (is) about = {.id = chat, .kind = chat_kind::channel, .title = "T", .username = {}};
        found.views.insert_or_assign(
            {account, chat},
            findings::view{.is = std::move(is), .chat = std::move(about), .moved_to = {}});
    }
    void describe(chat_id chat, chat_kind kind, bool is_protected = false) {
        for (auto& [key, view] : found.views) {
            if (key.second != chat || !view.chat) continue;
            view.chat->kind = kind;
            view.chat->has_protected_content = is_protected;
        }
    }

    std::string report() {
        passages = inspect(file, read, found);
        return file.report();
    }

    static config::environment fake() {
        return {.variable = [](const std::string& name) -> std::optional<std::string> {
                    return (name == "READER" ? "1" : "2") +
                           std::string(":AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234");
                },
                .read = [](const std::string&) -> result<config::environment::file> {
                    return fail(errc::not_found, "it is gone");
                }};
    }

    config::document file{text, "b.yaml", fake()};
    settings read;
    findings found;
    std::vector<passage> passages;
};

TEST_F(inspection_test, what_is_good_is_listed_with_method_and_account) {
    EXPECT_EQ(report(), "");
    ASSERT_EQ(passages.size(), 2u);
    EXPECT_EQ(passages[0].from, "-1001000000001");
    EXPECT_EQ(passages[1].from, "@named");
    EXPECT_EQ(passages[0].text, "copyMessage by poster");
    EXPECT_EQ(passages[0].media, "copyMessage by poster");
}

TEST_F(inspection_test, the_ways_into_the_chats_of_reviews_are_judged_as_well) {
    constexpr chat_id check{-1003000000001};
    constexpr chat_id other{-1003000000002};
    read.routes[0].check = chat_text{check};
    read.routes[0].other = chat_text{other};
    for (const chat_id each : {check, other}) {
        see(0, each, fail(errc::rejected, "chat not found"));
        see(1, each, administrator);
    }
    EXPECT_EQ(report(), "");
    ASSERT_EQ(passages.size(), 6u);
    EXPECT_EQ(passages[1].to, "-1003000000001");
    EXPECT_EQ(passages[1].text, "forwardMessage by poster");
    EXPECT_EQ(passages[2].to, "-1003000000002");
    EXPECT_EQ(passages[2].text, "copyMessage by poster");
}

TEST_F(inspection_test, a_review_that_nobody_can_forward_or_post_is_an_error) {
    constexpr chat_id check{-1003000000001};
    constexpr chat_id other{-1003000000002};
    read.routes[0].check = chat_text{check};
    read.routes[0].other = chat_text{other};
    see(1, check, administrator);
    see(1, source, fail(errc::rejected, "chat not found"));
    const std::string all = report();
    EXPECT_NE(all.find("route news cannot forward from -1001000000001 to -1003000000001"),
              std::string::npos)
        << all;
    EXPECT_NE(all.find("no account can post to -1003000000002"), std::string::npos) << all;
}

TEST_F(inspection_test, a_refused_token_is_named_at_its_place) {
    found.accounts[1].who = fail(errc::unauthorized, "Unauthorized");
    const std::string all = report();
    EXPECT_NE(all.find("b.yaml:6:12: error: Telegram refuses the token of account poster"),
              std::string::npos)
        << all;
    EXPECT_NE(
        all.find(
            "b.yaml:10:9: error: no account can post to -1002000000001 (reader: chat not found, "
            "poster: it does not work)"),
        std::string::npos)
        << all;
}

TEST_F(inspection_test, a_webhook_of_ours_may_be_absent_and_is_warned_of_when_it_is_another) {
    const std::string ours = "https://relay.example.com/reader";
    read.accounts[0].webhook = posted_settings{.url = ours, .secret = {}, .url_at = {4, 12}};
    EXPECT_EQ(report(), "");
    found.accounts[0].webhook.url = ours;
    EXPECT_EQ(report(), "");
    found.accounts[0].webhook.last_error_message = "Connection refused";
    EXPECT_NE(report().find("b.yaml:4:12: warning: Telegram could not post to the webhook of "
                            "account reader: Connection refused"),
              std::string::npos)
        << report();
    EXPECT_TRUE(file.ok());
    found.accounts[0].webhook.url = "https://other.example.com/secret";
    EXPECT_NE(report().find("has another webhook (other.example.com) until Baudot starts"),
              std::string::npos);
}

TEST_F(inspection_test, a_webhook_keeps_updates_from_being_fetched) {
    found.accounts[0].webhook.url = "https://example.org/hook";
    EXPECT_NE(report().find("b.yaml:4:12: error: account reader has a webhook (example.org)"),
              std::string::npos);
}

TEST_F(inspection_test, a_source_that_nobody_sees_says_what_each_account_said) {
    see(0, source, kicked);
    see(1, source, fail(errc::rejected, "account poster: getChatMember: chat not found"));
    const std::string all = report();
    EXPECT_NE(
        all.find("b.yaml:9:12: error: no account receives the posts of -1001000000001 (reader: "
                 "kicked, poster: chat not found)"),
        std::string::npos)
        << all;
    EXPECT_EQ(passages.size(), 1u);
}

TEST_F(inspection_test, a_name_that_nobody_knows_is_named_at_its_place) {
    found.names.insert_or_assign("@named", fail(errc::not_found, "a: getChat: chat not found"));
    EXPECT_NE(report().find("b.yaml:9:28: error: no account can see @named: chat not found"),
              std::string::npos)
        << file.report();
}

TEST_F(inspection_test, media_that_would_be_lost_is_a_problem) {
    see(1, source, fail(errc::rejected, "chat not found"));
    const std::string all = report();
    EXPECT_NE(
        all.find("b.yaml:10:9: error: route news: media of -1001000000001 will not be delivered"),
        std::string::npos)
        << all;
    EXPECT_EQ(passages[0].text, "sendMessage by poster");
    EXPECT_EQ(passages[0].media, "not at all");
    EXPECT_EQ(passages[1].media, "copyMessage by poster");
}

TEST_F(inspection_test, an_account_that_may_send_only_text_is_a_problem) {
    see(1, destination, telegram::membership{.is_member = true, .can_post = true, .status = "x"});
    EXPECT_NE(report().find("may send only text there"), std::string::npos);
}

TEST_F(inspection_test, forwarding_needs_an_account_on_both_sides) {
    see(1, source, fail(errc::rejected, "chat not found"));
    read.routes[0].mode = relay_mode::forward;
    EXPECT_NE(report().find("b.yaml:10:9: error: route news cannot forward from -1001000000001"),
              std::string::npos)
        << file.report();
}

TEST_F(inspection_test, protected_content_cannot_be_relayed) {
    describe(source, chat_kind::channel, true);
    const std::string all = report();
    EXPECT_NE(all.find("b.yaml:9:12: error: -1001000000001 protects its content"),
              std::string::npos)
        << all;
    EXPECT_EQ(passages[0].text, "not at all");
    EXPECT_EQ(std::ranges::count(all, '\n'), 1) << all;
}

TEST_F(inspection_test, privacy_mode_hides_the_posts_of_a_group) {
    describe(source, chat_kind::supergroup);
    EXPECT_EQ(report(), "") << "an administrator sees all";
    see(0, source, plain_member);
    see(1, source, plain_member);
    describe(source, chat_kind::supergroup);
    EXPECT_NE(report().find("privacy mode"), std::string::npos);
}

TEST_F(inspection_test, privacy_mode_that_is_off_hides_nothing) {
    see(0, source, plain_member);
    see(1, source, plain_member);
    describe(source, chat_kind::supergroup);
    found.accounts[0].who->can_read_all_group_messages = true;
    EXPECT_EQ(report(), "");
}

TEST_F(inspection_test, a_group_that_moved_is_told_with_its_new_id) {
    found.views.at({0, source}).moved_to = chat_id{-1001000000009};
    const std::string all = report();
    EXPECT_NE(all.find("b.yaml:9:12: error: the group -1001000000001 was upgraded"),
              std::string::npos);
    EXPECT_NE(all.find("-1001000000009"), std::string::npos);
}

TEST_F(inspection_test, what_could_not_be_asked_is_a_problem) {
    found.accounts[0].who = fail(errc::connection_failed, "account reader: getMe: no connection");
    EXPECT_NE(report().find("account reader could not be asked: no connection"), std::string::npos);
}

}  // namespace
}  // namespace baudot::app
