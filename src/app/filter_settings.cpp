#include "app/filter_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/script_settings.hpp"
#include "app/settings.hpp"
#include "base/ascii_lower.hpp"
#include "router/language.hpp"

namespace baudot {
namespace {

template <class Enum>
std::optional<std::string> parse_word(std::string_view text, Enum last, Enum& value) {
    std::string right = "one of ";
    for (int each = 0; each <= std::to_underlying(last); ++each) {
        value = static_cast<Enum>(each);
        if (name(value) == text) return std::nullopt;
        if (each > 0) right += ", ";
        right += name(value);
    }
    return right;
}

template <class Enum>
std::vector<std::string> words_until(Enum last) {
    std::vector<std::string> words;
    for (int each = 0; each <= std::to_underlying(last); ++each) {
        words.emplace_back(name(static_cast<Enum>(each)));
    }
    return words;
}

}  // namespace

// Found by config::reader beside the types that they are for.
static std::vector<std::string> value_words(content_kind) {
    return words_until(content_kind::other);
}
static std::vector<std::string> value_words(trait_condition::trait) {
    return words_until(trait_condition::trait::reply);
}
static std::optional<std::string> parse_value(std::string_view text, content_kind& value) {
    return parse_word(text, content_kind::other, value);
}
static std::optional<std::string> parse_value(std::string_view text,
                                              trait_condition::trait& value) {
    return parse_word(text, trait_condition::trait::reply, value);
}

namespace app {
namespace {

using place = name_condition::place;

/// A value of a list, as the model has it.
struct word_text {
    std::string text;
};
struct who_text {  // an id or @name
    std::string text;
};
struct origin_text {  // or the name of somebody who hides
    std::string text;
};
struct tag_text {
    std::string text;
};
struct domain_text {
    std::string text;
};
struct extension_text {
    std::string text;
};
struct language_text {
    std::string text;
};
enum class sender_trait : std::uint8_t { bot, admin };

std::optional<std::string> parse_value(std::string_view text, word_text& value) {
    value.text = text;
    if (text.find_first_not_of(" \t\n") == text.npos) return "a word";
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, who_text& value) {
    chat_text who;
    if (parse_value(text, who)) return "an id, or @name (quote it in YAML)";
    const auto* id = std::get_if<chat_id>(&who.chat);
    value.text =
        id != nullptr ? std::to_string(std::to_underlying(*id)) : std::get<std::string>(who.chat);
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, origin_text& value) {
    who_text who;
    if (!parse_value(text, who)) {
        value.text = std::move(who.text);
        return std::nullopt;
    }
    value.text = text;
    if (text.empty() || text.starts_with('@')) return "an id, @name, or the name of a person";
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, tag_text& value) {
    const bool has_sign = text.starts_with('#') || text.starts_with('$');
    value.text = has_sign ? std::string(text) : '#' + std::string(text);
    if (value.text.size() == 1 || value.text.find_first_of(" @") != std::string::npos) {
        return "a tag such as news, or $TSLA";
    }
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, domain_text& value) {
    if (text.starts_with("*.")) text.remove_prefix(2);
    value.text = ascii_lower(text);
    const bool is_host = !text.empty() && text.size() <= 253 && !text.starts_with('.') &&
                         !text.ends_with('.') && text.find_first_of("/:@ ?#*") == text.npos;
    if (is_host) return std::nullopt;
    return "a domain such as example.com, which stands for its subdomains, too";
}

std::optional<std::string> parse_value(std::string_view text, extension_text& value) {
    if (text.starts_with('.')) text.remove_prefix(1);
    value.text = ascii_lower(text);
    if (!text.empty() && text.find_first_of("./ ") == text.npos) return std::nullopt;
    return "what stands behind the last dot, such as pdf";
}

std::optional<std::string> parse_value(std::string_view text, language_text& value) {
    value.text = text;
    if (text == "unknown" || router::is_language(text)) return std::nullopt;
    return "the code of a language such as en, ru, pt or zh-Hant, or unknown";
}

std::vector<std::string> value_words(sender_trait) {
    return {"bot", "admin"};
}

std::optional<std::string> parse_value(std::string_view text, sender_trait& value) {
    value = text == "bot" ? sender_trait::bot : sender_trait::admin;
    if (text == "bot" || text == "admin") return std::nullopt;
    return "bot or admin";
}

constexpr std::array<std::string_view, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// "mon", or "mon-fri".
struct days_text {
    std::uint8_t bits = 0;
};

std::optional<std::string> parse_value(std::string_view text, days_text& value) {
    const auto dash = text.find('-');
    const std::string_view last = dash == text.npos ? text : text.substr(dash + 1);
    const auto from = std::ranges::find(weekdays, text.substr(0, dash)) - weekdays.begin();
    const auto to = std::ranges::find(weekdays, last) - weekdays.begin();
    const auto days = static_cast<std::ptrdiff_t>(weekdays.size());
    if (from == days || to == days) return "a day such as mon, or days such as mon-fri";
    for (std::ptrdiff_t day = from;; day = (day + 1) % days) {
        value.bits = static_cast<std::uint8_t>(value.bits | 1U << day);
        if (day == to) return std::nullopt;
    }
}

/// Minutes after midnight.
struct clock_text {
    std::int32_t minutes = 0;
};

std::optional<std::string> parse_value(std::string_view text, clock_text& value) {
    const char* const wrong = "a time such as 08:30, at most 24:00 (quote it in YAML)";
    std::int32_t hours = 0;
    std::int32_t minutes = 0;
    if (text.size() != 5 || text[2] != ':') return wrong;
    const auto number = [&](std::size_t at, std::int32_t& to) {
        const char* const end = text.data() + at + 2;
        const auto [stop, error] = std::from_chars(text.data() + at, end, to);
        return error == std::errc{} && stop == end && to >= 0;
    };
    if (!number(0, hours) || !number(3, minutes) || minutes > 59) return wrong;
    value.minutes = hours * 60 + minutes;
    return value.minutes <= 24 * 60 ? std::nullopt : std::optional<std::string>(wrong);
}

/// One mapping of a filter.
class filter_reader {
public:
    filter_reader(config::reader& one, std::vector<config::position>& places)
        : one_(one), places_(places) {}

