#include "observe/log_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iterator>
#include <span>
#include <variant>

#include "base/overloaded.hpp"
#include "base/utf16.hpp"

namespace baudot::observe {
namespace {

// Length of the valid UTF-8 sequence at the front; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
    for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length) {
        if (is_valid_utf8(text.substr(0, length))) return length;
    }
    return 0;
}

// C1 controls too: U+009B is "CSI", which old terminals obey.
bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        const std::string_view one = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(one.size());
        if (length == 0) {
            out += "\xEF\xBF\xBD";  // U+FFFD
        } else if (one == "\"" || one == "\\") {
            out += '\\';
            out += one;
        } else if (one == "\n") {
            out += "\\n";
        } else if (one == "\t") {
            out += "\\t";
        } else if (is_control(one)) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}",
                           static_cast<unsigned char>(one.back()));
        } else {
            out += one;
        }
    }
}

struct cut_text {
    std::string_view kept;
    std::string note;  // empty when nothing was cut
};

cut_text cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return {text, {}};
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return {text.substr(0, end), fmt::format("... ({} bytes)", text.size())};
}

void append_json_text(std::string& out, std::string_view text, std::size_t bytes_max) {
    const auto [kept, note] = cut(text, bytes_max);
    out += '"';
    append_escaped(out, kept);
    out += note;
    out += '"';
}

void append_number(std::string& out, double value) {
    if (std::isfinite(value)) {
        fmt::format_to(std::back_inserter(out), "{}", value);
    } else {
        out += "null";  // JSON has no word for it
    }
}

bool is_reserved(std::string_view key) {
    constexpr std::array<std::string_view, 5> ours = {"time", "level", "component", "event",
                                                      "suppressed"};
    return std::ranges::find(ours, key) != ours.end();
}

void append_json_field(std::string& out, const field& each, std::size_t value_bytes_max) {
    out += ",\"";
    append_escaped(out, each.key);
    if (is_reserved(each.key)) out += '_';
    if (std::holds_alternative<field::milliseconds>(each.value)) out += "_ms";
    out += "\":";
    std::visit(overloaded{
                   [&](std::string_view text) { append_json_text(out, text, value_bytes_max); },
                   [&](double value) { append_number(out, value); },
                   [&](field::milliseconds value) { append_number(out, value.count); },
                   [&](auto value) { fmt::format_to(std::back_inserter(out), "{}", value); },
               },
               each.value);
}

bool reads_as_one_word(std::string_view text) {
    return !text.empty() && is_valid_utf8(text) && std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\\' && c != '=' &&
               c != 0x7F && c != '\xC2';
    });
}

void append_for_people(std::string& out, std::string_view text, std::size_t value_bytes_max) {
    const auto [kept, note] = cut(text, value_bytes_max);
    if (note.empty() && reads_as_one_word(kept)) {
        out += kept;
    } else {
        append_json_text(out, text, value_bytes_max);
    }
}

void append_time_for_people(std::string& out, double milliseconds) {
    if (std::abs(milliseconds) < 1000) {
        fmt::format_to(std::back_inserter(out), "{:.4g}ms", milliseconds);
    } else {
        fmt::format_to(std::back_inserter(out), "{:.10g}s", milliseconds / 1000);
    }
}

std::string_view colour_of(level severity) {
    switch (severity) {
        case level::debug: return "\x1b[2m";
        case level::info: return "\x1b[32m";
        case level::warning: return "\x1b[33m";
        case level::error: return "\x1b[1;31m";
    }
    return "";
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    append_json_text(out, text, text.size());
}

void append_fields_for_people(std::string& out, const log_record& record,
                              std::size_t value_bytes_max) {
    bool first = true;
    for (const field& each : std::span(record.fields, record.field_count)) {
        if (!std::exchange(first, false)) out += ' ';
        append_escaped(out, each.key);
        out += '=';
        std::visit(
            overloaded{
                [&](std::string_view text) { append_for_people(out, text, value_bytes_max); },
                [&](field::milliseconds value) { append_time_for_people(out, value.count); },
                [&](auto value) { fmt::format_to(std::back_inserter(out), "{}", value); },
            },
            each.value);
    }
}

std::string json_body(const log_record& record, std::size_t value_bytes_max) {
    std::string out = "\"level\":\"";
    out += name(record.severity);
    out += "\",\"component\":";
    append_json_text(out, record.component, value_bytes_max);
    out += ",\"event\":";
    append_json_text(out, record.event, value_bytes_max);
    for (const field& each : std::span(record.fields, record.field_count)) {
        append_json_field(out, each, value_bytes_max);
    }
    return out;
}

std::string people_body(const log_record& record, std::size_t value_bytes_max, bool colour) {
    std::string out;
    if (colour) out += colour_of(record.severity);
    fmt::format_to(std::back_inserter(out), "{:<7}", name(record.severity));
    if (colour) out += "\x1b[0m";
    out += ' ';
    append_escaped(out, record.component);
    out += "  ";
    const auto [kept, note] = cut(record.event, value_bytes_max);
    append_escaped(out, kept);
    out += note;
    if (record.field_count > 0) out += "  ";
    append_fields_for_people(out, record, value_bytes_max);
    return out;
}

std::string json_line(wall_time time, std::string_view body, std::uint64_t suppressed) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string out =
        fmt::format(R"({{"time":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",)",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), clock.hours().count(),
                    clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
    out += body;
    if (suppressed > 0) fmt::format_to(std::back_inserter(out), ",\"suppressed\":{}", suppressed);
    out += "}\n";
    return out;
}

std::string people_line(wall_time time, std::string_view body, std::uint64_t suppressed) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string out =
        fmt::format("{:02}:{:02}:{:02}.{:03} ", clock.hours().count(), clock.minutes().count(),
                    clock.seconds().count(), clock.subseconds().count() / 1000);
    out += body;
    if (suppressed > 0) fmt::format_to(std::back_inserter(out), " suppressed={}", suppressed);
    out += '\n';
    return out;
}

}  // namespace baudot::observe
