#include "app/explained_rules.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/advice.hpp"
#include "app/everywhere.hpp"
#include "app/replay.hpp"
#include "app/rule_changes.hpp"
#include "model/filter_print.hpp"
#include "model/print.hpp"
#include "model/transform_print.hpp"
#include "router/explain.hpp"
#include "router/router.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

using router::explained_filter;
using router::explained_route;
using router::explained_step;
using router::explained_target;

std::string_view name_of(router::truth is) {
    switch (is) {
        case router::truth::no: return "no";
        case router::truth::unknown: return "unknown";
        case router::truth::yes: break;
    }
    return "yes";
}

std::string_view name_of(explained_target::role as) {
    switch (as) {
        case explained_target::role::destination: return "destination";
        case explained_target::role::check: return "check";
        case explained_target::role::other: break;
    }
    return "other";
}

json::object object_of(const explained_filter& of) {
    json::object one{{"is", name_of(of.is)}};
    if (of.how == post_filter::kind::condition) {
        one["condition"] = to_json_object(post_filter{.how = of.how, .parts = {}, .what = of.what});
        one["value"] = of.found.value ? json::value(*of.found.value) : json::value();
        one["post"] = json::array(of.found.post.begin(), of.found.post.end());
        one["trouble"] = of.found.trouble ? json::value(*of.found.trouble) : json::value();
        return one;
    }
    if (of.how == post_filter::kind::negation) {
        one["not"] = object_of(of.parts.front());
        return one;
    }
    json::array parts;
    for (const explained_filter& each : of.parts) parts.push_back(object_of(each));
    one[of.how == post_filter::kind::all ? "all" : "any"] = std::move(parts);
    return one;
}

/// Whom a step asks; null: nobody.
json::value api_of(const transform_step& step) {
    const auto* const asks = std::get_if<ask_step>(&step.what);
    return asks == nullptr ? json::value() : json::value(asks->what.api);
}

json::array steps_of(const std::vector<explained_step>& made, const transform_steps& steps) {
    const json::array written = to_json_array(steps);
    json::array all;
    for (const explained_step& each : made) {
        all.push_back(
            json::object{{"step", each.step + 1},
                         {"does", written.at(each.step)},
                         {"changed", each.is_changed},
                         {"too_long", each.is_too_long},
                         {"trouble", each.trouble ? json::value(*each.trouble) : json::value()},
                         {"api", api_of(steps.at(each.step))},
                         {"text", each.after.text}});
    }
    return all;
}

json::object object_of(const explained_target& of, const route& by, const named_chats& names) {
    json::object one{{"as", name_of(of.as)}};
    put_chat(one, "chat", of.chat, names);
    one["left_to"] = of.left_to ? json::value(*of.left_to) : json::value();
    put_reason(one, of.why);
    json::array messages;
    for (const operation& each : of.messages) messages.push_back(json::parse(to_json(each)));
    one["messages"] = std::move(messages);
    const auto own = by.transform_of.find(of.chat);
    one["transform"] =
        own == by.transform_of.end() ? json::array() : steps_of(of.steps, own->second);
    return one;
}

json::object object_of(const explained_route& of, const explained_post& what, const route& by,
                       const named_chats& names) {
    json::array clauses;
    for (const router::explained_clause& each : of.clauses) {
        json::object one = object_of(each.filter);
        one["clause"] = name(each.of);
        clauses.push_back(std::move(one));
    }
    json::array targets;
    for (const explained_target& each : of.targets) {
        if (what.destination && each.chat != *what.destination) continue;
        targets.push_back(object_of(each, by, names));
    }
    return {{"route", by.name},
            {"said", name(of.how)},
            {"clauses", std::move(clauses)},
            {"transform", steps_of(of.steps, by.transform)},
            {"targets", std::move(targets)}};
}

bool has_made_up(const route& of, const named_chats& names) {
    const auto is = [&](chat_id chat) { return names.is_made_up(chat); };
    return std::ranges::any_of(of.from, is) || std::ranges::any_of(of.to, is) || is(of.check) ||
           is(of.other);
}

// Since the rules that decided. Null: the journal has forgotten those.
json::value changes(const rule_set& rules, const post_history& history, const named_chats& names) {
    if (!history.rules_then()) return nullptr;
    return rule_changes(history.rules_then()->what.text, snapshot(rules).text,
                        [&](std::size_t route) { return has_made_up(rules.routes[route], names); });
}

}  // namespace

void put_chat(json::object& to, std::string_view key, chat_id chat, const named_chats& names) {
    const std::string name = names.name_of(chat);
    to[key] = names.is_made_up(chat) ? json::value() : json::value(std::to_underlying(chat));
    to[std::string(key) + "_name"] = name.empty() ? json::value() : json::value(name);
}

void put_reason(json::object& to, reject_class why) {
    const bool is_one = why != reject_class::none;
    to["why"] = is_one ? json::value(name(why)) : json::value();
    to["meaning"] = is_one ? json::value(meaning_of(why)) : json::value();
    to["help"] = is_one ? json::value(help_for(why)) : json::value();
}

json::value explain_rules(const explained_post& what, const post_history& history,
                          named_chats& names) {
    if (history.arrivals().empty()) return nullptr;
    const rule_set rules = names.rules();
    auto compiled = router::compiled_rules::compile(rules);
    if (!compiled) {  // two names of one chat
        return json::object{{"file", what.file},
                            {"error", compiled.error().front().message},
                            {"changed", nullptr},
                            {"about", "post"},
                            {"routes", json::array()}};
    }
    const auto first = std::ranges::find(history.arrivals(), intake::news::post,
                                         [](const arrival& each) { return each.is.what; });
    const bool is_edit = first == history.arrivals().end();
    update_received post{(is_edit ? history.arrivals().front() : *first).what};
    post.what.account = everywhere::anybody;
    json::array routes;
    const bool is_service = post.what.content.content == content_kind::service;
    if (!is_service) {
        for (const explained_route& each : compiled->explain({.what = post}, everywhere())) {
            routes.push_back(object_of(each, what, rules.routes[each.route], names));
        }
    }
    return json::object{{"file", what.file},
                        {"error", nullptr},
                        {"changed", changes(rules, history, names)},
                        {"about", is_service ? "service message"
                                  : is_edit  ? "edit"
                                             : "post"},
                        {"routes", std::move(routes)}};
}

}  // namespace baudot::app
