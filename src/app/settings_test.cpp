#include "app/settings.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "app/data_directory.hpp"

namespace baudot::app {
namespace {

using namespace std::chrono_literals;

const std::string token = "123456789:AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234";

const std::string good = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${TOKEN}
routes:
  - name: news
    from: [-1001234567890, "@Some_Channel"]
    to: https://t.me/mirror
    mode: forward
    include: ["(?i)release"]
    silent: true
    link_preview: false
    on_uncertain: skip
    class: broadcast
    weight: 3
    expire_after: 10m
pace: "off"
journal:
  keep: 3d
http:
  port: 9090
)";

config::environment fake() {
    return {.variable = [](const std::string& name) -> std::optional<std::string> {
                if (name == "TOKEN") return token;
                return std::nullopt;
            },
            .read = [](const std::string&) -> result<config::environment::file> {
                return fail(errc::not_found, "it is gone");
            }};
}

std::string with(std::string text, const std::string& part, const std::string& instead) {
    text.replace(text.find(part), part.size(), instead);
    return text;
}

std::string report(const std::string& text) {
    config::document file(text, "b.yaml", fake());
    (void)read_settings(file);
    EXPECT_EQ(file.report().find(token), std::string::npos) << "a secret in a message";
    return file.report();
}

const std::string posted = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${TOKEN}
    webhook:
      url: https://relay.example.com/telegram/reader
      connections: 7
webhook:
  port: 0
routes:
  - {name: news, from: [-1001], to: [-1002]}
)";

TEST(settings, dead_letters_are_kept_as_long_and_as_many_as_it_says) {
    config::document file(good + "dead_letters:\n  keep: 2d\n  keep_count: 7\n", "b.yaml", fake());
    const settings read = read_settings(file);
    ASSERT_TRUE(file.ok()) << file.report();
    const engine::letters_kept kept = relay_options(read).dead_letters;
    EXPECT_EQ(kept.age, std::chrono::days(2));
    EXPECT_EQ(kept.count, 7U);
    EXPECT_NE(report(good + "dead_letters:\n  keep_count: 0\n"), "");
    EXPECT_NE(report(good + "dead_letters:\n  keep: 5s\n"), "");
}

TEST(settings, a_webhook_has_an_address_and_a_server_that_listens) {
    config::document file(posted, "b.yaml", fake());
    const settings read = read_settings(file);
    ASSERT_TRUE(file.ok()) << file.report();
    ASSERT_TRUE(read.accounts[0].webhook);
    EXPECT_EQ(read.accounts[0].webhook->path(), "/telegram/reader");
    EXPECT_EQ(read.accounts[0].webhook->connections, 7U);
    EXPECT_TRUE(read.accounts[0].webhook->secret.empty());
    ASSERT_TRUE(read.webhook);
    EXPECT_EQ(read.webhook->address, "127.0.0.1");
    EXPECT_EQ(read.webhook->port, 0);
    EXPECT_FALSE(read.http);
    EXPECT_EQ(posted_settings{.url = "https://a.b"}.path(), "/");
}

TEST(settings, what_is_wrong_with_a_webhook_is_named_at_its_place) {
    const std::string url = "https://relay.example.com/telegram/reader";
    EXPECT_EQ(report(posted), "");
    EXPECT_NE(report(with(posted, url, "relay.example.com")).find("b.yaml:6:12: error: url is no"),
              std::string::npos);
    EXPECT_NE(report(with(posted, url, "https:///path")).find("b.yaml:6:12: error: url is no"),
              std::string::npos);
    EXPECT_NE(report(with(posted, url, url + "?a=b")).find("more than a host and a path"),
              std::string::npos);
    EXPECT_NE(report(with(posted, url, "https://a.b/bot" + token)).find("the token is in the url"),
              std::string::npos);
    EXPECT_NE(report(with(posted, "connections: 7", "connections: 101")).find("at most 100"),
              std::string::npos);
    EXPECT_NE(report(with(posted, "connections: 7", "secret: ${TOKEN}")).find("secret has to be"),
              std::string::npos);
    EXPECT_NE(report(with(posted, "webhook:\n  port: 0\n", "")).find("nothing listens for this"),
              std::string::npos);
    const std::string unused = report(good + "webhook: {port: 1}\n");
    EXPECT_NE(unused.find("b.yaml:22:"), std::string::npos) << unused;
    EXPECT_NE(unused.find("no account has a webhook"), std::string::npos) << unused;
}

