#pragma once

#include <string>
#include <vector>

#include "model/rule_set.hpp"

namespace baudot::app {

/// What is different between two rule sets, by the names of routes, in the order of the newer one
/// (what was removed: of the older one).
struct route_changes {
    struct changed_route {
        std::string name;
        std::vector<std::string> keys;  // as rules_changed records them: to, include, filter...
        friend bool operator==(const changed_route&, const changed_route&) = default;
    };

    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<changed_route> changed;
    bool is_reordered = false;  // of the routes that are in both

    bool is_none() const {
        return added.empty() && removed.empty() && changed.empty() && !is_reordered;
    }
};

/// A route that has another name is another one: ids of deliveries depend on it (P2).
route_changes compare(const rule_set& before, const rule_set& after);

/// "added a; removed b, c; changed d (to, include); the order of routes": names beyond the first
/// ten of each kind are counted. Nothing changed: "nothing".
std::string to_text(const route_changes& what);

}  // namespace baudot::app
