#pragma once

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf16.hpp"
#include "model/rule_set.hpp"
#include "router/filter_program.hpp"
#include "router/language.hpp"

// Filters as a slow reading of their documentation: each condition and each pattern
// by itself, and nothing of a post remembered. What the compiled rules are compared with.

namespace baudot::router::obvious {

inline RE2::Options quiet() {
    RE2::Options options;
    options.set_log_errors(false);
    return options;
}

inline std::string with_case(bool ignores, const std::string& pattern) {
    return ignores ? "(?i)" + pattern : pattern;
}

/// Each pattern by itself; kept, because to compile one takes longer than to look for it.
using compiled_patterns = std::map<std::string, std::unique_ptr<RE2>>;
inline compiled_patterns& kept() {
    static compiled_patterns all;
    return all;
}
inline const RE2& compiled(const std::string& pattern) {
    std::unique_ptr<RE2>& one = kept()[pattern];
    if (!one) one = std::make_unique<RE2>(pattern, quiet());
    return *one;
}

inline bool finds(const std::string& text, const std::string& pattern) {
    return RE2::PartialMatch(text, compiled(pattern));
}

inline bool equal_in_any_case(const std::string& one, const std::string& other) {
    return RE2::FullMatch(one, compiled("(?i)" + RE2::QuoteMeta(other)));
}

inline truth said(bool holds) {
    return holds ? truth::yes : truth::no;
}

inline std::string lower(std::string text) {
    for (char& each : text) {
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each + 32);
    }
    return text;
}

/// The characters of a text; a byte that belongs to none is one.
inline std::vector<std::string> characters(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t size = 1;
        while (size <= 4 && !is_valid_utf8(std::string_view(text).substr(at, size))) ++size;
        if (size > 4) size = 1;
        all.push_back(text.substr(at, size));
        at += all.back().size();
    }
    return all;
}

/// What an entity covers, counted unit by unit.
inline std::string covered(const std::string& text, const message_entity& entity) {
    std::string made;
    std::int64_t unit = 0;
    for (const std::string& each : characters(text)) {
        const std::int64_t wide = each.size() == 4 ? 2 : 1;
        const bool inside =
            unit >= entity.offset && unit + wide <= std::int64_t{entity.offset} + entity.length;
        if (inside) made += each;
        unit += wide;
    }
    return made;
}

inline truth holds(const pattern_condition& what, const message& post) {
    std::string text = post.text.text;
    if (what.in == pattern_condition::place::file_name) {
        text = post.media ? post.media->file_name : "";
    }
    return said(std::ranges::any_of(what.patterns, [&](const std::string& each) {
        return finds(text, with_case(what.ignore_case, each));
    }));
}

// A word with something around it that is no part of a word.
inline truth holds(const word_condition& what, const message& post) {
    const std::string text = to_valid_utf8(post.text.text);
    const std::string spaceless =
        R"([\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])";
    const std::string outside = R"([^\pL\pM\pN_]|)" + spaceless;
    const auto is_edge = [&](const std::string& character) {
        return !RE2::FullMatch(character, compiled(outside));
    };
    return said(std::ranges::any_of(what.words, [&](const std::string& each) {
        const auto letters = characters(each);
        std::string pattern;
        for (const std::string& letter : letters) {
            if (letter != " ") pattern += RE2::QuoteMeta(letter);
            if (letter == " " && !pattern.ends_with("]+")) pattern += R"([\s\pZ]+)";
        }
        if (is_edge(letters.front())) pattern = R"((?:\A|)" + outside + ")" + pattern;
        if (is_edge(letters.back())) pattern += R"((?:\z|)" + outside + ")";
        return finds(text, with_case(what.ignore_case, pattern));
    }));
}

inline truth holds(const submatch_condition& what, const message& post) {
    const re2::StringPiece text(post.text.text);
    const RE2& pattern = compiled(with_case(what.ignore_case, what.pattern));
    std::vector<re2::StringPiece> parts(static_cast<std::size_t>(what.group) + 1);
    std::size_t from = 0;
    while (from <= text.size() &&
           pattern.Match(text, from, text.size(), RE2::UNANCHORED, parts.data(), what.group + 1)) {
        for (const std::string& value : what.values) {
            if (parts.back().data() == nullptr) continue;
            const std::string group(parts.back());
            if (what.ignore_case ? equal_in_any_case(group, value) : group == value) {
                return truth::yes;
            }
        }
        from = static_cast<std::size_t>(parts[0].end() - text.begin());
        if (parts[0].empty()) {
            ++from;
            while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) {
                ++from;
            }
        }
    }
    return truth::no;
}