    post_filter read() {
        if (one_.is_described_as("filter")) return {};
        const auto has_case =
            one_.optional("case", ignores_case_, {{"ignore", true}, {"exact", false}});
        read_texts(has_case);
        read_names();
        read_numbers();
        read_lists();
        one_.section("time", [&](config::reader& part) { read_time(part); });
        read_script();  // behind what costs less, since what is decided asks no further
        read_parts("all", post_filter::kind::all);
        read_parts("any", post_filter::kind::any);
        one_.section("not", [&](config::reader& part) {
            post_filter& made = add(post_filter::kind::negation);
            made.parts.push_back(filter_reader(part, places_).read());
        });
        if (one_.is_empty()) {
            one_.error(one_.where(), "this filter has no condition",
                       "leave it out, or say what holds");
        }
        if (parts_.size() == 1) return std::move(parts_.front());
        return {.how = post_filter::kind::all, .parts = std::move(parts_), .what = {}};
    }

private:
    post_filter& add(post_filter::kind how) {
        parts_.push_back({.how = how, .parts = {}, .what = {}});
        return parts_.back();
    }

    void add(std::string_view key, post_condition what) {
        post_filter& made = add(post_filter::kind::condition);
        made.what = std::move(what);
        made.place = static_cast<std::uint32_t>(places_.size());
        const std::size_t values = std::max<std::size_t>(one_.items(key), 1);
        for (std::size_t item = 0; item < values; ++item) {
            places_.push_back(one_.where(key, item));
        }
    }

    template <class Value>
    std::vector<Value> list(std::string_view key) {
        std::vector<Value> values;
        if (one_.list(key, values) && values.empty()) {
            one_.error(one_.where(key), "\"" + std::string(key) + "\" has no value",
                       "a list holds when one of its values does");
        }
        return values;
    }

    template <class Text>
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> made;
        for (Text& each : list<Text>(key)) made.push_back(std::move(each.text));
        return made;
    }

    void read_texts(bool has_case) {
        const bool ignores = has_case && ignores_case_;
        std::size_t before = parts_.size();
        if (auto found = list<std::string>("text"); !found.empty()) {
            add("text", pattern_condition{.patterns = std::move(found), .ignore_case = ignores});
        }
        if (auto found = list<std::string>("file_name"); !found.empty()) {
            add("file_name", pattern_condition{.in = pattern_condition::place::file_name,
                                               .patterns = std::move(found),
                                               .ignore_case = ignores});
        }
        if (auto found = texts<word_text>("words"); !found.empty()) {
            add("words", word_condition{.words = std::move(found),
                                        .ignore_case = !has_case || ignores_case_});
        }
        one_.section("match", [&](config::reader& part) { read_match(part, ignores); });
        if (has_case && parts_.size() == before) {
            one_.error(one_.where("case"), "\"case\" stands beside nothing that it is about",
                       "it belongs to text, words, match and file_name of the same filter");
        }
    }

    void read_match(config::reader& part, bool ignores_case) {
        submatch_condition what{.ignore_case = ignores_case};
        part.required("pattern", what.pattern);
        part.optional("group", what.group, {.least = 0, .most = 99});
        if (part.required_list("in", what.values) && what.values.empty()) {
            part.error(part.where("in"), "\"in\" has no value", "say what the group may be");
        }
        post_filter& made = add(post_filter::kind::condition);
        made.what = std::move(what);
        made.place = static_cast<std::uint32_t>(places_.size());
        places_.push_back(part.where("pattern"));
    }

