#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time_zone.hpp"
#include "model/message.hpp"
#include "model/script.hpp"

namespace baudot {

/// One of `patterns` (RE2) is found in the text, or in the name of the file.
struct pattern_condition {
    enum class place : std::uint8_t { text, file_name };
    place in = place::text;
    std::vector<std::string> patterns;
    bool ignore_case = false;
};

/// One of `words` stands in the text as a word of its own.
struct word_condition {
    std::vector<std::string> words;
    bool ignore_case = true;
};

/// Somewhere `pattern` is found so that its group is one of `values`.
struct submatch_condition {
    std::string pattern;
    int group = 0;
    std::vector<std::string> values;
    bool ignore_case = false;
};

/// A number is within bounds, both included.
struct range_condition {
    enum class number : std::uint8_t {
        size,    // bytes of the medium
        length,  // UTF-16 units of the text
    };
    number of = number::length;
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;
};

/// One of the names that a post has there is one of `names`: ids as digits, usernames as "@name" in
/// lower case.
struct name_condition {
    enum class place : std::uint8_t {
        sender,
        forwarded_from,
        via_bot,
        mention,
        hashtag,  // "#tag", cashtags as "$TAG"
        link_domain,
        extension,
        language,
    };
    place in = place::sender;
    std::vector<std::string> names;
};

struct media_condition {
    std::vector<content_kind> kinds;  // one of them
};

/// One of these holds.
struct trait_condition {
    enum class trait : std::uint8_t {
        text,
        link,
        hashtag,
        mention,
        forward,
        reply,
        via_bot,
        bot_sender,
        admin_sender,
    };
    std::vector<trait> traits;
};

/// The post was written in this window of the week.
struct time_condition {
    std::uint8_t days = 0x7F;   // bit 0 is Monday: the day on which it begins
    std::int32_t from = 0;      // minutes after midnight
    std::int32_t to = 24 * 60;  // excluded; not after `from`: on the next day
    time_zone zone;
};

/// A script says so.
struct script_condition {
    script_source script;
};

using post_condition = std::variant<pattern_condition, word_condition, submatch_condition,
                                    range_condition, name_condition, media_condition,
                                    trait_condition, time_condition, script_condition>;

/// What holds for a post, does not, or is not known: all, any or the opposite of parts, or a
/// condition.
struct post_filter {
    enum class kind : std::uint8_t { all, any, negation, condition };

    kind how = kind::all;  // all of no parts: every post
    std::vector<post_filter> parts;
    post_condition what;
    std::uint32_t place = 0;  // of a condition's first value, in whatever it was read from
};

/// Whether it is the default: every post.
bool holds_always(const post_filter& filter) noexcept;

std::string_view name(content_kind kind) noexcept;
std::string_view name(pattern_condition::place in) noexcept;
std::string_view name(range_condition::number of) noexcept;
std::string_view name(name_condition::place in) noexcept;
std::string_view name(trait_condition::trait what) noexcept;

}  // namespace baudot
