#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/utf16.hpp"
#include "model/text.hpp"

// Texts of every script with entities inside of entities, and what has to hold for each: for the
// tests and the fuzzer.

namespace baudot::text::testing {

inline std::vector<std::string> characters_of(std::string_view text) {
    std::vector<std::string> all;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) all.emplace_back();
        all.back() += byte;
    }
    return all;
}

inline std::string random_piece(random_source& random) {
    static const std::vector<std::string> pieces = {"a",      "b",       "word ",
                                                    "Слово ", " ",       "\n",
                                                    "\n\n",   "🚀",      "שלום ",
                                                    "مرحبا ", "e\u0301", "👩\u200D👩\u200D👦",
                                                    "比特币", ".",       "_",
                                                    "#tag ",  "@some ",  "https://a.example/x ",
                                                    "\u202E", "👍🏽",    "🇩🇪",
                                                    "  ",     "hello",   "world",
                                                    "x",      "\u00A0",  "a\u0300\u0301\u0302"};
    return pieces[random.below(pieces.size())];
}

inline std::string random_words(random_source& random, std::size_t pieces) {
    std::string text;
    for (std::size_t left = random.below(pieces + 1); left > 0; --left) {
        text += random_piece(random);
    }
    return text;
}

inline message_entity random_entity(random_source& random) {
    static const std::vector<std::string> types = {
        "bold",         "italic", "underline", "spoiler", "blockquote", "text_link", "text_mention",
        "custom_emoji", "code",   "url",       "mention", "hashtag",    "unknown"};
    message_entity made{.type = types[random.below(types.size())]};
    if (made.type == "text_link") made.url = "https://example.com/" + random_words(random, 2);
    if (made.type == "text_mention") made.user = user_id{random.between(1, 9)};
    return made;
}

/// Nested, as Telegram sends them.
inline formatted_text random_formatted(random_source& random, std::size_t pieces) {
    formatted_text made{.text = random_words(random, pieces), .entities = {}};
    const std::vector<std::string> characters = characters_of(made.text);
    std::vector<std::int32_t> units{0};  // before each character
    for (const std::string& each : characters) {
        units.push_back(units.back() + (each.size() == 4 ? 2 : 1));
    }
    std::vector<std::pair<std::size_t, std::size_t>> ranges{{0, characters.size()}};
    for (std::size_t tries = random.below(9); tries > 0; --tries) {
        const auto [low, high] = ranges[random.below(ranges.size())];
        if (low >= high) continue;
        const std::size_t begin = low + random.below(high - low);
        const std::size_t end = begin + 1 + random.below(high - begin);
        const auto is_crossed = [&](const auto& each) {
            const bool meets = each.first < end && begin < each.second;
            const bool holds = each.first <= begin && end <= each.second;
            const bool is_held = begin <= each.first && each.second <= end;
            return meets && !holds && !is_held;
        };
        if (std::ranges::any_of(ranges, is_crossed)) continue;
        ranges.emplace_back(begin, end);
        message_entity& entity = made.entities.emplace_back(random_entity(random));
        entity.offset = units[begin];
        entity.length = units[end] - units[begin];
    }
    std::ranges::sort(made.entities, [](const auto& left, const auto& right) {
        return left.offset != right.offset ? left.offset < right.offset
                                           : left.length > right.length;
    });
    return made;
}

/// What is wrong with the entities of a text; empty: nothing.
inline std::string problem_of(const formatted_text& what) {
    if (!is_valid_utf8(what.text)) return "no UTF-8";
    std::vector<std::int32_t> open;  // ends of those around
    std::int32_t last = 0;
    for (const message_entity& each : what.entities) {
        if (each.length <= 0) return each.type + " of nothing";
        if (each.offset < last) return each.type + " out of order";
        last = each.offset;
        const std::int32_t end = each.offset + each.length;
        for (const std::int32_t place : {each.offset, end}) {
            if (byte_of_utf16(what.text, static_cast<std::size_t>(place)) == std::string::npos) {
                return each.type + " beyond the text, or inside of a surrogate pair";
            }
        }
        while (!open.empty() && open.back() <= each.offset) open.pop_back();
        if (!open.empty() && open.back() < end) return each.type + " crosses another";
        open.push_back(end);
    }
    return {};
}

}  // namespace baudot::text::testing