inline truth holds(const range_condition& what, const message& post) {
    std::int64_t number = 0;
    if (what.of == range_condition::number::size) {
        if (!post.media) return truth::no;
        number = post.media->size;
        if (number <= 0) return truth::unknown;
    } else {
        for (const char each : post.text.text) {
            const auto byte = static_cast<unsigned char>(each);
            if ((byte & 0xC0) != 0x80) number += byte >= 0xF0 ? 2 : 1;
        }
    }
    if (what.least && number < *what.least) return truth::no;
    if (what.most && number > *what.most) return truth::no;
    return truth::yes;
}

/// Whether a host is this domain or a part of it.
inline bool is_within(const std::string& url, const std::string& domain) {
    // "mailto:", "tel:"; and what has a dot before the colon, but neither a port nor a password.
    static const RE2 no_host(R"(^(?:|[^/?#\\@.:\[][^/?#\\@.:]*):(?:[^/]|/[^/]|/?$))");
    static const RE2 no_port(
        R"(^[^/?#\\:\[][^/?#\\:]*:[^/?#\\@]*[^/?#\\@0-9][^/?#\\@]*(?:[/?#\\]|$))");
    if (RE2::PartialMatch(url, no_host) || RE2::PartialMatch(url, no_port)) return false;
    static const RE2 parts(R"((?i)^(?:(?:https?|ftp)://)?(?:[^/?#\\]*@)?([^/?#\\:@]*))");
    std::string host;
    static const RE2 other_scheme(R"(^[^/?#\\@]*://)");
    static const RE2 scheme("(?i)^(?:https?|ftp)://");
    if (RE2::PartialMatch(url, other_scheme) && !RE2::PartialMatch(url, scheme)) return false;
    if (!RE2::PartialMatch(url, parts, &host)) return false;
    while (host.ends_with('.')) host.pop_back();
    host = lower(host);
    if (host.size() > 253) return false;
    return host == domain || host.ends_with("." + domain);
}

inline bool is_name(name_condition::place in, const std::string& wanted, const message& post) {
    using place = name_condition::place;
    const auto any_entity = [&](auto accept) {
        return std::ranges::any_of(post.text.entities, [&](const message_entity& each) {
            return accept(each, covered(post.text.text, each));
        });
    };
    const auto is_user = [&](std::int64_t id, const std::string& username) {
        return (id != 0 && wanted == std::to_string(id)) ||
               (!username.empty() && wanted == "@" + lower(username));
    };
    switch (in) {
        case place::sender:
            return is_user(post.sender_chat != chat_id{} ? std::to_underlying(post.sender_chat)
                                                         : std::to_underlying(post.sender),
                           post.sender_username);
        case place::via_bot:
            return is_user(std::to_underlying(post.via_bot), post.via_bot_username);
        case place::forwarded_from:
            return is_user(std::to_underlying(post.origin->user), post.origin->username) ||
                   is_user(std::to_underlying(post.origin->chat), "") ||
                   (post.origin->type == forward_origin::kind::hidden_user &&
                    post.origin->name == wanted);
        case place::mention:
            return any_entity([&](const message_entity& each, const std::string& text) {
                return each.type == "mention" ? lower(text) == wanted
                                              : each.type == "text_mention" &&
                                                    is_user(std::to_underlying(each.user), "");
            });
        case place::hashtag:
            return any_entity([&](const message_entity& each, const std::string& text) {
                return (each.type == "hashtag" || each.type == "cashtag") &&
                       equal_in_any_case(text.substr(0, text.find('@')), wanted);
            });
        case place::link_domain:
            return any_entity([&](const message_entity& each, const std::string& text) {
                return (each.type == "url" && is_within(text, wanted)) ||
                       (each.type == "text_link" && is_within(each.url, wanted));
            });
        case place::extension:
            return post.media && post.media->file_name.find('.') != std::string::npos &&
                   lower(post.media->file_name.substr(post.media->file_name.rfind('.'))) ==
                       "." + wanted;
        case place::language: return language_of(post.text.text) == wanted;
    }
    return false;
}

inline truth holds(const name_condition& what, const message& post) {
    using place = name_condition::place;
    const bool has = std::ranges::find(what.names, "unknown") != what.names.end();
    if (what.in == place::language && language_of(post.text.text).empty()) {
        return has ? truth::yes : truth::unknown;
    }
    if (what.in == place::forwarded_from && !post.origin) {
        return post.is_forward ? truth::unknown : truth::no;
    }
    truth best = truth::no;
    for (const std::string& each : what.names) {
        truth one = said(is_name(what.in, each, post));
        const bool is_of_person = each.starts_with('@') || std::isdigit(each.front()) != 0;
        if (what.in == place::forwarded_from && is_of_person && one == truth::no &&
            post.origin->type == forward_origin::kind::hidden_user) {
            one = truth::unknown;
        }
        best = std::max(best, one);
    }
    return best;
}

