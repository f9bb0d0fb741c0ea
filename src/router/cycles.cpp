#include "router/cycles.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/range/iterator_range.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace baudot::router {
namespace {

using field = rule_error::field;
using node = std::uint32_t;

struct edge {
    node to = 0;
    field where = field::from;
    std::size_t item = 0;
};

/// Chats and routes are nodes, so that a route of many sources and destinations is no product.
class route_graph {
public:
    explicit route_graph(const rule_set& rules)
        : routes_(static_cast<node>(rules.routes.size())), out_(routes_) {
        for (node by = 0; by < routes_; ++by) {
            const route& one = rules.routes[by];
            for (const chat_id chat : one.from) {
                boost::add_edge(node_of(chat), by, edge{.to = by}, out_);
            }
            for (std::size_t item = 0; item < one.to.size(); ++item) {
                leads(by, one.to[item], field::to, item);
            }
            if (one.check != chat_id{}) leads(by, one.check, field::check);
            if (one.other != chat_id{}) leads(by, one.other, field::other);
        }
        group_of_.resize(boost::num_vertices(out_));
        boost::strong_components(
            out_, boost::make_iterator_property_map(group_of_.begin(),
                                                    boost::get(boost::vertex_index, out_)));
    }

    std::vector<route_cycle> cycles() const;

private:
    using graph =
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, edge>;

    node node_of(chat_id chat) {
        const auto [known, is_new] =
            nodes_.try_emplace(chat, static_cast<node>(boost::num_vertices(out_)));
        if (is_new) {
            chats_.push_back(chat);
            boost::add_vertex(out_);
        }
        return known->second;
    }
    void leads(node by, chat_id to, field where, std::size_t item = 0) {
        const node target = node_of(to);
        boost::add_edge(by, target, edge{.to = target, .where = where, .item = item}, out_);
    }
    chat_id chat_of(node at) const { return chats_[at - routes_]; }

    /// The edges that lead on from here inside of its group.
    std::vector<edge> ways_round(node here) const;
    route_cycle shortest_through(node first) const;

    node routes_;
    graph out_;
    std::vector<chat_id> chats_;
    boost::unordered_flat_map<chat_id, node> nodes_;
    std::vector<node> group_of_;  // nodes that are reached from one another
};

std::vector<edge> route_graph::ways_round(node here) const {
    std::vector<edge> ways;
    for (const auto& each : boost::make_iterator_range(boost::out_edges(here, out_))) {
        const edge& by = out_[each];
        if (group_of_[by.to] == group_of_[here]) ways.push_back(by);
    }
    return ways;
}

// Breadth first inside of the group, until the route is there again.
route_cycle route_graph::shortest_through(node first) const {
    boost::unordered_flat_map<node, std::pair<node, edge>> came_by;
    std::deque<node> open{first};
    while (!came_by.contains(first)) {
        const node here = open.front();
        open.pop_front();
        for (const edge& by : ways_round(here)) {
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

std::vector<route_cycle> route_graph::cycles() const {
    std::vector<route_cycle> found;
    boost::unordered_flat_set<node> told;  // groups
    for (node by = 0; by < routes_; ++by) {
        if (ways_round(by).empty() || !told.insert(group_of_[by]).second) continue;
        found.push_back(shortest_through(by));
    }
    return found;
}

}  // namespace

std::vector<route_cycle> find_cycles(const rule_set& rules) {
    return route_graph(rules).cycles();
}

}  // namespace baudot::router