TEST(settings, a_whole_file_is_read) {
    config::document file(good, "b.yaml", fake());
    const settings read = read_settings(file);
    ASSERT_TRUE(file.ok()) << file.report();
    EXPECT_EQ(read.data, "/var/lib/baudot");
    ASSERT_EQ(read.accounts.size(), 1U);
    EXPECT_EQ(read.accounts[0].token.reveal(), token);
    EXPECT_EQ(read.accounts[0].api, "https://api.telegram.org");
    ASSERT_EQ(read.routes.size(), 1U);
    const route_settings& route = read.routes[0];
    EXPECT_EQ(std::get<chat_id>(route.from[0].chat), chat_id{-1001234567890});
    EXPECT_EQ(std::get<std::string>(route.from[1].chat), "@some_channel");
    EXPECT_EQ(std::get<std::string>(route.to[0].chat), "@mirror");
    EXPECT_EQ(route.mode, relay_mode::forward);
    EXPECT_TRUE(route.options.silent);
    EXPECT_FALSE(route.options.link_preview);
    EXPECT_EQ(route.on_uncertain, uncertain_policy::skip);
    EXPECT_EQ(route.terms, (delivery_terms{traffic_class::broadcast, 3, 10min}));
    EXPECT_EQ(read.pace, pace_setting::off);
    EXPECT_EQ(read.journal.keep_age, 72h);
    EXPECT_EQ(read.http->port, 9090);
    EXPECT_EQ(read.http->address, "127.0.0.1");
}

TEST(settings, the_terms_of_a_route_are_judged_at_their_place) {
    EXPECT_EQ(report(good), "");
    EXPECT_NE(report(with(good, "class: broadcast", "class: broadcas"))
                  .find("b.yaml:14:12: error: \"class\" is"),
              std::string::npos)
        << report(with(good, "class: broadcast", "class: broadcas"));
    EXPECT_NE(report(with(good, "weight: 3", "weight: 0")).find("at least 1"), std::string::npos);
    EXPECT_NE(report(with(good, "weight: 3", "weight: 101")).find("at most 100"),
              std::string::npos);
    EXPECT_NE(report(with(good, "after: 10m", "after: 10ms")).find("at least 1s"),
              std::string::npos);
}

TEST(settings, chats_of_a_review_are_read_and_judged_as_destinations_are) {
    const std::string review =
        with(good, "    weight: 3\n",
             "    weight: 3\n    check: '@review'\n    other: -1002\n    per_destination: first\n");
    config::document file(review, "b.yaml", fake());
    const settings read = read_settings(file);
    ASSERT_TRUE(file.ok()) << file.report();
    const route made = read.routes[0].resolved([](const chat_text& chat) {
        const auto* id = std::get_if<chat_id>(&chat.chat);
        return std::optional(id != nullptr ? *id : chat_id{-7});
    });
    EXPECT_EQ(made.check, chat_id{-7});
    EXPECT_EQ(made.other, chat_id{-1002});
    EXPECT_EQ(made.per_destination, destination_policy::first);
    const std::string looped = report(with(review, "'@review'", "-1001234567890"));
    EXPECT_NE(looped.find("b.yaml:16:12: error: route \"news\": chat -1001234567890 is also a "
                          "source of it"),
              std::string::npos)
        << looped;
}

// What people copy first has to be right.
TEST(settings, the_example_of_the_readme_is_read) {
    std::ifstream file(BAUDOT_SOURCE_DIR "/README.md");
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    const std::size_t begin = all.find("```yaml\n");
    ASSERT_NE(begin, all.npos);
    const std::string example = all.substr(begin + 8, all.find("\n```", begin) - begin - 7);
    config::environment from = fake();
    from.variable = [](const std::string&) { return std::optional<std::string>(token); };
    from.read = [](const std::string&) -> result<config::environment::file> {
        return config::environment::file{.text = "43:abcdefghijklmnopqrstuvwxyzABCDEFGHI"};
    };
    config::document readme(example, "README.md", from);
    const settings read = read_settings(readme);
    ASSERT_TRUE(readme.ok()) << readme.report();
    ASSERT_EQ(read.routes.size(), 1U);
    EXPECT_EQ(read.routes[0].terms, (delivery_terms{traffic_class::live, 1, 30min}));
}

