#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "model/rule_set.hpp"

// Filters and posts of any shape, from a seed. Their parts are few, so that they meet often.

namespace baudot::router::random_rules {

template <class List>
auto one_of(random_source& random, const List& list) {
    return list[random.below(std::size(list))];
}

inline std::string pattern(random_source& random) {
    static const char* const atoms[] = {"a",      "b",    "ж",    ".",     "[a-c]", "[^b]", "\\d",
                                        "\\b",    "^",    "$",    "(?i)B", "\\s",   "🚀",   "(a|ж)",
                                        "(?:bc)", "\\w+", "\\pL", "a{2}",  "(?s).", "\\n",  "x"};
    static const char* const tails[] = {"", "", "", "*", "+", "?", "{0,3}", "*?"};
    std::string made;
    for (std::uint64_t left = 1 + random.below(5); left > 0; --left) {
        made += one_of(random, atoms);
        made += one_of(random, tails);
        if (random.chance(0.1)) made += '|';
    }
    return made;
}

inline std::string text(random_source& random) {
    static const char* const parts[] = {"a",  "b", "B",  "c",  "ж",  "Ж",    "1",    " ",     "\n",
                                        "🚀", "x", "bc", "aa", "新", "\xff", "\xd0", "\u00a0"};
    std::string made;
    for (std::uint64_t left = random.below(30); left > 0; --left) made += one_of(random, parts);
    return made;
}

inline std::vector<std::string> names(random_source& random, name_condition::place in) {
    using place = name_condition::place;
    static const std::vector<std::string> users = {"42", "-5", "@ann", "@bc", "-1"};
    static const std::vector<std::string> origins = {"42", "-5", "@ann", "Nobody"};
    static const std::vector<std::string> tags = {"#a", "#Ж", "$B", "#bc", "#aΣ", "ж"};
    static const std::vector<std::string> domains = {"a.bc", "bc", "x.a.bc", "ж"};
    static const std::vector<std::string> extensions = {"pdf", "gz"};
    static const std::vector<std::string> languages = {"en", "ru", "unknown"};
    const auto& from = in == place::forwarded_from ? origins
                       : in == place::hashtag      ? tags
                       : in == place::link_domain  ? domains
                       : in == place::extension    ? extensions
                       : in == place::language     ? languages
                                                   : users;
    std::vector<std::string> made;
    for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
        made.push_back(one_of(random, from));
    }
    return made;
}

inline std::vector<std::string> some(random_source& random, const std::vector<std::string>& from) {
    std::vector<std::string> made;
    for (std::uint64_t left = 1 + random.below(3); left > 0; --left) {
        made.push_back(one_of(random, from));
    }
    return made;
}

inline post_condition condition(random_source& random, const std::vector<std::string>& patterns) {
    static const std::vector<std::string> words = {"a", "ж", "bc", "a b", "x.", "新", "🚀", "aa"};
    static const std::vector<std::string> values = {"a", "ж", "", "B", "bc", "Σ"};
    static const std::vector<std::string> grouped = {"(a|ж)", "(\\w)(x?)", "(^|.)(\\pL+)",
                                                     "(b)(c)?"};
    switch (random.below(10)) {
        case 0:
            return pattern_condition{.in = random.chance(0.2) ? pattern_condition::place::file_name
                                                              : pattern_condition::place::text,
                                     .patterns = some(random, patterns),
                                     .ignore_case = random.chance(0.5)};
        case 1:
        case 2:
            return word_condition{.words = some(random, words), .ignore_case = random.chance(0.5)};
        case 3:
            return submatch_condition{.pattern = one_of(random, grouped),
                                      .group = static_cast<int>(random.below(2)),
                                      .values = some(random, values),
                                      .ignore_case = random.chance(0.5)};
        case 4: {
            range_condition made{.of = random.chance(0.5) ? range_condition::number::size
                                                          : range_condition::number::length};
            if (random.chance(0.7)) made.least = random.between(0, 20);
            if (random.chance(0.7)) made.most = random.between(0, 40);
            return made;
        }
        case 5:
        case 6: {
            const auto in = static_cast<name_condition::place>(random.below(8));
            return name_condition{.in = in, .names = names(random, in)};
        }
        case 7:
            return media_condition{.kinds = {static_cast<content_kind>(random.below(3)),
                                             static_cast<content_kind>(random.below(10))}};
        case 8:
            return trait_condition{
                .traits = {static_cast<trait_condition::trait>(random.below(9)),
                           static_cast<trait_condition::trait>(random.below(9))}};
        default: {
            const time_condition made{.days = static_cast<std::uint8_t>(1 + random.below(127)),
                                      .from = static_cast<std::int32_t>(random.below(1440)),
                                      .to = static_cast<std::int32_t>(random.below(1441))};
            static const std::vector<std::string> scripts = {"return post.text:find('a', 1, true)",
                                                             "return post.media == 'photo'",
                                                             "if post.text then error('no') end"};
            if (made.days % 3 != 0) return made;
            const auto which = static_cast<std::size_t>(made.from) % scripts.size();
            return script_condition{{.code = scripts[which], .file = {}}};
        }
    }
}

