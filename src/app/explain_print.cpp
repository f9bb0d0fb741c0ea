#include "app/explain_print.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "app/terminal_text.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr std::size_t most_text = 60;  // bytes of one that is shown

std::string text_of(const json::object& from, std::string_view key) {
    const json::value& value = from.at(key);
    if (value.is_null()) return {};
    if (value.is_string()) return std::string(value.get_string());
    return json::serialize(value);
}

bool is_null(const json::object& from, std::string_view key) {
    return from.at(key).is_null();
}

std::string chat_of(const json::object& from, const std::string& key) {
    const std::string name = text_of(from, key + "_name");
    std::string id = text_of(from, key);
    if (name.empty()) return id;
    return id.empty() ? name : name + " (" + id + ")";
}

std::string quoted(std::string_view text) {
    return json::serialize(json::string(shortened(text, most_text)));
}

std::string joined(const json::array& of) {
    std::string all;
    for (const json::value& each : of) {
        if (!all.empty()) all += ", ";
        all += each.is_string() ? std::string(each.get_string()) : json::serialize(each);
    }
    return all;
}

// "2026-12-01 12:00:03.120"
std::string clock(std::string text) {
    if (text.size() < 20) return text;
    text[10] = ' ';
    text.pop_back();
    return text;
}

// Of a record: the instant, or the span in which it was made.
std::string time_of(const json::object& of) {
    std::string begin = clock(text_of(of, "not_before"));
    const std::string end = clock(text_of(of, "not_after"));
    if (begin == end) return begin;
    if (end.empty()) return "from " + begin;
    if (begin.empty()) return "to " + end;
    constexpr std::size_t second = 19;
    if (begin.substr(0, second) == end.substr(0, second)) return begin.substr(0, second);
    constexpr std::size_t day = 10;
    const bool is_one_day = begin.substr(0, day) == end.substr(0, day);
    return begin.substr(0, second) + " to " +
           end.substr(is_one_day ? day + 1 : 0, is_one_day ? second - day - 1 : second);
}

class printer {
public:
    explicit printer(bool in_colour) : in_colour_(in_colour) {}

    std::string print(const json::object& what) {
        print_post(what.at("post").as_object());
        print_journal(what.at("journal").as_object());
        print_rules(what);
        return std::move(text_);
    }

private:
    enum class colour : std::uint8_t { none, good, bad, doubt, dim, bold };

    std::string paint(colour as, std::string text) const {
        static constexpr const char* codes[] = {"", "32", "31", "33", "2", "1"};
        if (!in_colour_ || as == colour::none) return text;
        return fmt::format("\033[{}m{}\033[0m", codes[std::to_underlying(as)], text);
    }

    void line(std::string text) {
        while (text.ends_with(' ')) text.pop_back();
        text_ += text;
        text_ += '\n';
    }

    void print_post(const json::object& post) {
        std::string head = paint(
            colour::bold, fmt::format("{}/{}", chat_of(post, "chat"), text_of(post, "message")));
        if (!is_null(post, "content")) head += "  " + text_of(post, "content");
        if (const std::string text = text_of(post, "text"); !text.empty())
            head += ' ' + quoted(text);
        line(head);
        if (!is_null(post, "link")) line(text_of(post, "link"));
        if (is_null(post, "content")) line("the journal does not hold the post itself any more");
    }

    // One row of what happened.
    void row(const json::object& of, std::string_view what, const std::string& more,
             colour as = colour::none) {
        constexpr std::size_t width = 31;  // of a span inside of one day
        line(fmt::format("    {:<{}}  {} {}  {}", time_of(of), width,
                         paint(as, fmt::format("{:<9}", what)), more,
                         paint(colour::dim, '#' + text_of(of, "position"))));
    }

    void print_journal(const json::object& of) {
        line({});
        line(paint(colour::bold, "JOURNAL") +
             fmt::format("  what happened, as records {} to {} of {} say", text_of(of, "first"),
                         text_of(of, "last"), text_of(of, "directory")));
        for (const json::value& each : of.at("came").as_array()) print_arrival(each.as_object());
        for (const json::value& each : of.at("waits").as_array()) {
            const json::object& one = each.as_object();
            row(one, "waits",
                "route " + text_of(one, "route") + " for the answer of an external API" +
                    (is_null(one, "over") ? "" : ", until #" + text_of(one, "over")));
        }
        const json::array& all = of.at("deliveries").as_array();
        for (const json::value& each : all) print_delivery(each.as_object());
        if (all.empty()) line("    nothing of it was planned");
    }