TEST(settings, the_size_of_a_segment_has_bounds) {
    config::document file(with(good, "keep: 3d", "keep: 3d\n  segment: 64KiB"), "b.yaml", fake());
    EXPECT_EQ(read_settings(file).journal.segment, config::byte_size{64 << 10}) << file.report();
    for (const char* const size : {"63KiB", "2GiB"}) {
        const std::string said =
            report(with(good, "keep: 3d", std::string("keep: 3d\n  segment: ") + size));
        EXPECT_NE(said.find("segment"), std::string::npos) << said;
    }
}

TEST(settings, an_unknown_key_names_its_place_and_the_key_that_was_meant) {
    const std::string said = report(with(good, "silent: true", "silnt: true"));
    EXPECT_NE(said.find("b.yaml:11:5"), std::string::npos) << said;
    EXPECT_NE(said.find("silent"), std::string::npos) << said;
}

TEST(settings, a_bad_pattern_names_its_place_and_route) {
    const std::string said = report(with(good, "(?i)release", "(unclosed"));
    EXPECT_NE(said.find("b.yaml:10:15"), std::string::npos) << said;
    EXPECT_NE(said.find("news"), std::string::npos) << said;
}

TEST(settings, a_route_into_its_own_source_is_refused_even_by_name) {
    const std::string said = report(with(good, "https://t.me/mirror", "\"@some_channel\""));
    EXPECT_NE(said.find("b.yaml:8:9"), std::string::npos) << said;
}

TEST(settings, a_chat_that_is_none_says_how_to_write_one) {
    const std::string said = report(with(good, "-1001234567890", "my channel"));
    EXPECT_NE(said.find("b.yaml:7:12"), std::string::npos) << said;
    EXPECT_NE(said.find("-1001234567890"), std::string::npos) << said;
}

TEST(settings, two_accounts_of_one_name_are_refused) {
    const std::string said =
        report(with(good, "routes:", "  - name: reader\n    token: ${TOKEN}\nroutes:"));
    EXPECT_NE(said.find("two accounts are called reader"), std::string::npos) << said;
}

TEST(settings, one_bot_twice_is_refused) {
    const std::string said =
        report(with(good, "routes:", "  - name: other\n    token: ${TOKEN}\nroutes:"));
    EXPECT_NE(said.find("b.yaml:6:12: error: account reader has the same token"), said.npos)
        << said;
}

TEST(settings, what_is_no_token_is_named_by_its_place) {
    config::environment wrong = fake();
    wrong.variable = [](const std::string&) { return std::optional<std::string>("123:short"); };
    config::document file(good, "b.yaml", wrong);
    (void)read_settings(file);
    EXPECT_NE(file.report().find("b.yaml:4:12: error: the part of the token after the colon"),
              std::string::npos)
        << file.report();
    EXPECT_EQ(file.report().find("short"), std::string::npos) << file.report();
}

TEST(settings, a_token_in_the_file_itself_is_refused_and_not_shown) {
    EXPECT_FALSE(report(with(good, "${TOKEN}", token)).empty());
}

TEST(settings, what_is_missing_is_named) {
    const std::string said = report("data: x\n");
    EXPECT_NE(said.find("accounts"), std::string::npos) << said;
    EXPECT_NE(said.find("routes"), std::string::npos) << said;
}

TEST(settings, routes_that_lead_round_are_warned_of_by_name_and_place) {
    config::document file(R"(data: d
accounts: [{name: bot, token: "${TOKEN}"}]
routes:
  - {name: out, from: "@here", to: [-1005, "@There"]}
  - {name: aside, from: -1005, to: -1006}
  - {name: back, from: -1001, to: -1007, check: "@here"}
  - {name: on, from: "@there", to: -1001}
)",
                          "b.yaml", fake());
    (void)read_settings(file);
    EXPECT_TRUE(file.ok()) << "filters may keep them apart";
    EXPECT_EQ(file.report(),
              "b.yaml:4:44: warning: posts may go round without end: @here -> out -> @there -> on "
              "-> -1001 -> back -> @here; take one of these chats out, or see that a filter stops "
              "what comes back\n");
}

TEST(settings, a_route_of_no_destinations_is_refused) {
    config::document file(R"(data: d
accounts: [{name: bot, token: "${TOKEN}"}]
routes:
  - {name: out, from: -1001, to: []}
)",
                          "b.yaml", fake());
    (void)read_settings(file);
    EXPECT_NE(file.report().find("b.yaml:4:"), std::string::npos) << file.report();
    EXPECT_NE(file.report().find("\"to\" names no chat"), std::string::npos) << file.report();
}

}  // namespace
}  // namespace baudot::app