inline post_filter filter(random_source& random, const std::vector<std::string>& patterns,
                          int depth = 3) {
    using kind = post_filter::kind;
    post_filter made{.how = kind::condition, .parts = {}, .what = {}};
    if (depth == 0 || random.chance(0.4)) {
        made.what = condition(random, patterns);
        return made;
    }
    made.how = random.chance(0.3) ? kind::negation : random.chance(0.5) ? kind::all : kind::any;
    const std::uint64_t parts = made.how == kind::negation ? 1 : random.below(4);
    for (std::uint64_t left = parts; left > 0; --left) {
        made.parts.push_back(filter(random, patterns, depth - 1));
    }
    return made;
}

inline message_entity entity(random_source& random) {
    static const char* const types[] = {"url",     "text_link", "hashtag",     "cashtag",
                                        "mention", "bold",      "text_mention"};
    static const char* const urls[] = {
        "https://x.a.bc/", "A.BC:80?x",          "tg://a.bc",     "http://b@ж#", "a.bc@d.ef",
        "https://",        "a.b/?u=http://a.bc", "mailto:x@a.bc", "bc:1",        "x.a.bc:y",
        "x.y:z@a.bc",      "[::1]:80",           ":bc",           "bc:/a",       "a.bc:8:9"};
    message_entity made{.type = one_of(random, types),
                        .offset = static_cast<std::int32_t>(random.below(20)),
                        .length = static_cast<std::int32_t>(random.below(20))};
    made.url = one_of(random, urls);
    made.user = user_id{random.between(41, 43)};
    return made;
}

/// Sender, origin, medium, entities and date of a post that has its chat and text.
inline void dress(random_source& random, message& post) {
    static const char* const names[] = {"", "Ann", "BC", "x"};
    static const char* const files[] = {"", "a.PDF", "b.tar.gz", "ж", "a.", "bc"};
    post.kind = static_cast<chat_kind>(random.below(5));
    post.date = random.between(1'700'000'000, 1'800'000'000);
    post.sender = user_id{random.between(41, 43)};
    post.sender_chat = random.chance(0.3) ? chat_id{random.between(-6, 0)} : chat_id{};
    post.sender_username = one_of(random, names);
    post.sender_is_bot = random.chance(0.2);
    if (random.chance(0.2)) post.via_bot = user_id{random.between(41, 43)};
    if (random.chance(0.2)) post.via_bot_username = one_of(random, names);
    if (random.chance(0.2)) post.reply_to = message_id{1};
    post.is_forward = random.chance(0.4);
    if (post.is_forward && random.chance(0.7)) {
        post.origin = forward_origin{.type = static_cast<forward_origin::kind>(random.below(4)),
                                     .user = user_id{random.between(41, 43)},
                                     .chat = chat_id{random.between(-6, -4)},
                                     .name = random.chance(0.5) ? "Nobody" : "Ann",
                                     .username = one_of(random, names)};
    }
    post.content = static_cast<content_kind>(random.below(10));
    if (post.content != content_kind::text) {
        post.media = medium{.file_name = one_of(random, files), .size = random.between(0, 30)};
    }
    for (std::uint64_t left = random.below(4); left > 0; --left) {
        post.text.entities.push_back(entity(random));
    }
}

}  // namespace baudot::router::random_rules
