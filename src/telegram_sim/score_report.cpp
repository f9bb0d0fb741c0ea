#include "telegram_sim/score_report.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "telegram_sim/json_fields.hpp"
#include "telegram_sim/json_reader.hpp"
#include "telegram_sim/json_writer.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

constexpr std::size_t shown_max = 10;  // of each kind of trouble, in the table

result<expected_copy> read_copy(std::string_view line, std::string where) {
    auto parsed = parse_json(line);
    if (!parsed) {
        parsed.error().message = where + ": " + parsed.error().message;
        return std::unexpected(parsed.error());
    }
    json_fields from(*parsed, std::move(where));
    expected_copy out;
    out.from = chat_id{from.integer("from")};
    out.message = message_id{from.integer("message")};
    out.to = chat_id{from.integer("to")};
    for (const char* key : {"from", "message", "to"}) {
        if (!from.has(key)) from.wrong(key, "given");
    }
    const std::string mode = from.text("mode", "copy");
    if (mode != "copy" && mode != "forward") from.wrong("mode", "\"copy\" or \"forward\"");
    out.mode = mode == "forward" ? copy_mode::forward : copy_mode::copy;
    const json::value* entities = from.find("entities");
    if (from.has("text")) {
        out.body = formatted_text{};
        out.body->text = from.text("text");
        if (entities != nullptr) {
            auto read = read_entities(to_text(*entities));
            if (!read)
                from.wrong("entities", "a list of MessageEntity");
            else
                out.body->entities = std::move(*read);
        }
    } else if (entities != nullptr) {
        from.wrong("text", "given when entities are");
    }
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

void append_copies(json_writer& json, std::string_view key, std::span<const scored_copy> copies,
                   std::size_t named_max) {
    json.key(key).begin_array();
    for (const scored_copy& each : copies.first(std::min(copies.size(), named_max))) {
        json.begin_object().field("from", std::to_underlying(each.from));
        json.field("message", std::to_underlying(each.message));
        json.field("to", std::to_underlying(each.to));
        if (each.at != message_id{}) json.field("at", std::to_underlying(each.at));
        json.end_object();
    }
    json.end_array();
}

void append_chat_score(json_writer& json, const chat_score& of, std::size_t named_max) {
    json.begin_object().field("chat", std::to_underlying(of.chat));
    json.field("expected", of.expected).field("matched", of.matched);
    json.field("lost", of.lost.size()).field("doubled", of.doubled.size());
    json.field("out_of_order", of.out_of_order.size());
    json.field("wrong_content", of.wrong_content.size());
    json.field("unexpected", of.unexpected.size());
    json.field("before_wait_over", of.before_wait_over);
    append_copies(json, "lost_copies", of.lost, named_max);
    append_copies(json, "doubled_copies", of.doubled, named_max);
    append_copies(json, "out_of_order_copies", of.out_of_order, named_max);
    append_copies(json, "wrong_content_copies", of.wrong_content, named_max);
    json.key("unexpected_messages").begin_array();
    for (std::size_t i = 0; i < std::min(of.unexpected.size(), named_max); ++i) {
        json.value(std::to_underlying(of.unexpected[i]));
    }
    json.end_array().end_object();
}

void append_trouble(std::string& out, std::string_view what,
                    const std::vector<scored_copy>& copies) {
    for (std::size_t i = 0; i < std::min(copies.size(), shown_max); ++i) {
        const scored_copy& each = copies[i];
        out += fmt::format("{}: message {} of {} to {}", what, std::to_underlying(each.message),
                           std::to_underlying(each.from), std::to_underlying(each.to));
        if (each.at != message_id{}) out += fmt::format(", there {}", std::to_underlying(each.at));
        out += "\n";
    }
    if (copies.size() > shown_max) {
        out += fmt::format("{}: and {} more\n", what, copies.size() - shown_max);
    }
}

}  // namespace

result<expectation> read_expectation(std::string_view lines) {
    expectation out;
    std::size_t number = 0;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        auto one = read_copy(line, fmt::format("line {}", number));
        if (!one) return std::unexpected(one.error());
        out.copies.push_back(std::move(*one));
    }
    return out;
}

std::string score_json(const score& of, std::size_t named_max) {
    std::string out;
    json_writer json(out);
    json.begin_object().field("perfect", of.is_perfect()).field("expected", of.expected);
    json.field("matched", of.matched).field("lost", of.lost).field("doubled", of.doubled);
    json.field("out_of_order", of.out_of_order).field("wrong_content", of.wrong_content);
    json.field("unexpected", of.unexpected).field("before_wait_over", of.before_wait_over);
    json.key("chats").begin_array();
    for (const chat_score& each : of.chats) append_chat_score(json, each, named_max);
    json.end_array().end_object();
    return out;
}

std::string score_table(const score& of) {
    constexpr std::string_view row = "{:>18} {:>9} {:>9} {:>6} {:>8} {:>9} {:>6} {:>10} {:>6}\n";
    std::string out = fmt::format(row, "chat", "expected", "matched", "lost", "doubled", "disorder",
                                  "wrong", "unexpected", "early");
    for (const chat_score& each : of.chats) {
        out +=
            fmt::format(row, std::to_underlying(each.chat), each.expected, each.matched,
                        each.lost.size(), each.doubled.size(), each.out_of_order.size(),
                        each.wrong_content.size(), each.unexpected.size(), each.before_wait_over);
    }
    out += fmt::format(row, "all", of.expected, of.matched, of.lost, of.doubled, of.out_of_order,
                       of.wrong_content, of.unexpected, of.before_wait_over);
    for (const chat_score& each : of.chats) {
        append_trouble(out, "lost", each.lost);
        append_trouble(out, "doubled", each.doubled);
        append_trouble(out, "out of order", each.out_of_order);
        append_trouble(out, "wrong content", each.wrong_content);
        for (std::size_t i = 0; i < std::min(each.unexpected.size(), shown_max); ++i) {
            out +=
                fmt::format("unexpected: message {} in {}\n",
                            std::to_underlying(each.unexpected[i]), std::to_underlying(each.chat));
        }
    }
    out += of.is_perfect() ? "perfect\n" : "not perfect\n";
    return out;
}

}  // namespace baudot::telegram_sim
