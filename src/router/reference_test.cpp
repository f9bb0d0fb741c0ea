#include <gtest/gtest.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

#include "base/random.hpp"
#include "model/print.hpp"
#include "router/obvious_filter_test.hpp"
#include "router/random_filter_test.hpp"
#include "router/router.hpp"

// Compiled rules against a slow, obvious reading of them: every pattern of every route by itself.

namespace baudot::router {
namespace {

using said = compiled_rules::judgement::said;

std::vector<compiled_rules::judgement> obviously_judged(const rule_set& rules,
                                                        const message& post) {
    std::vector<compiled_rules::judgement> judged;
    for (std::uint32_t i = 0; i < rules.routes.size(); ++i) {
        const route& one = rules.routes[i];
        if (std::ranges::find(one.from, post.chat) == one.from.end()) continue;
        judged.push_back({.route = i, .how = static_cast<said>(obvious::judge(one, post))});
    }
    return judged;
}

std::vector<std::string> good_patterns(random_source& random, std::uint64_t most) {
    std::vector<std::string> patterns;
    for (std::uint64_t left = random.below(most); left > 0; --left) {
        std::string pattern = random_rules::pattern(random);
        if (RE2(pattern, obvious::quiet()).ok()) patterns.push_back(std::move(pattern));
    }
    return patterns;
}

route random_route(random_source& random, std::string name, std::vector<chat_id> from) {
    route made{.name = std::move(name), .from = std::move(from), .to = {chat_id{-9}}};
    if (random.chance(0.5)) made.include = good_patterns(random, 4);
    if (random.chance(0.5)) made.exclude = good_patterns(random, 3);
    std::vector<std::string> patterns = good_patterns(random, 5);
    patterns.emplace_back("a");
    if (random.chance(0.7)) made.filter = random_rules::filter(random, patterns);
    if (random.chance(0.4)) made.refuse = random_rules::filter(random, patterns);
    return made;
}

TEST(router_reference, random_rules_judge_as_a_slow_reading_of_them_does) {
    std::map<said, int> count;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        rule_set rules;
        for (int i = 0; i < 12; ++i) {
            rules.routes.push_back(random_route(random, std::to_string(i),
                                                {chat_id{random.between(-3, -1)}, chat_id{-4}}));
        }
        // Small sets and little memory, so that splits and fallbacks take part; with literals
        // and without.
        const auto compiled = compiled_rules::compile(
            rules, {.set_bytes = random.chance(0.5) ? 20'000 : 1 << 20,
                    .set_patterns = 7,
                    .literals_from = random.chance(0.5) ? std::size_t{1} : std::size_t{1000}});
        ASSERT_TRUE(compiled) << compiled.error().front().message;
        for (int i = 0; i < 30; ++i) {
            message post;
            post.chat = chat_id{random.between(-5, -1)};
            post.text.text = random_rules::text(random);
            random_rules::dress(random, post);
            const auto expected = obviously_judged(rules, post);
            ASSERT_EQ(compiled->judge(post), expected) << post.text.text << snapshot(rules).text;
            for (const auto& each : expected) ++count[each.how];
        }
    }
    for (const said each : {said::taken, said::refused, said::passed_over}) {
        EXPECT_GT(count[each], 300) << static_cast<int>(each);
    }
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

/// Words of the posts, so that patterns are found about as often as those of people are.
std::vector<std::string> words_of(const std::vector<message>& posts) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < posts.size(); i += 50) {
        re2::StringPiece text(posts[i].text.text);
        std::string word;
        static const RE2 next(R"((\pL{4,9}))");
        for (int count = 0; count < 4 && RE2::FindAndConsume(&text, next, &word); ++count) {
            words.push_back(word);
        }
    }
    return words;
}

/// Four bytes, or as many more as end with a character.
std::string begin_of(const std::string& word) {
    std::size_t end = 4;
    while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) ++end;
    return word.substr(0, end);
}

/// Half of them have classes and gaps.
std::string pattern_of(random_source& random, const std::vector<std::string>& words) {
    const std::string& one = words[random.below(words.size())];
    const std::string& other = words[random.below(words.size())];
    switch (random.below(4)) {
        case 0: return one;
        case 1: return "(?i)" + one;
        case 2: return begin_of(one) + R"(\pL{0,3}[\s,.]+.{0,20})" + begin_of(other);
        default: return R"(\d{1,4}.{0,10}(?i))" + one;
    }
}

post_filter filter_of(random_source& random, const std::vector<std::string>& words) {
    const post_filter chosen{.how = post_filter::kind::condition,
                             .parts = {},
                             .what = word_condition{.words = {words[random.below(words.size())],
                                                              words[random.below(words.size())]}}};
    std::vector<std::string> patterns;
    for (int left = 2; left > 0; --left) patterns.push_back(pattern_of(random, words));
    post_filter made = random_rules::filter(random, patterns);
    return {.how = post_filter::kind::any, .parts = {chosen, std::move(made)}, .what = {}};
}

// 200 routes with about 1,000 patterns and words.
rule_set rules_for(const std::vector<message>& posts) {
    random_source random(43);
    const std::vector<std::string> words = words_of(posts);
    std::vector<chat_id> chats;
    for (const message& post : posts) {
        if (std::ranges::find(chats, post.chat) == chats.end()) chats.push_back(post.chat);
    }
    rule_set rules;
    for (int i = 0; i < 200; ++i) {
        route made{.name = std::to_string(i), .from = {}, .to = {chat_id{-9}}};
        for (const chat_id each : chats) {
            if (random.chance(0.4)) made.from.push_back(each);
        }
        if (made.from.empty()) made.from = chats;
        for (int left = 2; left > 0; --left) made.include.push_back(pattern_of(random, words));
        if (random.chance(0.5)) made.exclude = {pattern_of(random, words)};
        if (random.chance(0.7)) made.filter = filter_of(random, words);
        if (random.chance(0.3)) made.refuse = filter_of(random, words);
        if (random.chance(0.5)) made.include.clear();
        rules.routes.push_back(std::move(made));
    }
    return rules;
}

TEST(router_reference, posts_of_channels_are_judged_as_by_a_slow_reading) {
    std::vector<message> posts = channel_posts();
    ASSERT_GT(posts.size(), 1000u);
    random_source random(7);
    for (message& each : posts) random_rules::dress(random, each);
    const rule_set rules = rules_for(posts);
    const auto compiled = compiled_rules::compile(rules);
    ASSERT_TRUE(compiled) << compiled.error().front().message;
    EXPECT_GT(compiled->patterns().size(), 400u);  // made-up posts have fewer words
    // The slow reading is slow: of most posts a few routes are read.
    constexpr int routes_of_one = 8;
    constexpr int posts_wanted = 1'000;
    std::map<said, int> count;
    for (int done = 0; done < posts_wanted; ++done) {
        const message& post = posts[random.below(posts.size())];
        const auto judged = compiled->judge(post);
        if (done % 100 == 0) ASSERT_EQ(judged, obviously_judged(rules, post)) << post.text.text;
        for (int left = judged.empty() ? 0 : routes_of_one; left > 0; --left) {
            const auto& one = judged[random.below(judged.size())];
            const route& by = rules.routes[one.route];
            ASSERT_EQ(one.how, static_cast<said>(obvious::judge(by, post)))
                << post.text.text << snapshot({.routes = {by}}).text;
            ++count[one.how];
        }
    }
    EXPECT_GT(count[said::taken], 200);
    EXPECT_GT(count[said::refused], 20);
    EXPECT_GT(count[said::passed_over], 200);
}

}  // namespace
}  // namespace baudot::router