    void print_arrival(const json::object& of) {
        const std::string what = text_of(of, "what");
        const std::string_view verb = what == "post" ? "came" : what == "edit" ? "edited" : "again";
        row(of, verb,
            fmt::format("update {} of account {}", text_of(of, "update"),
                        text_of(of, "account_name")));
    }

    void print_delivery(const json::object& of) {
        const std::string state = text_of(of, "state");
        const bool is_good = state == "delivered";
        const bool is_open = state == "waits" || state == "in flight" || state == "retried";
        const colour as = is_good ? colour::good : is_open ? colour::doubt : colour::bad;
        line(fmt::format("\n  {} {} → {}  {}",
                         paint(as, is_good   ? "✓"
                                   : is_open ? "…"
                                             : "✗"),
                         paint(colour::bold, text_of(of, "route")), chat_of(of, "destination"),
                         paint(as, state)));
        for (const json::value& each : of.at("steps").as_array()) {
            print_step(of, each.as_object());
        }
        if (is_null(of, "why")) return;
        line(fmt::format("    {}: {}", paint(colour::bad, text_of(of, "why")),
                         text_of(of, "meaning")));
        if (is_null(of, "letter")) return;
        line(fmt::format("    what helps: {}  (baudot dead show FILE {})", text_of(of, "help"),
                         text_of(of, "letter")));
    }

    void print_step(const json::object& of, const json::object& step) {
        const std::string what = text_of(step, "what");
        std::string more = is_null(step, "account") ? "" : "by " + text_of(step, "account_name");
        colour as = colour::none;
        if (what == "planned") {
            more = "as " + text_of(of, "delivery") + (more.empty() ? "" : ", ") + more;
            if (!is_null(of, "operation")) {
                more += ", " + text_of(of.at("operation").as_object(), "operation");
            }
            if (!is_null(of, "retry_of")) more += ", a retry of " + text_of(of, "retry_of");
        } else if (what == "held") {
            more = "account " + text_of(step, "account_name") + " has to wait until " +
                   clock(text_of(step, "until"));
            as = colour::doubt;
        } else if (what == "delivered") {
            const json::object& copy = of.at("copy").as_object();
            const std::string link = text_of(copy, "link");
            more = "as message " + text_of(copy, "message") + (link.empty() ? "" : "  " + link);
            as = colour::good;
        } else if (what == "retried") {
            more = "as " + text_of(step, "as");
        } else if (what != "started") {
            as = what == "rejected" || what == "uncertain" ? colour::bad : colour::doubt;
        }
        if (const json::value* said = step.if_contains("description")) {
            more += ": " + quoted(said->as_string());
        }
        row(step, what == "not_sent" ? "not sent" : what, more, as);
    }

    void print_rules(const json::object& what) {
        if (is_null(what, "rules")) return;
        const json::object& rules = what.at("rules").as_object();
        line({});
        line(paint(colour::bold, "RULES") + "  what " + text_of(rules, "file") + " says now, " +
             changes_of(rules));
        if (!is_null(rules, "error")) line("  cannot be compiled: " + text_of(rules, "error"));
        const std::string about = text_of(rules, "about");
        if (about != "post") line("  no route relays a message of this kind: " + about);
        const json::array& all = rules.at("routes").as_array();
        for (const json::value& each : all) print_route(each.as_object());
        if (all.empty()) line("  no route has this chat as a source");
    }

    static std::string changes_of(const json::object& rules) {
        if (is_null(rules, "changed")) {
            return "which may be another thing than then: the journal does not know";
        }
        const json::array& all = rules.at("changed").as_array();
        if (all.empty()) return "the same as then";
        std::string text = "not the same as then: ";
        for (const json::value& each : all) {
            const json::object& one = each.as_object();
            if (&each != &all.front()) text += "; ";
            text += text_of(one, "route") + ' ' + text_of(one, "how");
            const json::array& keys = one.at("keys").as_array();
            if (!keys.empty()) text += " (" + joined(keys) + ')';
        }
        return text;
    }

    void print_route(const json::object& of) {
        const std::string said = text_of(of, "said");
        const bool is_taken = said == "taken";
        const colour as = is_taken ? colour::good : said == "refused" ? colour::bad : colour::doubt;
        line(fmt::format("\n  {} {}  {}", paint(as, is_taken ? "✓" : "✗"),
                         paint(colour::bold, text_of(of, "route")), paint(as, said)));
        std::vector<branch> branches;
        for (const json::value& each : of.at("clauses").as_array()) {
            const json::object& one = each.as_object();
            const std::string clause = text_of(one, "clause");
            branches.push_back({.label = clause,
                                .node = &one,
                                .is_wanted = clause == "include" || clause == "filter"});
        }
        print_branches(branches, "    ");
        print_steps(of.at("transform").as_array(), "    ");
        for (const json::value& each : of.at("targets").as_array()) {
            print_target(each.as_object());
        }
    }

