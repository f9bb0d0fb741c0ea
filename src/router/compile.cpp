#include <algorithm>
#include <map>
#include <utility>

#include "router/router.hpp"

namespace baudot::router {
namespace {

using field = rule_error::field;

std::string text_of(chat_id chat) {
    return std::to_string(std::to_underlying(chat));
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

/// Checks one route and collects what is wrong with it.
class route_check {
public:
    route_check(const rule_set& rules, std::size_t number, std::vector<rule_error>& errors)
        : route_(rules.routes[number]), number_(number), errors_(errors) {}

    void run() {
        if (route_.name.empty()) add(field::name, 0, "it has no name");
        chats(field::from, route_.from);
        chats(field::to, route_.to);
        for (std::size_t i = 0; i < route_.to.size(); ++i) {
            if (std::ranges::find(route_.from, route_.to[i]) == route_.from.end()) continue;
            add(field::to, i,
                "chat " + text_of(route_.to[i]) +
                    " is also a source of it: every post would be relayed again without end");
        }
    }

    void add(field where, std::size_t item, const std::string& what,
             std::optional<std::size_t> offset = std::nullopt) {
        const std::string who = route_.name.empty() ? "route " + std::to_string(number_ + 1)
                                                    : "route " + quoted(route_.name);
        errors_.push_back({.route = number_,
                           .where = where,
                           .item = item,
                           .offset = offset,
                           .message = who + ": " + what});
    }

private:
    void chats(field where, const std::vector<chat_id>& list) {
        if (list.empty()) add(where, 0, quoted(router::name(where)) + " names no chat");
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto here = list.begin() + static_cast<std::ptrdiff_t>(i);
            if (std::find(list.begin(), here, *here) == here) continue;
            add(where, i, "chat " + text_of(*here) + " is listed twice");
        }
    }

    const route& route_;
    std::size_t number_;
    std::vector<rule_error>& errors_;
};

}  // namespace

std::string_view name(rule_error::field where) noexcept {
    switch (where) {
        case field::name: return "name";
        case field::from: return "from";
        case field::to: return "to";
        case field::include: return "include";
        case field::exclude: return "exclude";
    }
    return "unknown";
}

std::expected<compiled_rules, std::vector<rule_error>> compiled_rules::compile(
    rule_set rules, const pattern_limits& limits) {
    std::vector<rule_error> errors;
    std::map<std::string_view, std::size_t> names;
    compiled_rules made;
    pattern_set::builder patterns(limits);
    for (std::uint32_t number = 0; number < rules.routes.size(); ++number) {
        const route& one = rules.routes[number];
        route_check check(rules, number, errors);
        check.run();
        const auto [first, is_new] = names.emplace(one.name, number);
        if (!is_new && !one.name.empty()) {
            check.add(field::name, 0,
                      "route " + std::to_string(first->second + 1) +
                          " has the same name; what was delivered is remembered by it");
        }
        compiled_route compiled{.route = number, .include = {}, .exclude = {}};
        const auto add_all = [&](field where, const std::vector<std::string>& texts,
                                 std::vector<std::uint32_t>& numbers) {
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto added = patterns.add(texts[i]);
                if (added) {
                    numbers.push_back(*added);
                } else {
                    check.add(where, i, "pattern " + quoted(texts[i]) + ": " + added.error().reason,
                              added.error().offset);
                }
            }
        };
        add_all(field::include, one.include, compiled.include);
        add_all(field::exclude, one.exclude, compiled.exclude);
        made.routes_.push_back(std::move(compiled));
    }
    if (!errors.empty()) return std::unexpected(std::move(errors));
    made.patterns_ = std::move(patterns).build();
    made.rules_ = std::move(rules);
    made.index_sources();
    return made;
}

void compiled_rules::index_sources() {
    for (const compiled_route& one : routes_) {
        for (const chat_id source : rules_.routes[one.route].from) {
            source_routes& of_source = sources_[source];
            of_source.routes.push_back(one.route);
            for (const auto* list : {&one.include, &one.exclude}) {
                for (const std::uint32_t pattern : *list) {
                    of_source.sets.push_back(patterns_.set_of(pattern));
                }
            }
        }
    }
    for (auto& [source, of_source] : sources_) {
        std::ranges::sort(of_source.sets);
        const auto rest = std::ranges::unique(of_source.sets);
        of_source.sets.erase(rest.begin(), rest.end());
    }
}

}  // namespace baudot::router
