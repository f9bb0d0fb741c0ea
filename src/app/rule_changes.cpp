#include "app/rule_changes.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace baudot::app {
namespace json = boost::json;
namespace {

std::vector<std::pair<std::string, json::object>> routes_of(std::string_view rules) {
    std::vector<std::pair<std::string, json::object>> made;
    std::error_code wrong;
    const json::value whole = json::parse(rules, wrong);
    const json::object* top = wrong ? nullptr : whole.if_object();
    const json::value* routes = top != nullptr ? top->if_contains("routes") : nullptr;
    if (routes == nullptr || !routes->is_array()) return made;
    for (const json::value& each : routes->get_array()) {
        const json::object* one = each.if_object();
        const json::value* name = one != nullptr ? one->if_contains("name") : nullptr;
        if (name != nullptr && name->is_string()) made.emplace_back(name->get_string(), *one);
    }
    return made;
}

// Keys that one of the two has, and not the other with the same value.
json::array differing_keys(const json::object& then, const json::object& now, bool with_chats) {
    std::set<std::string> keys;
    for (const auto& [mine, other] : {std::pair(&then, &now), {&now, &then}}) {
        for (const auto& each : *mine) {
            const json::value* is = other->if_contains(each.key());
            if (is == nullptr || *is != each.value()) keys.emplace(each.key());
        }
    }
    if (!with_chats) {
        for (const char* key : {"from", "to", "check", "other", "transform_of"}) keys.erase(key);
    }
    return json::array(keys.begin(), keys.end());
}

}  // namespace

json::array rule_changes(std::string_view then, std::string_view now,
                         const std::function<bool(std::size_t)>& has_unknown_chats) {
    const auto before = routes_of(then);
    const auto after = routes_of(now);
    json::array made;
    const auto put = [&](const std::string& route, std::string_view how, json::array keys) {
        made.push_back(json::object{{"route", route}, {"how", how}, {"keys", std::move(keys)}});
    };
    const auto find = [](const auto& in, const std::string& name) {
        return std::ranges::find(in, name, [](const auto& each) { return each.first; });
    };
    for (std::size_t at = 0; at < after.size(); ++at) {
        const auto& [name, route] = after[at];
        const auto is = find(before, name);
        if (is == before.end()) {
            put(name, "added", {});
            continue;
        }
        json::array keys = differing_keys(is->second, route, !has_unknown_chats(at));
        if (!keys.empty()) put(name, "changed", std::move(keys));
    }
    for (const auto& [name, route] : before) {
        if (find(after, name) == after.end()) put(name, "removed", {});
    }
    return made;
}

}  // namespace baudot::app
