#include "app/rules_diff_print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "app/terminal_text.hpp"
#include "model/print.hpp"
#include "text/message_link.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

json::array messages_of(const std::vector<operation>& all) {
    json::array made;
    for (const operation& each : all) made.push_back(json::parse(to_json(each)));
    return made;
}

json::object object_of(const rules_diff::example& of) {
    const auto link = text::address_of(of.chat, of.username, of.message);
    return {{"how", name(of.how)},
            {"chat", std::to_underlying(of.chat)},
            {"message", std::to_underlying(of.message)},
            {"link", link ? json::value(*link) : json::value()},
            {"text", of.text},
            {"before", messages_of(of.before)},
            {"after", messages_of(of.after)}};
}

std::string text_of(const json::object& from, std::string_view key) {
    const json::value& value = from.at(key);
    if (value.is_null()) return {};
    return value.is_string() ? std::string(value.get_string())
                             : std::to_string(value.to_number<std::int64_t>());
}

/// What is seen of the messages, in a line: of a copy or forward the text of the post.
std::string seen_of(const json::array& messages, std::string_view post) {
    constexpr std::size_t most = 300;
    std::string text;
    for (const json::value& each : messages) {
        const json::object& one = each.as_object();
        if (!text.empty()) text += " + ";
        const json::value* said = one.if_contains("text");
        const json::value* caption = one.if_contains("caption");
        if (caption != nullptr) said = &caption->as_object().at("text");
        text += shortened(said != nullptr ? std::string_view(said->as_string()) : post, most);
    }
    return text;
}

std::string ways_of(const json::array& messages) {
    std::string all;
    for (const json::value& each : messages) {
        all += (all.empty() ? "" : " + ") + text_of(each.as_object(), "operation");
    }
    return all;
}

/// The bytes at both ends that two texts share, as whole characters.
std::pair<std::size_t, std::size_t> shared_ends(std::string_view one, std::string_view other) {
    const auto is_inside = [](std::string_view of, std::size_t at) {
        return at < of.size() && (static_cast<unsigned char>(of[at]) & 0xC0U) == 0x80U;
    };
    const std::size_t most = std::min(one.size(), other.size());
    std::size_t begin = 0;
    while (begin < most && one[begin] == other[begin]) ++begin;
    while (begin > 0 && (is_inside(one, begin) || is_inside(other, begin))) --begin;
    std::size_t end = 0;
    while (end < most - begin && one[one.size() - end - 1] == other[other.size() - end - 1]) ++end;
    while (end > 0 && (is_inside(one, one.size() - end) || is_inside(other, other.size() - end)))
        --end;
    return {begin, end};
}

class printer {
public:
    explicit printer(bool in_colour) : in_colour_(in_colour) {}

    std::string print(const json::object& what) {
        print_changes(what.at("changed").as_array());
        const json::array& rows = what.at("rows").as_array();
        if (!rows.empty()) print_table(rows);
        for (const json::value& each : rows) print_examples(each.as_object());
        const std::string posts = text_of(what, "posts");
        const std::string differ = text_of(what, "differ");
        text_ += rows.empty() ? "no difference in " + posts + " posts\n"
                              : "\n" + differ + " of " + posts + " posts differ\n";
        return std::move(text_);
    }

private:
    std::string paint(const char* code, const std::string& text) const {
        return in_colour_ ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
    }

    void print_changes(const json::array& all) {
        for (const json::value& each : all) {
            const json::object& one = each.as_object();
            text_ += fmt::format("route {} {}", text_of(one, "route"), text_of(one, "how"));
            const json::array& keys = one.at("keys").as_array();
            std::string list;
            for (const json::value& key : keys) {
                list += (list.empty() ? "" : ", ") + std::string(key.as_string());
            }
            text_ += list.empty() ? "\n" : ": " + list + '\n';
        }
        if (!all.empty()) text_ += '\n';
    }

    void print_table(const json::array& rows) {
        static constexpr char row[] = "{:<{}}  {:<{}}  {:>9}  {:>9}  {:>9}  {:>9}\n";
        std::size_t routes = 5;
        std::size_t chats = 2;
        for (const json::value& each : rows) {
            routes = std::max(routes, text_of(each.as_object(), "route").size());
            chats = std::max(chats, text_of(each.as_object(), "to").size());
        }
        text_ +=
            fmt::format(row, "ROUTE", routes, "TO", chats, "GAINED", "LOST", "CHANGED", "SAME");
        for (const json::value& each : rows) {
            const json::object& one = each.as_object();
            text_ += fmt::format(row, text_of(one, "route"), routes, text_of(one, "to"), chats,
                                 text_of(one, "gained"), text_of(one, "lost"),
                                 text_of(one, "changed"), text_of(one, "same"));
        }
    }

    void print_examples(const json::object& row) {
        text_ += fmt::format("\n{} → {}\n", text_of(row, "route"), text_of(row, "to"));
        for (const json::value& each : row.at("examples").as_array()) {
            print_example(each.as_object());
        }
    }

    void print_example(const json::object& of) {
        constexpr std::size_t most = 100;
        const std::string how = text_of(of, "how");
        std::string where = text_of(of, "link");
        if (where.empty()) where = text_of(of, "chat") + '/' + text_of(of, "message");
        const char* code = how == "gained" ? "32" : how == "lost" ? "31" : "33";
        const std::string_view mark = how == "gained" ? "+" : how == "lost" ? "-" : "~";
        text_ += fmt::format("  {} {}  {}\n", paint(code, std::string(mark)), where,
                             shortened(text_of(of, "text"), most));
        if (how != "changed") return;
        const json::array& one = of.at("before").as_array();
        const json::array& other = of.at("after").as_array();
        const std::string before = seen_of(one, text_of(of, "text"));
        const std::string after = seen_of(other, text_of(of, "text"));
        if (before == after) {
            const std::string way = ways_of(one);
            const std::string now = ways_of(other);
            text_ += way != now ? fmt::format("      {} → {}\n", way, now)
                                : "      the same text: its formatting or options differ\n";
            return;
        }
        const auto [begin, end] = shared_ends(before, after);
        const auto middle = [&](const std::string& of_text, const char* as) {
            return of_text.substr(0, begin) +
                   paint(as, of_text.substr(begin, of_text.size() - begin - end)) +
                   of_text.substr(of_text.size() - end);
        };
        text_ += fmt::format("      {} {}\n      {} {}\n", paint("31", "-"), middle(before, "31"),
                             paint("32", "+"), middle(after, "32"));
    }

    bool in_colour_;
    std::string text_;
};

}  // namespace

json::object describe(const rules_diff& of, json::array changes) {
    json::array rows;
    for (const auto& [where, each] : of.rows()) {
        if (!each.differs()) continue;
        json::array examples;
        for (const rules_diff::example& one : each.examples) examples.push_back(object_of(one));
        rows.push_back(json::object{{"route", where.first},
                                    {"to", of.chat_text_of(where.second)},
                                    {"gained", each.gained},
                                    {"lost", each.lost},
                                    {"changed", each.changed},
                                    {"same", each.same},
                                    {"examples", std::move(examples)}});
    }
    return {{"posts", of.posts()},
            {"differ", of.differing()},
            {"changed", std::move(changes)},
            {"rows", std::move(rows)}};
}

std::string print_diff(const json::object& what, bool in_colour) {
    return printer(in_colour).print(what);
}

}  // namespace baudot::app
