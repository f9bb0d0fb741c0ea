#include "router/cycles.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace baudot::router {
namespace {

using field = rule_error::field;
using node = std::uint32_t;
constexpr node nowhere = ~node{0};

struct edge {
    node to = 0;
    field where = field::from;
    std::size_t item = 0;
};

/// Chats and routes are nodes, so that a route of many sources and destinations is no product.
class route_graph {
public:
    explicit route_graph(const rule_set& rules)
        : routes_(static_cast<node>(rules.routes.size())), out_(routes_), in_(routes_) {
        for (node by = 0; by < routes_; ++by) {
            const route& one = rules.routes[by];
            for (const chat_id chat : one.from) connect(node_of(chat), {.to = by});
            for (std::size_t item = 0; item < one.to.size(); ++item) {
                connect(by, {.to = node_of(one.to[item]), .where = field::to, .item = item});
            }
            if (one.check != chat_id{}) {
                connect(by, {.to = node_of(one.check), .where = field::check});
            }
            if (one.other != chat_id{}) {
                connect(by, {.to = node_of(one.other), .where = field::other});
            }
        }
    }

    std::vector<route_cycle> cycles();

private:
    node node_of(chat_id chat) {
        const auto [known, is_new] = nodes_.try_emplace(chat, static_cast<node>(out_.size()));
        if (is_new) {
            chats_.push_back(chat);
            out_.emplace_back();
            in_.emplace_back();
        }
        return known->second;
    }
    void connect(node from, edge by) {
        out_[from].push_back(by);
        in_[by.to].push_back(from);
    }
    chat_id chat_of(node at) const { return chats_[at - routes_]; }

    void visit(node from, std::vector<bool>& seen, std::vector<node>& left) const;
    void find_groups();
    route_cycle shortest_through(node first) const;

    node routes_;
    std::vector<std::vector<edge>> out_;
    std::vector<std::vector<node>> in_;
    std::vector<chat_id> chats_;
    boost::unordered_flat_map<chat_id, node> nodes_;
    std::vector<node> group_of_;  // nodes that are reached from one another
};

// Depth first without recursion: chains of routes may be long.
void route_graph::visit(node from, std::vector<bool>& seen, std::vector<node>& left) const {
    std::vector<std::pair<node, std::size_t>> path;
    if (!seen[from]) path.emplace_back(from, 0);
    seen[from] = true;
    while (!path.empty()) {
        auto& [here, next] = path.back();
        if (next == out_[here].size()) {
            left.push_back(here);
            path.pop_back();
            continue;
        }
        const node to = out_[here][next++].to;
        if (seen[to]) continue;
        seen[to] = true;
        path.emplace_back(to, 0);
    }
}

// Kosaraju's: backwards from what is left last.
void route_graph::find_groups() {
    std::vector<bool> seen(out_.size());
    std::vector<node> left;
    for (node each = 0; each < out_.size(); ++each) visit(each, seen, left);
    group_of_.assign(out_.size(), nowhere);
    std::vector<node> open;
    for (auto first = left.rbegin(); first != left.rend(); ++first) {
        if (group_of_[*first] != nowhere) continue;
        group_of_[*first] = *first;
        open.push_back(*first);
        while (!open.empty()) {
            const node here = open.back();
            open.pop_back();
            for (const node from : in_[here]) {
                if (group_of_[from] != nowhere) continue;
                group_of_[from] = *first;
                open.push_back(from);
            }
        }
    }
}

// Breadth first inside of the group, until the route is there again.
route_cycle route_graph::shortest_through(node first) const {
    boost::unordered_flat_map<node, std::pair<node, edge>> came_by;
    std::deque<node> open{first};
    while (!came_by.contains(first)) {
        const node here = open.front();
        open.pop_front();
        for (const edge& by : out_[here]) {
            if (group_of_[by.to] != group_of_[first]) continue;
            if (came_by.try_emplace(by.to, here, by).second) open.push_back(by.to);
        }
    }
    route_cycle steps;
    node at = first;
    do {
        const node source = came_by.at(at).first;
        const auto& [by, last] = came_by.at(source);
        // What leads into the source is the step before; it begins at the source of its route.
        steps.push_back({.from = {},
                         .route = by,
                         .to = chat_of(source),
                         .where = last.where,
                         .item = last.item});
        at = by;
    } while (at != first);
    std::ranges::reverse(steps);
    for (std::size_t each = 0; each < steps.size(); ++each) {
        steps[each].from = steps[each == 0 ? steps.size() - 1 : each - 1].to;
    }
    return steps;
}

std::vector<route_cycle> route_graph::cycles() {
    find_groups();
    std::vector<route_cycle> found;
    std::vector<bool> is_told(out_.size());
    for (node by = 0; by < routes_; ++by) {
        const bool goes_round = std::ranges::any_of(
            out_[by], [&](const edge& each) { return group_of_[each.to] == group_of_[by]; });
        if (!goes_round || is_told[group_of_[by]]) continue;
        is_told[group_of_[by]] = true;
        found.push_back(shortest_through(by));
    }
    return found;
}

}  // namespace

std::vector<route_cycle> find_cycles(const rule_set& rules) {
    return route_graph(rules).cycles();
}

}  // namespace baudot::router