    /// A part of a filter. `is_wanted`: the route takes the post only if it holds.
    struct branch {
        std::string label;
        const json::object* node;
        bool is_wanted;
    };

    void print_branches(const std::vector<branch>& all, const std::string& before) {
        for (std::size_t at = 0; at < all.size(); ++at) {
            const bool is_last = at + 1 == all.size();
            print_branch(all[at], before + (is_last ? "└ " : "├ "),
                         before + (is_last ? "  " : "│ "));
        }
    }

    void print_branch(const branch& of, const std::string& first, const std::string& rest) {
        const std::string is = text_of(*of.node, "is");
        const bool is_good = (is == "yes") == of.is_wanted;
        const colour as = is == "unknown" ? colour::doubt : is_good ? colour::good : colour::bad;
        const std::string_view mark = is == "yes" ? "✓" : is == "no" ? "✗" : "?";
        std::string text = first + paint(as, std::string(mark)) + ' ';
        if (!of.label.empty()) text += of.label + ": ";
        std::vector<branch> parts;
        for (const char* key : {"all", "any", "not"}) {
            const json::value* inside = of.node->if_contains(key);
            if (inside == nullptr) continue;
            text += key;
            const bool is_wanted = of.is_wanted == (std::string_view(key) != "not");
            if (inside->is_object()) {
                parts.push_back(
                    {.label = {}, .node = &inside->get_object(), .is_wanted = is_wanted});
                continue;
            }
            for (const json::value& each : inside->as_array()) {
                parts.push_back({.label = {}, .node = &each.as_object(), .is_wanted = is_wanted});
            }
        }
        if (of.node->contains("condition")) text += condition_of(*of.node, !of.label.empty());
        line(text);
        print_branches(parts, rest);
    }

    std::string condition_of(const json::object& node, bool is_labelled) const {
        std::string text = condition_text(node.at("condition").as_object(), most_text, is_labelled);
        const json::array& post = node.at("post").as_array();
        const std::string value = text_of(node, "value");
        std::string found;
        if (!value.empty()) found += quoted(value);
        const bool is_same = post.size() == 1 && joined(post) == value;
        if (!post.empty() && !is_same) {
            found += (value.empty() ? "the post has " : " in ") + quoted(joined(post));
        }
        if (text_of(node, "is") == "unknown") found = "not known of this post";
        if (!is_null(node, "trouble")) found = "it failed: " + quoted(text_of(node, "trouble"));
        return found.empty() ? text : text + "  " + paint(colour::dim, "← " + found);
    }

    void print_steps(const json::array& all, const std::string& before) {
        for (const json::value& each : all) {
            const json::object& one = each.as_object();
            const bool is_changed = one.at("changed").as_bool();
            std::string text = before + text_of(one, "step") + ". " +
                               condition_text(one.at("does").as_object(), most_text, false);
            if (one.at("too_long").as_bool()) {
                text += "  " + paint(colour::bad, "grows too long");
            } else if (!is_null(one, "trouble")) {
                text += "  " + paint(colour::bad, "it failed: " + quoted(text_of(one, "trouble")));
            } else if (!is_null(one, "api")) {
                text += "  " + paint(colour::doubt, "API " + text_of(one, "api") +
                                                        " makes of it what it will: not asked now");
            } else if (is_changed) {
                text += "  → " + quoted(text_of(one, "text"));
            } else {
                text += "  " + paint(colour::dim, "changes nothing");
            }
            line(text);
        }
    }

    void print_target(const json::object& of) {
        const std::string role = text_of(of, "as");
        std::string text = "    → " + chat_of(of, "chat");
        if (role != "destination") text += " (" + role + ')';
        if (!is_null(of, "left_to")) {
            text += "  " + paint(colour::doubt, "no: route " + text_of(of, "left_to") + " does");
        } else if (!is_null(of, "why")) {
            text += "  " + paint(colour::bad, text_of(of, "why") + ": " + text_of(of, "meaning"));
        } else {
            std::vector<std::string> kinds;
            for (const json::value& each : of.at("messages").as_array()) {
                kinds.push_back(text_of(each.as_object(), "operation"));
            }
            text += fmt::format("  {}", fmt::join(kinds, ", "));
        }
        line(text);
        print_steps(of.at("transform").as_array(), "      ");
    }

    bool in_colour_;
    std::string text_;
};

}  // namespace

std::string print_explanation(const json::object& what, bool in_colour) {
    return printer(in_colour).print(what);
}

}  // namespace baudot::app
