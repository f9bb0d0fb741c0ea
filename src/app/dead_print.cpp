#include "app/dead_print.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "app/account_names.hpp"
#include "config/value.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr std::size_t columns = 8;
using line = std::array<std::string, columns>;

void put(const std::string& text, std::FILE* to = stdout) {
    std::fputs(text.c_str(), to);
}

std::string text_of(const json::object& from, std::string_view key) {
    const json::value& value = from.at(key);
    if (value.is_null()) return "-";
    return value.is_string() ? std::string(value.get_string())
                             : std::to_string(value.to_number<std::int64_t>());
}

std::string account_of(const json::object& of, const settings& read) {
    const auto id = of.at("account").to_number<std::int64_t>();
    return id == 0 ? "-" : account_name(read, account_id{id});
}

std::string class_of(const json::object& letter) {
    const bool is_dead = letter.at("retried_as").is_null();
    return text_of(letter, "class") +
           (is_dead ? "" : ", retried as " + text_of(letter, "retried_as"));
}

void print_table(const std::vector<const json::object*>& letters, const settings& read) {
    std::vector<line> lines{
        {"LETTER", "DIED", "CLASS", "ROUTE", "FROM", "TO", "ACCOUNT", "TELEGRAM SAID"}};
    for (const json::object* each : letters) {
        lines.push_back({text_of(*each, "letter"), text_of(*each, "died_at"), class_of(*each),
                         text_of(*each, "route"),
                         text_of(*each, "source") + '/' + text_of(*each, "message"),
                         text_of(*each, "destination"), account_of(*each, read),
                         text_of(*each, "description")});
    }
    std::array<std::size_t, columns> widths{};
    for (const line& each : lines) {
        for (std::size_t at = 0; at < columns; ++at) {
            widths.at(at) = std::max(widths.at(at), each.at(at).size());
        }
    }
    for (const line& each : lines) {
        std::string row;
        for (std::size_t at = 0; at + 1 < columns; ++at) {
            row += fmt::format("{:<{}}  ", each.at(at), widths.at(at));
        }
        put(row + each.back() + '\n');
    }
}

std::string payload_of(const json::object& letter) {
    const json::value& payload = letter.at("payload");
    if (payload.is_null()) {
        return letter.at("retried_as").is_null() ? "not known" : "went with the retry";
    }
    const json::object& what = payload.as_object();
    const std::string kind = text_of(what, "operation");
    if (kind == "send_text") return text_of(what, "text");
    return fmt::format("{} of message {} in {}", kind, text_of(what, "message"),
                       text_of(what, "from"));
}

void print_whole(const json::object& letter, const settings& read) {
    put(fmt::format("letter       {}\n", text_of(letter, "letter")));
    put(fmt::format("died         {}\n", text_of(letter, "died_at")));
    put(fmt::format("class        {}\n", class_of(letter)));
    put(fmt::format("it said      {}\n", text_of(letter, "description")));
    put(fmt::format("route        {}\n", text_of(letter, "route")));
    put(fmt::format("from         {}/{}\n", text_of(letter, "source"), text_of(letter, "message")));
    put(fmt::format("to           {}\n", text_of(letter, "destination")));
    put(fmt::format("account      {}\n", account_of(letter, read)));
    put(fmt::format("received     {}\n", text_of(letter, "received_at")));
    put(fmt::format("delivery     {}\n", text_of(letter, "delivery")));
    if (letter.at("may_double").as_bool()) {
        put("it may have been sent: a retry needs --may-double and may double it\n");
    }
    put(fmt::format("content      {}\n\n", payload_of(letter)));
}

std::optional<int> digits(std::string_view text) {
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < 0) return std::nullopt;
    return value;
}

}  // namespace

void print_letters(dead_verb verb, const json::object& answer, const settings& read) {
    std::vector<const json::object*> good;
    for (const json::value& each : answer.at("letters").as_array()) {
        const json::object& one = each.as_object();
        if (one.contains("refused")) {
            put(fmt::format("baudot: {}: {}\n", text_of(one, "letter"), text_of(one, "refused")),
                stderr);
        } else {
            good.push_back(&one);
        }
    }
    if (good.empty()) put("baudot: no letter\n", stderr);
    if (verb == dead_verb::list && !good.empty()) print_table(good, read);
    for (const json::object* each : good) {
        const std::string name = text_of(*each, "letter");
        switch (verb) {
            case dead_verb::list: break;
            case dead_verb::show: print_whole(*each, read); break;
            case dead_verb::retry:
                put(fmt::format("{} is owed again as {}\n", name, text_of(*each, "retried_as")));
                break;
            case dead_verb::drop: put(fmt::format("{} is gone\n", name)); break;
        }
    }
    const json::value* more = answer.if_contains("more");
    if (more && more->as_bool()) put("baudot: there are older ones: --limit 0 for all\n", stderr);
}

// YYYY-MM-DD, with THH:MM or THH:MM:SS and a Z where people like.
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now) {
    using namespace std::chrono;
    duration ago{};
    if (!config::parse_value(text, ago)) return now - duration_cast<microseconds>(ago).count();
    if (text.ends_with('Z')) text.remove_suffix(1);
    const bool has_time = text.size() > 10;
    if ((text.size() != 10 && text.size() != 16 && text.size() != 19) || text[4] != '-' ||
        text[7] != '-' || (has_time && (text[10] != 'T' || text[13] != ':')) ||
        (text.size() == 19 && text[16] != ':')) {
        return std::nullopt;
    }
    const auto part = [&](std::size_t at, std::size_t size) {
        return at < text.size() ? digits(text.substr(at, size)) : 0;
    };
    const auto y = part(0, 4), mo = part(5, 2), d = part(8, 2);
    const auto h = part(11, 2), mi = part(14, 2), s = part(17, 2);
    if (!y || !mo || !d || !h || !mi || !s || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                              day{static_cast<unsigned>(*d)}};
    if (!date.ok()) return std::nullopt;
    const auto at = sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s);
    return time_point_cast<microseconds>(at).time_since_epoch().count();
}

}  // namespace baudot::app