inline truth holds(const media_condition& what, const message& post) {
    return said(std::ranges::find(what.kinds, post.content) != what.kinds.end());
}

inline truth holds(const trait_condition& what, const message& post) {
    using trait = trait_condition::trait;
    const auto entity = [&](std::string_view type) {
        return std::ranges::any_of(post.text.entities,
                                   [&](const message_entity& each) { return each.type == type; });
    };
    truth best = truth::no;
    for (const trait each : what.traits) {
        truth one = truth::no;
        if (each == trait::text) one = said(!post.text.text.empty());
        if (each == trait::link) one = said(entity("url") || entity("text_link"));
        if (each == trait::hashtag) one = said(entity("hashtag") || entity("cashtag"));
        if (each == trait::mention) one = said(entity("mention") || entity("text_mention"));
        if (each == trait::forward) one = said(post.is_forward);
        if (each == trait::reply) one = said(post.reply_to != message_id{});
        if (each == trait::via_bot) one = said(post.via_bot != user_id{});
        if (each == trait::bot_sender) one = said(post.sender_is_bot);
        if (each == trait::admin_sender) {
            one = post.kind == chat_kind::channel        ? truth::yes
                  : post.sender_chat == post.chat        ? truth::yes
                  : post.sender_chat != chat_id{}        ? truth::no
                  : post.kind == chat_kind::private_chat ? truth::no
                                                         : truth::unknown;
        }
        best = std::max(best, one);
    }
    return best;
}

// Minute by minute from the begin of each window of the week.
// What each script of random_filter_test.hpp says.
inline truth holds(const script_condition& what, const message& post) {
    const std::string& code = what.script.code;
    if (code.contains("error")) return truth::unknown;
    const bool has =
        code.contains("find") ? post.text.text.contains('a') : post.content == content_kind::photo;
    return has ? truth::yes : truth::no;
}

inline truth holds(const time_condition& what, const message& post) {
    const std::time_t here = post.date + what.zone.offset_at(post.date);
    std::tm parts{};
    gmtime_r(&here, &parts);
    const int week = 7 * 24 * 60;
    const int now = ((parts.tm_wday + 6) % 7) * 24 * 60 + parts.tm_hour * 60 + parts.tm_min;
    const int length = (what.to - what.from + (what.from < what.to ? 0 : 24 * 60));
    for (int day = 0; day < 7; ++day) {
        if ((what.days >> day & 1) == 0) continue;
        const int since = (now - (day * 24 * 60 + what.from) + 2 * week) % week;
        if (since < length) return truth::yes;
    }
    return truth::no;
}

inline truth holds(const post_filter& filter, const message& post) {
    bool unknown = false;
    bool yes = false;
    bool no = false;
    for (const post_filter& part : filter.parts) {
        const truth one = holds(part, post);
        unknown = unknown || one == truth::unknown;
        yes = yes || one == truth::yes;
        no = no || one == truth::no;
    }
    switch (filter.how) {
        case post_filter::kind::all: return no ? truth::no : unknown ? truth::unknown : truth::yes;
        case post_filter::kind::any: return yes ? truth::yes : unknown ? truth::unknown : truth::no;
        case post_filter::kind::negation:
            return unknown ? truth::unknown : yes ? truth::no : truth::yes;
        case post_filter::kind::condition: break;
    }
    return std::visit([&](const auto& what) { return holds(what, post); }, filter.what);
}

inline bool one_is_found(const std::vector<std::string>& patterns, const message& post) {
    return std::ranges::any_of(
        patterns, [&](const std::string& each) { return finds(post.text.text, each); });
}

enum class said_of_post : std::uint8_t { taken, refused, passed_over };

inline said_of_post judge(const route& by, const message& post) {
    const truth refuse = by.refuse ? holds(*by.refuse, post) : truth::no;
    if (one_is_found(by.exclude, post) || refuse == truth::yes) return said_of_post::refused;
    const bool takes = (by.include.empty() || one_is_found(by.include, post)) &&
                       holds(by.filter, post) == truth::yes;
    return takes && refuse == truth::no ? said_of_post::taken : said_of_post::passed_over;
}

}  // namespace baudot::router::obvious
