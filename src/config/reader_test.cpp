#include "config/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sys/stat.h>

namespace baudot::config {
namespace {

using namespace std::chrono_literals;

enum class mode { copy, forward };

struct settings {
    std::string data = "unset";
    std::int64_t count = -1;
    std::uint16_t port = 8080;
    bool silent = false;
    duration poll = 25s;
    byte_size memory{1};
    mode how = mode::copy;
    std::vector<std::int64_t> from;
    std::vector<std::string> accounts;
    secret token;
};

const std::string token = "123456789:AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234";

environment fake() {
    static const std::map<std::string, environment::file> files{
        {"conf/token", {.text = token + "\n", .world_readable = false}},
        {"/etc/open", {.text = token + "\r\n", .world_readable = true}},
        {"conf/text", {.text = "one\ntwo\n", .world_readable = true}},
        {"conf/bytes", {.text = "\xFF", .world_readable = true}},
        {"conf/empty", {.text = "\n", .world_readable = false}}};
    return {.variable = [](const std::string& name) -> std::optional<std::string> {
                if (name == "TOKEN") return token;
                if (name == "EMPTY") return "";
                return std::nullopt;
            },
            .read = [](const std::string& path) -> result<environment::file> {
                const auto found = files.find(path);
                if (found == files.end()) return fail(errc::not_found, "it is gone");
                return found->second;
            }};
}

/// Reads `text` with one schema; `report` is what a person would see.
struct attempt {
    settings read;
    std::string report;
    bool ok = false;

    explicit attempt(const std::string& text) {
        document file(text, "conf/b.yaml", fake());
        file.read([this](reader& top) { schema(top); });
        report = file.report();
        ok = file.ok();
    }

    void schema(reader& top) {
        top.optional("data", read.data);
        top.optional("count", read.count, {.least = 0, .most = 10});
        top.optional("port", read.port);
        top.optional("silent", read.silent);
        top.optional("poll", read.poll, {.least = 1s, .most = 50s});
        top.optional("memory", read.memory, {.least = byte_size{1024}});
        top.optional("mode", read.how, {{"copy", mode::copy}, {"forward", mode::forward}});
        top.list("from", read.from);
        top.optional("token", read.token);
        top.each("accounts", [this](reader& one) {
            one.required("name", read.accounts.emplace_back());
            one.section("http", [](reader& http) { (void)http; });
        });
    }

