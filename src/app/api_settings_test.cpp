#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "app/settings.hpp"

namespace baudot::app {
namespace {

using namespace std::chrono_literals;

struct outcome {
    settings read;
    std::string report;
};

/// `transform` of the one route, behind `apis`.
outcome read(const std::string& apis, const std::string& transform) {
    config::environment from;
    from.variable = [](const std::string& name) -> std::optional<std::string> {
        if (name == "T") return "601:AAsecret-of_these_tests-0123456789abcd";
        if (name == "KEY") return "a-key-of-an-api";
        return std::nullopt;
    };
    config::document file(
        "data: /tmp\naccounts: [{name: a, token: \"${T}\"}]\napis: " + apis +
            "\nroutes: [{name: r, from: -1001, to: -1002, transform: " + transform + "}]\n",
        "b.yaml", std::move(from));
    settings made = read_settings(file);
    return {.read = std::move(made), .report = file.report()};
}

TEST(api_settings, every_key_is_read) {
    const auto [all, report] = read(
        "[{name: gpt, kind: openai, url: 'https://api.example.com/v1', key: '${KEY}', model: m, "
        "timeout: 5s, at_once: 2, cache: 2MiB, ca_file: /ca}, {name: d, kind: deepl, key: "
        "'${KEY}'}]",
        "[{rewrite: {api: gpt, prompt: shorter, on_failure: pass}}, "
        "{translate: {api: d, from: en, to: de, hold_at_most: 2h}}]");
    EXPECT_EQ(report, "");
    ASSERT_EQ(all.apis.size(), 2U);
    const text_api& gpt = all.apis[0].what;
    EXPECT_EQ(gpt.name, "gpt");
    EXPECT_EQ(gpt.kind, api_kind::openai);
    EXPECT_EQ(gpt.url, "https://api.example.com/v1");
    EXPECT_EQ(gpt.key, "a-key-of-an-api");
    EXPECT_EQ(gpt.model, "m");
    EXPECT_EQ(gpt.timeout, 5s);
    EXPECT_EQ(gpt.at_once, 2U);
    EXPECT_EQ(gpt.cache_bytes, 2U << 20);
    EXPECT_EQ(gpt.ca_file, "/ca");
    EXPECT_EQ(all.apis[1].what.timeout, 10s);
    const transform_steps& steps = all.routes.at(0).transform;
    EXPECT_EQ(std::get<ask_step>(steps.at(0).what).what,
              (rewrite_request{
                  .api = "gpt", .prompt = "shorter", .on_failure = rewrite_failure_policy::pass}));
    EXPECT_EQ(std::get<ask_step>(steps.at(1).what).what,
              (rewrite_request{.api = "d", .from = "en", .to = "de", .hold_at_most = 2h}));
}

TEST(api_settings, what_is_wrong_is_named_where_it_stands) {
    const std::string libre = "{name: l, kind: libretranslate, url: 'http://localhost'}";
    const std::string step = "[{translate: {api: l, to: de}}]";
    const struct {
        std::string apis, transform, where, words;
    } cases[] = {
        {"[]", step, "b.yaml:4:74", "there is no API l"},
        {"[" + libre + ", " + libre + "]", step, "b.yaml:3:73", "two APIs are called l"},
        {"[" + libre + "]", "[{rewrite: {api: l}}]", "b.yaml:4:72", "into which language"},
        {"[{name: l, kind: libre, url: 'http://localhost'}]", step, "b.yaml:3:24", "webhook"},
        {"[{name: l, kind: libretranslate}]", step, "b.yaml:3:8", "url"},
        {"[{name: l, kind: openai, url: 'http://localhost'}]", step, "b.yaml:3:8", "model"},
        {"[{name: l, kind: libretranslate, url: 'ftp://localhost'}]", step, "b.yaml:3:15", "url"},
        {"[{name: l, kind: deepl}]", step, "b.yaml:3:15", "needs a key"},
        {"[{name: l, kind: webhook, url: 'http://localhost', key: plain}]", step, "b.yaml:3:63",
         "must not stand in the file"},
        {"[{name: l, kind: webhook, url: 'http://localhost', model: m}]", step, "b.yaml:3:58",
         "model"},
        {"[" + libre + ", {name: m, kind: webhook, url: 'http://localhost'}]", step, "b.yaml:3:73",
         "no route asks API m"},
    };
    for (const auto& [apis, transform, where, words] : cases) {
        const std::string report = read(apis, transform).report;
        EXPECT_TRUE(report.contains(where)) << apis << report;
        EXPECT_TRUE(report.contains(words)) << apis << report;
    }
}

}  // namespace
}  // namespace baudot::app
