#include <gtest/gtest.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/random.hpp"
#include "router/router.hpp"

// Compiled rules against a slow, obvious matcher: every pattern of every route by itself.

namespace baudot::router {
namespace {

bool obviously_matches(const std::vector<std::string>& patterns, const std::string& text) {
    for (const std::string& pattern : patterns) {
        RE2::Options options;
        options.set_log_errors(false);
        if (RE2::PartialMatch(text, RE2(pattern, options))) return true;
    }
    return false;
}

std::vector<std::uint32_t> obviously_selected(const rule_set& rules, const message& post) {
    std::vector<std::uint32_t> chosen;
    for (std::uint32_t i = 0; i < rules.routes.size(); ++i) {
        const route& one = rules.routes[i];
        bool is_source = false;
        for (const chat_id from : one.from) is_source = is_source || from == post.chat;
        if (!is_source) continue;
        if (!one.include.empty() && !obviously_matches(one.include, post.text.text)) continue;
        if (obviously_matches(one.exclude, post.text.text)) continue;
        chosen.push_back(i);
    }
    return chosen;
}

std::string random_pattern(random_source& random) {
    static const char* const atoms[] = {"a",      "b",    "ж",    ".",     "[a-c]", "[^b]", "\\d",
                                        "\\b",    "^",    "$",    "(?i)B", "\\s",   "🚀",   "(a|ж)",
                                        "(?:bc)", "\\w+", "\\pL", "a{2}",  "(?s).", "\\n",  "x"};
    static const char* const tails[] = {"", "", "", "*", "+", "?", "{0,3}", "*?"};
    std::string pattern;
    for (std::uint64_t left = 1 + random.below(5); left > 0; --left) {
        pattern += atoms[random.below(std::size(atoms))];
        pattern += tails[random.below(std::size(tails))];
        if (random.chance(0.1)) pattern += '|';
    }
    return pattern;
}

std::string random_text(random_source& random) {
    static const char* const parts[] = {"a",  "b",  "B", "c",  "ж",  "Ж",    "1",   " ",
                                        "\n", "🚀", "x", "bc", "aa", "\xff", "\xd0"};
    std::string text;
    for (std::uint64_t left = random.below(30); left > 0; --left) {
        text += parts[random.below(std::size(parts))];
    }
    return text;
}

std::vector<std::string> random_patterns(random_source& random) {
    std::vector<std::string> patterns;
    for (std::uint64_t left = random.below(4); left > 0; --left) {
        std::string pattern = random_pattern(random);
        RE2::Options options;
        options.set_log_errors(false);
        if (RE2(pattern, options).ok()) patterns.push_back(std::move(pattern));
    }
    return patterns;
}

TEST(router_reference, random_rules_select_what_the_obvious_matcher_selects) {
    int selected = 0;
    int passed_over = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        rule_set rules;
        for (int i = 0; i < 12; ++i) {
            rules.routes.push_back({.name = std::to_string(i),
                                    .from = {chat_id{random.between(-3, -1)}, chat_id{-4}},
                                    .to = {chat_id{-9}},
                                    .include = random_patterns(random),
                                    .exclude = random_patterns(random)});
        }
        // Small sets and little memory, so that splits and fallbacks take part.
        const auto compiled = compiled_rules::compile(
            rules, {.set_bytes = random.chance(0.5) ? 20'000 : 1 << 20, .set_patterns = 7});
        ASSERT_TRUE(compiled);
        for (int i = 0; i < 30; ++i) {
            message post;
            post.chat = chat_id{random.between(-5, -1)};
            post.text.text = random_text(random);
            const auto expected = obviously_selected(rules, post);
            ASSERT_EQ(compiled->selected(post), expected) << post.text.text;
            selected += static_cast<int>(expected.size());
            passed_over += static_cast<int>(rules.routes.size() - expected.size());
        }
    }
    EXPECT_GT(selected, 1000);
    EXPECT_GT(passed_over, 1000);
}

std::filesystem::path posts_file() {
    if (const char* given = std::getenv("BAUDOT_POSTS")) return given;
    return std::filesystem::path(BAUDOT_SOURCE_DIR) / "../shared/data/channel_posts.jsonl.gz";
}

// The recorded ones, or as many made-up ones of the same shape where there is no recording.
std::vector<message> channel_posts() {
    const std::filesystem::path file = posts_file();
    const std::string command = std::filesystem::exists(file) ? "gzip -dc '" + file.string() + "'"
                                                              : "python3 '" BAUDOT_SOURCE_DIR
                                                                "/tools/posts.py' --posts 18935";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string all;
    char block[1 << 16];
    while (const std::size_t got = std::fread(block, 1, sizeof block, pipe.get())) {
        all.append(block, got);
    }
    std::vector<message> posts;
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(all);
    for (const auto line : parser.parse_many(padded, 1 << 20)) {
        message post;
        post.chat = chat_id{line["channel_post"]["chat"]["id"].get_int64().value()};
        post.text.text = std::string(line["channel_post"]["text"].get_string().value());
        posts.push_back(std::move(post));
    }
    return posts;
}

TEST(router_reference, posts_of_channels_are_selected_as_by_the_obvious_matcher) {
    const std::vector<message> posts = channel_posts();
    ASSERT_GT(posts.size(), 1000u);
    rule_set rules;
    const std::vector<std::string> words[] = {
        {"(?i)golang|kafka"}, {"#\\S+"},  {"https?://"},   {"(?i)росси[яию]", "(?i)украин"},
        {"^🚀", "⚡️"},        {"\\d{4}"}, {"(?i)читать$"}, {"\\n\\n"}};
    std::vector<chat_id> chats;
    for (const message& post : posts) {
        if (std::ranges::find(chats, post.chat) == chats.end()) chats.push_back(post.chat);
    }
    for (std::size_t i = 0; i < std::size(words); ++i) {
        rules.routes.push_back({.name = std::to_string(i),
                                .from = chats,
                                .to = {chat_id{-9}},
                                .include = i % 3 == 2 ? std::vector<std::string>{} : words[i],
                                .exclude = words[(i + 3) % std::size(words)]});
    }
    const auto compiled = compiled_rules::compile(rules);
    ASSERT_TRUE(compiled);
    int selected = 0;
    for (std::size_t i = 0; i < posts.size(); i += 20) {  // every 20th: the obvious one is slow
        const auto expected = obviously_selected(rules, posts[i]);
        ASSERT_EQ(compiled->selected(posts[i]), expected) << posts[i].text.text;
        selected += static_cast<int>(expected.size());
    }
    EXPECT_GT(selected, 200);
    EXPECT_EQ(compiled->patterns().fallbacks(), 0u);
}

}  // namespace
}  // namespace baudot::router
