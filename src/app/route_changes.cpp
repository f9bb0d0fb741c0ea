#include "app/route_changes.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "model/print.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr std::size_t named_max = 10;

json::array routes_of(const rule_set& rules) {
    return json::parse(snapshot(rules).text).at("routes").as_array();
}

std::vector<std::string> keys_that_differ(const json::object& before, const json::object& after) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : after) {
        const json::value* old = before.if_contains(key);
        if (!old || *old != value) keys.emplace_back(key);
    }
    for (const auto& [key, value] : before) {
        if (!after.contains(key)) keys.emplace_back(key);
    }
    return keys;
}

std::string list_of(std::span<const std::string> names) {
    const std::size_t shown = std::min(names.size(), named_max);
    std::string text = fmt::format("{}", fmt::join(names.first(shown), ", "));
    if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

}  // namespace

route_changes compare(const rule_set& before, const rule_set& after) {
    const json::array old_routes = routes_of(before);
    const json::array new_routes = routes_of(after);
    std::map<std::string, std::size_t> places;  // in old_routes
    for (std::size_t at = 0; at < before.routes.size(); ++at) {
        places.emplace(before.routes[at].name, at);
    }
    route_changes found;
    std::set<std::string> kept;
    std::size_t last = 0;
    for (std::size_t at = 0; at < after.routes.size(); ++at) {
        const std::string& name = after.routes[at].name;
        const auto old = places.find(name);
        if (old == places.end()) {
            found.added.push_back(name);
            continue;
        }
        kept.insert(name);
        found.is_reordered = found.is_reordered || old->second < last;
        last = old->second;
        auto keys =
            keys_that_differ(old_routes[old->second].as_object(), new_routes[at].as_object());
        if (!keys.empty()) found.changed.push_back({name, std::move(keys)});
    }
    for (const route& each : before.routes) {
        if (!kept.contains(each.name)) found.removed.push_back(each.name);
    }
    return found;
}

std::string to_text(const route_changes& what) {
    std::vector<std::string> parts;
    if (!what.added.empty()) parts.push_back("added " + list_of(what.added));
    if (!what.removed.empty()) parts.push_back("removed " + list_of(what.removed));
    std::vector<std::string> changed;
    changed.reserve(what.changed.size());
    for (const route_changes::changed_route& each : what.changed) {
        changed.push_back(fmt::format("{} ({})", each.name, fmt::join(each.keys, ", ")));
    }
    if (!changed.empty()) parts.push_back("changed " + list_of(changed));
    if (what.is_reordered) parts.emplace_back("the order of routes");
    return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace baudot::app
