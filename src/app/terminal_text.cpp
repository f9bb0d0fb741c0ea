#include "app/terminal_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <unistd.h>

#include "model/presentable.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

// Days are bits in the journal: 31 is "mon-fri".
std::string days_text(std::int64_t bits) {
    static constexpr std::array<std::string_view, 7> names{"mon", "tue", "wed", "thu",
                                                           "fri", "sat", "sun"};
    std::string text;
    for (std::size_t day = 0; day < names.size(); ++day) {
        if ((bits >> day & 1) == 0) continue;
        std::size_t last = day;
        while (last + 1 < names.size() && (bits >> (last + 1) & 1) != 0) ++last;
        text += fmt::format("{}{}", text.empty() ? "" : ",", names.at(day));
        if (last > day) text += fmt::format("-{}", names.at(last));
        day = last;
    }
    return text;
}

std::string time_text(const json::object& of) {
    const auto number = [&](const char* key) { return of.at(key).to_number<std::int64_t>(); };
    return fmt::format("{} {:02}:{:02}-{:02}:{:02} {}", days_text(number("days")),
                       number("from") / 60, number("from") % 60, number("to") / 60,
                       number("to") % 60, std::string_view(of.at("zone").as_string()));
}

std::string value_text(const json::value& of, std::size_t most) {
    if (const json::array* list = of.if_array(); list != nullptr && list->size() == 1) {
        return value_text(list->front(), most);
    }
    const json::object* one = of.if_object();
    if (one == nullptr) return shortened(json::serialize(of), most);
    if (one->contains("to")) {  // a replacement
        const json::value* find = one->if_contains("from");
        if (find == nullptr) find = &one->at("pattern");
        return value_text(*find, most) + " by " + value_text(one->at("to"), most);
    }
    if (one->contains("gap")) return value_text(one->at("text"), most);
    return shortened(json::serialize(of), most);
}

}  // namespace

std::string shortened(std::string_view text, std::size_t most) {
    std::string line = presentable(text);
    for (char& each : line) {
        if (static_cast<unsigned char>(each) < 0x20U) each = ' ';
    }
    if (line.size() <= most) return line;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    return line.substr(0, end) + "...";
}

std::string condition_text(const json::object& what, std::size_t most, bool is_bare) {
    std::string text;
    const bool has_words = what.contains("words");
    for (const auto& each : what) {
        const std::string_view key = each.key();
        const json::value& value = each.value();
        if (key == "case") {
            const bool ignores = value == "ignore";
            if (ignores != has_words) text += ignores ? ", in any case" : ", in this case";
            continue;
        }
        if (!text.empty()) text += ", ";
        if (!is_bare || key != "text") text += fmt::format("{} ", key);
        text += key == "time" && value.is_object() ? time_text(value.get_object())
                                                   : value_text(value, most);
    }
    return text;
}

bool wants_colour(int descriptor) {
    const char* refused = std::getenv("NO_COLOR");  // no-color.org: set and not empty
    return (refused == nullptr || *refused == '\0') && ::isatty(descriptor) == 1;
}

}  // namespace baudot::app