    template <class Text>
    void read_names(std::string_view key, place in) {
        auto found = texts<Text>(key);
        if (!found.empty()) add(key, name_condition{.in = in, .names = std::move(found)});
    }

    void read_names() {
        read_names<who_text>("sender", place::sender);
        read_names<origin_text>("forwarded_from", place::forwarded_from);
        read_names<who_text>("via_bot", place::via_bot);
        read_names<who_text>("mentions", place::mention);
        read_names<tag_text>("hashtags", place::hashtag);
        read_names<domain_text>("link_domains", place::link_domain);
        read_names<extension_text>("extension", place::extension);
        read_names<language_text>("language", place::language);
    }

    void read_lists() {
        if (auto kinds = list<content_kind>("media"); !kinds.empty()) {
            add("media", media_condition{.kinds = std::move(kinds)});
        }
        if (auto traits = list<trait_condition::trait>("has"); !traits.empty()) {
            add("has", trait_condition{.traits = std::move(traits)});
        }
        trait_condition who;
        for (const sender_trait each : list<sender_trait>("sender_is")) {
            who.traits.push_back(each == sender_trait::bot ? trait_condition::trait::bot_sender
                                                           : trait_condition::trait::admin_sender);
        }
        if (!who.traits.empty()) add("sender_is", std::move(who));
    }

    template <class Number>
    void read_range(std::string_view key, range_condition::number of) {
        one_.section(key, [&](config::reader& part) {
            Number least{};
            Number most{};
            range_condition what{.of = of, .least = {}, .most = {}};
            const auto bound = [](Number of_file) {
                constexpr std::uint64_t top = INT64_MAX;
                return static_cast<std::int64_t>(
                    std::min(top, static_cast<std::uint64_t>(of_file)));
            };
            if (part.optional("at_least", least)) what.least = bound(least);
            if (part.optional("at_most", most)) what.most = bound(most);
            if (!what.least && !what.most) {
                part.error(part.where(), "\"" + std::string(key) + "\" has no bound",
                           "give it at_least, at_most, or both");
            } else if (what.least && what.most && *what.least > *what.most) {
                part.error(part.where(), "at_least is above at_most: nothing is within");
            }
            add(key, what);
        });
    }

    void read_numbers() {
        read_range<config::byte_size>("size", range_condition::number::size);
        read_range<std::uint32_t>("length", range_condition::number::length);
    }

    void read_time(config::reader& part) {
        time_condition what;
        std::vector<days_text> days;
        const bool has_days = part.list("days", days);
        if (has_days && days.empty()) {
            part.error(part.where("days"), "\"days\" has no value", "leave it out for every day");
        } else if (!has_days && part.items("days") + part.items("from") + part.items("to") == 0) {
            part.error(part.where(), "\"time\" has no window: it would hold at any time",
                       "give it days, from and to, or leave it out");
        }
        if (has_days) {
            what.days = 0;
            for (const days_text& each : days) {
                what.days = static_cast<std::uint8_t>(what.days | each.bits);
            }
        }
        clock_text from{what.from};
        clock_text to{what.to};
        part.optional("from", from);
        part.optional("to", to);
        what.from = from.minutes;
        what.to = to.minutes;
        if (what.from == what.to || what.from == 24 * 60) {
            part.error(part.where("from"), "this window is empty: it ends when it begins");
        }
        zone_text zone;
        part.optional("zone", zone);
        what.zone = zone.zone;
        add("time", what);
    }

    void read_script() {
        script_condition what;
        const auto place = static_cast<std::uint32_t>(places_.size());
        if (one_.is_section("script")) {
            one_.section("script", [&](config::reader& part) {
                baudot::app::read_script(part, what.script, places_);
            });
        } else if (!read_script_code(one_, "script", what.script, places_)) {
            return;
        }
        post_filter& made = add(post_filter::kind::condition);
        made.what = std::move(what);
        made.place = place;
    }

    void read_parts(std::string_view key, post_filter::kind how) {
        post_filter made{.how = how, .parts = {}, .what = {}};
        const bool is_list = one_.each(key, [&](config::reader& part) {
            made.parts.push_back(filter_reader(part, places_).read());
        });
        if (is_list && one_.items(key) == 0) {
            one_.error(one_.where(key), "\"" + std::string(key) + "\" has no filter");
        }
        if (is_list) parts_.push_back(std::move(made));
    }

    config::reader& one_;
    std::vector<config::position>& places_;
    std::vector<post_filter> parts_;
    bool ignores_case_ = false;
};

}  // namespace

std::optional<std::string> parse_value(std::string_view text, zone_text& value) {
    auto found = time_zone::named(std::string(text));
    if (!found) return "a time zone as in /usr/share/zoneinfo, such as Europe/Berlin or UTC";
    value.zone = *found;
    return std::nullopt;
}

void read_filter(config::reader& one, post_filter& filter, std::vector<config::position>& places) {
    filter = filter_reader(one, places).read();
}

}  // namespace app
}  // namespace baudot
