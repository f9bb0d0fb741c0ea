#include "app/restart_keys.hpp"

#include <gtest/gtest.h>

#include <string>

namespace baudot::app {
namespace {

const std::string running = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${READER}
  - name: poster
    token: ${POSTER}
    webhook:
      url: https://relay.example.com/telegram/poster
      secret: ${SECRET}
webhook:
  port: 8081
routes:
  - {name: news, from: [-1001], to: [-1002]}
dead_letters:
  keep: 2d
)";

config::environment fake(const std::string& poster) {
    return {.variable = [poster](const std::string& name) -> std::optional<std::string> {
                if (name == "SECRET") return "a_secret_of_ours";
                return name == "READER" ? "7001:AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234" : poster;
            },
            .read = [](const std::string&) -> result<config::environment::file> {
                return fail(errc::not_found, "it is gone");
            }};
}

const std::string poster = "7002:AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234";

std::string report_of(const std::string& wanted, const std::string& token = poster) {
    config::document before(running, "b.yaml", fake(poster));
    const settings was = read_settings(before);
    EXPECT_TRUE(before.ok()) << before.report();
    config::document after(wanted, "b.yaml", fake(token));
    const settings is = read_settings(after);
    EXPECT_TRUE(after.ok()) << after.report();
    refuse_restart_keys(after, was, is);
    EXPECT_EQ(after.report().find("AAE0"), std::string::npos) << "a secret in a message";
    return after.report();
}

std::string with(const std::string& part, const std::string& instead) {
    std::string text = running;
    text.replace(text.find(part), part.size(), instead);
    return text;
}

std::string refusal(const std::string& place, const std::string& what) {
    return "b.yaml:" + place + ": error: " + what +
           ": that needs a restart; put it back to change routes alone, or restart Baudot\n";
}

TEST(restart_keys, routes_and_dead_letters_change_as_it_runs) {
    EXPECT_EQ(report_of(running), "");
    EXPECT_EQ(report_of(with("to: [-1002]}", "to: [-1002]}\n  - {name: b, from: [-1], to: [-5]}")),
              "");
    EXPECT_EQ(report_of(with("keep: 2d", "keep: 3d")), "");
}

TEST(restart_keys, what_is_written_out_and_was_the_default_is_no_change) {
    EXPECT_EQ(report_of(running + "pace: documented\njournal: {keep: 7d, segment: 128MiB}\n"), "");
}

TEST(restart_keys, each_other_key_is_named_with_its_place) {
    EXPECT_EQ(report_of(with("/var/lib", "/srv")), refusal("1:7", "\"data\" has changed"));
    EXPECT_EQ(report_of(running + "pace: \"off\"\n"), refusal("16:7", "\"pace\" has changed"));
    EXPECT_EQ(report_of(running + "journal: {keep: 1d, keep_bytes: 1GiB, segment: 1MiB}\n"),
              refusal("16:1", "\"journal.keep\" has changed") +
                  refusal("16:1", "\"journal.keep_bytes\" has changed") +
                  refusal("16:1", "\"journal.segment\" has changed"));
    EXPECT_EQ(report_of(running + "http: {port: 9090}\n"), refusal("16:1", "\"http\" has changed"));
    EXPECT_EQ(report_of(with("port: 8081", "port: 8082")),
              refusal("10:1", "\"webhook\" has changed"));
}

TEST(restart_keys, accounts_and_their_order_stay) {
    EXPECT_EQ(
        report_of(with("name: reader", "name: listener")),
        refusal("3:5", "account reader is gone") + refusal("3:11", "account listener is new"));
    EXPECT_EQ(report_of(with("token: ${READER}", "token: ${READER}\n    api: http://localhost:1")),
              refusal("5:10", "\"api\" of account reader has changed"));
    EXPECT_EQ(report_of(with("telegram/poster", "telegram/p")),
              refusal("8:12", "\"webhook\" of account poster has changed"));
    const std::string reader = "  - name: reader\n    token: ${READER}\n";
    std::string swapped = with(reader, "");
    swapped.insert(swapped.find("webhook:\n  port"), reader);
    EXPECT_EQ(report_of(swapped), refusal("3:5", "the order of accounts has changed"));
}

TEST(restart_keys, apis_stay) {
    const std::string apis =
        "apis:\n  - {name: own, kind: webhook, url: \"http://localhost:1/\"}\n";
    const std::string asking =
        with("to: [-1002]}", "to: [-1002], transform: [{rewrite: {api: own}}]}") + apis;
    EXPECT_EQ(report_of(asking), refusal("17:12", "API own is new"));
}

TEST(restart_keys, a_secret_is_read_again_and_a_new_one_needs_a_restart) {
    EXPECT_EQ(report_of(running, "7002:AAE0bbCdEfGhIjKlMnOpQrStUvWxYz01234"),
              refusal("6:12", "\"token\" of account poster has changed"));
}

}  // namespace
}  // namespace baudot::app
