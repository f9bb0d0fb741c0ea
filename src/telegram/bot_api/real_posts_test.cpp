#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/utf16.hpp"
#include "telegram/bot_api/answers.hpp"

namespace baudot::telegram::bot_api {
namespace {

namespace json = boost::json;

/// Lines of real posts: BAUDOT_POSTS, or beside the source tree.
std::vector<std::string> recorded_lines() {
    const char* given = std::getenv("BAUDOT_POSTS");
    const std::filesystem::path path =
        given ? given : BAUDOT_SOURCE_DIR "/../shared/data/channel_posts.jsonl.gz";
    std::vector<std::string> lines;
    if (!std::filesystem::exists(path)) return lines;
    const std::string command = "gzip -dc '" + path.string() + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::array<char, 65536> bytes;
    std::string rest;
    while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe.get())) {
        rest.append(bytes.data(), count);
        std::size_t begin = 0;
        for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n', begin)) {
            lines.push_back(rest.substr(begin, end - begin));
            begin = end + 1;
        }
        rest.erase(0, begin);
    }
    return lines;
}

/// Posts of the same shape, where the recorded ones are absent.
std::vector<std::string> generated_lines() {
    const std::vector<std::string> words = {"Привет", "мир",  "🚀", "👩‍👩‍👧",
                                            "news",   "漢字", "\n", "שלום"};
    std::vector<std::string> lines;
    for (int i = 0; i < 2000; ++i) {
        random_source random(static_cast<std::uint64_t>(i) + 1);
        std::string text;
        json::array entities;
        for (auto count = random.between(1, 60); count > 0; --count) {
            const std::string& word = words[random.below(words.size())];
            if (random.chance(0.2)) {
                entities.push_back({{"type", "text_link"},
                                    {"offset", utf16_length(text)},
                                    {"length", utf16_length(word)},
                                    {"url", "https://x.y/?q=" + std::to_string(i)}});
            }
            text += word + " ";
        }
        const json::value line = {
            {"update_id", 700000000 + i},
            {"channel_post",
             {{"message_id", i + 1},
              {"chat", {{"id", -1001000000000 - i % 20}, {"title", "Канал"}, {"type", "channel"}}},
              {"date", 1690000000 + i},
              {"text", text},
              {"entities", entities}}}};
        lines.push_back(json::serialize(line));
    }
    return lines;
}

std::string text_or_empty(const json::object& from, std::string_view key) {
    const json::value* found = from.if_contains({key.data(), key.size()});
    return found ? std::string(found->as_string().c_str(), found->as_string().size()) : "";
}

void expect_same(const update& got, const json::object& line) {
    const json::object& post = line.at("channel_post").as_object();
    EXPECT_EQ(got.id, update_id{line.at("update_id").as_int64()});
    EXPECT_EQ(got.kind, update_kind::post);
    EXPECT_EQ(got.content.chat, chat_id{post.at("chat").at("id").as_int64()});
    EXPECT_EQ(got.content.id, message_id{post.at("message_id").as_int64()});
    EXPECT_EQ(got.content.date, post.at("date").as_int64());
    EXPECT_EQ(got.content.text.text, text_or_empty(post, "text"));
    const json::value* entities = post.if_contains("entities");
    const std::size_t count = entities ? entities->as_array().size() : 0;
    ASSERT_EQ(got.content.text.entities.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
        const json::object& wanted = entities->as_array()[i].as_object();
        const message_entity& entity = got.content.text.entities[i];
        EXPECT_EQ(entity.type, text_or_empty(wanted, "type"));
        EXPECT_EQ(entity.offset, wanted.at("offset").as_int64());
        EXPECT_EQ(entity.length, wanted.at("length").as_int64());
        EXPECT_EQ(entity.url, text_or_empty(wanted, "url"));
        EXPECT_EQ(entity.language, text_or_empty(wanted, "language"));
    }
}

// The second opinion is another JSON library.
TEST(real_posts_test, every_post_is_read_as_another_parser_reads_it) {
    std::vector<std::string> lines = recorded_lines();
    if (lines.empty()) lines = generated_lines();
    ASSERT_GE(lines.size(), 2000u);
    answer_reader reader;
    constexpr std::size_t batch = 100;
    for (std::size_t first = 0; first < lines.size(); first += batch) {
        const std::size_t end = std::min(first + batch, lines.size());
        std::string body = R"({"ok":true,"result":[)";
        for (std::size_t i = first; i < end; ++i) body += (i > first ? "," : "") + lines[i];
        const auto got = reader.updates_of({.status = 200, .body = body + "]}"}, account_id{1});
        ASSERT_TRUE(got.has_value());
        EXPECT_EQ(got->unreadable, 0u);
        ASSERT_EQ(got->updates.size(), end - first);
        for (std::size_t i = first; i < end; ++i) {
            expect_same(got->updates[i - first], json::parse(lines[i]).as_object());
        }
    }
}

}  // namespace
}  // namespace baudot::telegram::bot_api