    bool says(std::string_view part) const { return report.find(part) != std::string::npos; }
};

TEST(config_reader, reads_every_kind_of_value) {
    const attempt made(
        "data: /var/lib/baudot\ncount: 7\nport: 65535\nsilent: true\npoll: 30s\nmemory: 64KiB\n"
        "mode: forward\nfrom: [-1001465826763, 5]\ntoken: ${TOKEN}\n"
        "accounts:\n  - name: 'a'\n  - {name: b, http: {}}\n");
    EXPECT_EQ(made.report, "");
    EXPECT_TRUE(made.ok);
    EXPECT_EQ(made.read.data, "/var/lib/baudot");
    EXPECT_EQ(made.read.count, 7);
    EXPECT_EQ(made.read.port, 65535);
    EXPECT_TRUE(made.read.silent);
    EXPECT_EQ(made.read.poll, 30s);
    EXPECT_EQ(made.read.memory, byte_size{65'536});
    EXPECT_EQ(made.read.how, mode::forward);
    EXPECT_EQ(made.read.from, (std::vector<std::int64_t>{-1'001'465'826'763, 5}));
    EXPECT_EQ(made.read.accounts, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(made.read.token.reveal(), token);
}

TEST(config_reader, what_is_absent_or_wrong_keeps_its_default) {
    const attempt made("poll: 90s\n");
    EXPECT_FALSE(made.ok);
    EXPECT_EQ(made.read.poll, 25s);
    EXPECT_EQ(made.read.data, "unset");
    EXPECT_TRUE(attempt("").ok);
}

TEST(config_reader, one_value_alone_is_a_list_of_one) {
    EXPECT_EQ(attempt("from: -5\n").read.from, std::vector<std::int64_t>{-5});
    EXPECT_EQ(attempt("from: []\n").read.from, std::vector<std::int64_t>{});
}

TEST(config_reader, says_what_is_wrong_where_and_what_would_be_right) {
    EXPECT_EQ(attempt("poll: 30\n").report,
              "conf/b.yaml:1:7: error: \"poll\" is \"30\"; "
              "it must be a duration such as 500ms, 30s, 1h30m or 7d\n");
    EXPECT_TRUE(
        attempt("count: 11\n").says("1:8: error: \"count\" is \"11\"; it must be at most 10"));
    EXPECT_TRUE(attempt("count: -1\n").says("it must be at least 0"));
    EXPECT_TRUE(attempt("memory: 1B\n").says("it must be at least 1KiB"));
    EXPECT_TRUE(attempt("silent: yes\n").says("it must be true or false"));
    EXPECT_TRUE(attempt("mode: foward\n").says("did you mean forward?"));
    EXPECT_TRUE(attempt("mode: teleport\n").says("it must be one of copy, forward"));
    EXPECT_TRUE(attempt("data:\n").says("1:1: error: \"data\" has no value"));
    EXPECT_TRUE(attempt("data: [a]\n").says("\"data\" is a list; it must be a single value"));
    EXPECT_TRUE(
        attempt("from: [1, {a: 2}]\n").says("1:11: error: an item of \"from\" is a mapping"));
    EXPECT_TRUE(
        attempt("from: [1, x]\n").says("1:11: error: \"from\" is \"x\"; it must be a whole"));
    EXPECT_TRUE(attempt("accounts: {name: a}\n").says("it must be a list: begin every item with"));
    EXPECT_TRUE(attempt("accounts: [a]\n").says("an item of \"accounts\" is a single value"));
    EXPECT_TRUE(attempt("accounts:\n- http: 5\n  name: a\n").says("\"http\" is a single value"));
    EXPECT_TRUE(attempt("accounts:\n  - http: {}\n").says("2:5: error: \"name\" is missing"));
    EXPECT_TRUE(attempt("- a\n").says("the file must be a mapping"));
}

TEST(config_reader, an_unknown_key_is_an_error_and_the_nearest_is_named) {
    EXPECT_EQ(attempt("dtaa: x\n").report,
              "conf/b.yaml:1:1: error: unknown key \"dtaa\"; did you mean \"data\"?\n");
    EXPECT_TRUE(attempt("Poll: 5s\n").says("did you mean \"poll\"?"));
    EXPECT_TRUE(attempt("zzzzzzz: 1\n").says("known here: data, count, port"));
    EXPECT_TRUE(attempt("accounts:\n  - name: a\n    nam: b\n").says("3:5: error: unknown key"));
    EXPECT_TRUE(attempt("accounts:\n- name: a\n  http: {x: 1}\n").says("unknown key \"x\""));
}

TEST(config_reader, collects_all_errors_in_the_order_of_the_file_but_no_more_than_fifty) {
    const attempt made("zzz: 1\npoll: x\nsilent: x\ncount: x\n");
    const auto at = [&](const char* part) { return made.report.find(part); };
    EXPECT_LT(at("zzz"), at("poll\""));
    EXPECT_LT(at("poll\""), at("silent\""));
    EXPECT_LT(at("silent\""), at("count\""));
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "unknown_key_" + std::to_string(i) + ": 1\n";
    const attempt crowd(many);
    EXPECT_EQ(std::ranges::count(crowd.report, '\n'), 51);
    EXPECT_TRUE(crowd.says("950 more problems are not shown"));
}

TEST(config_reader, a_secret_comes_from_a_variable_or_a_file_and_loses_its_newline) {
    for (const char* source : {"${TOKEN}", "file:token", "file:/etc/open"}) {
        const attempt made("token: " + std::string(source) + "\n");
        EXPECT_TRUE(made.ok) << made.report;
        EXPECT_EQ(made.read.token.reveal(), token);
        EXPECT_EQ(made.says("warning: everybody on this machine can read \"/etc/open\""),
                  source == std::string("file:/etc/open"));
    }
    EXPECT_TRUE(attempt("token: ${NONE}\n").says("variable \"NONE\" is not set; set it"));
    EXPECT_TRUE(
        attempt("token: file:none\n").says("1:8: error: cannot read \"conf/none\": it is gone"));
    EXPECT_TRUE(attempt("token: ${EMPTY}\n").says("variable \"EMPTY\" is empty"));
    EXPECT_TRUE(attempt("token: file:empty\n").says("the file \"conf/empty\" is empty"));
}

TEST(config_reader, a_text_may_stand_in_a_file_beside_the_configuration) {
    const auto read = [](const std::string& text) {
        document file(text, "conf/b.yaml", fake());
        text_file found;
        file.read([&](reader& top) { top.required("script", found); });
        return file.ok() ? found.path + '|' + found.text : file.report();
    };
    EXPECT_EQ(read("script: text\n"), "text|one\ntwo\n");
    EXPECT_EQ(read("script: none\n"),
              "conf/b.yaml:1:9: error: cannot read \"conf/none\": it is gone\n");
    EXPECT_EQ(read("script: bytes\n"), "conf/b.yaml:1:9: error: \"conf/bytes\" is not UTF-8\n");
    EXPECT_NE(read("other: text\n").find("\"script\" is missing"), std::string::npos);
}

TEST(config_reader, a_secret_is_never_shown_wherever_it_was_put) {
    const attempt literal("token: " + token + "\n");
    EXPECT_TRUE(literal.says("write ${NAME} for an environment variable, or file:PATH"));
    const std::string places[] = {
        "token: ", "count: ",  "poll: x",   "mode: ",      "from: [",
        "",        "silent: ", "token: ${", "accounts: [", "token: file:"};
    for (const std::string& place : places) {
        const attempt made(place + token + (place.ends_with('[') ? "]\n" : ": 1\n"));
        const attempt alone(place + token + (place.ends_with('{') ? "}\n" : "\n"));
        for (const attempt* one : {&made, &alone}) {
            EXPECT_FALSE(one->ok) << place;
            EXPECT_FALSE(one->says("AAE0AbCdEfGh")) << one->report;
        }
    }
}

TEST(config_reader, values_in_messages_are_short_and_have_no_control_characters) {
    const attempt made("count: \"\\e[31m" + std::string(500, 'x') + "\"\n");
    EXPECT_EQ(made.report.find('\x1b'), std::string::npos);
    EXPECT_LT(made.report.size(), 160u);
}

TEST(config_reader, says_where_a_value_stands_for_what_is_found_wrong_later) {
    document file("from: [1,\n  2]\npoll: 5s\n", "f", fake());
    file.read([&](reader& top) {
        std::vector<std::int64_t> from;
        duration poll{};
        top.required_list("from", from);
        top.required("poll", poll);
        EXPECT_EQ(top.where("from", 1), (position{2, 3}));
        EXPECT_EQ(top.where("poll"), (position{3, 7}));
        EXPECT_EQ(top.where("absent"), top.where());
    });
    EXPECT_TRUE(file.ok());
    file.error({2, 3}, "chat 2 is a loop");
    EXPECT_EQ(file.report(), "f:2:3: error: chat 2 is a loop\n");
    EXPECT_FALSE(file.ok());
}

TEST(config_reader, loads_files_and_says_why_it_cannot) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "baudot_config_test";
    std::filesystem::create_directories(folder);
    const std::string secret_file = folder / "secret";
    std::ofstream(secret_file) << token << '\n';
    std::ofstream(folder / "b.yaml") << "token: file:secret\n";
    for (const bool open : {true, false}) {
        ::chmod(secret_file.c_str(), open ? 0644 : 0600);
        secret read;
        document file = document::load(folder / "b.yaml");
        file.read([&](reader& top) { top.required("token", read); });
        EXPECT_TRUE(file.ok()) << file.report();
        EXPECT_EQ(read.reveal(), token);
        EXPECT_EQ(file.report().find("warning") != std::string::npos, open);
    }
    document absent = document::load(folder / "none.yaml");
    absent.read([](reader&) { FAIL() << "there is nothing to read"; });
    EXPECT_FALSE(absent.ok());
    EXPECT_NE(absent.report().find("No such file"), std::string::npos) << absent.report();
    EXPECT_NE(document::load(folder).report().find("it is not a file"), std::string::npos);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace baudot::config
