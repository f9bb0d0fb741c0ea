#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include "router/router.hpp"

namespace baudot::router {
namespace {

using field = rule_error::field;
using numbers = std::vector<std::uint32_t>;

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
        : route_(rules.routes[number]),
          number_(number),
          errors_(errors),
          sources_(route_.from.begin(), route_.from.end()) {}

    void run() {
        if (route_.name.empty()) add(field::name, 0, "it has no name");
        if (route_.from.empty()) add(field::from, 0, "\"from\" names no chat");
        chats(field::from, route_.from);
        chats(field::to, route_.to);
        for (std::size_t i = 0; i < route_.to.size(); ++i) no_source(field::to, i, route_.to[i]);
        no_source(field::check, 0, route_.check);
        no_source(field::other, 0, route_.other);
    }

    text::transform transforms(const transform_steps& steps) {
        if (steps.empty()) return {};
        if (route_.mode == relay_mode::forward) {
            add(field::transform, steps.front().place,
                "a forwarded message cannot be changed: transforms need `mode: copy`");
        }
        auto made = text::transform::compile(steps);
        if (made) return *std::move(made);
        for (const text::transform_error& each : made.error()) {
            add(field::transform, each.place, each.message, each.offset);
        }
        return {};
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
    using chat_set = boost::unordered_flat_set<chat_id>;

    void no_source(field where, std::size_t item, chat_id chat) {
        if (!sources_.contains(chat)) return;
        add(where, item,
            "chat " + text_of(chat) +
                " is also a source of it: every post would be relayed again without end");
    }

    void chats(field where, const std::vector<chat_id>& list) {
        chat_set seen;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (seen.insert(list[i]).second) continue;
            add(where, i, "chat " + text_of(list[i]) + " is listed twice");
        }
    }

    const route& route_;
    std::size_t number_;
    std::vector<rule_error>& errors_;
    chat_set sources_;
};

}  // namespace

post_filter found_in_text(const std::vector<std::string>& patterns) {
    return {.how = post_filter::kind::condition,
            .parts = {},
            .what = pattern_condition{.patterns = patterns}};
}

std::string_view name(rule_error::field where) noexcept {
    switch (where) {
        case field::name: return "name";
        case field::from: return "from";
        case field::to: return "to";
        case field::include: return "include";
        case field::exclude: return "exclude";
        case field::filter: return "filter";
        case field::refuse: return "refuse";
        case field::check: return "check";
        case field::other: return "other";
        case field::transform: return "transform";
    }
    return "unknown";
}

std::expected<compiled_rules, std::vector<rule_error>> compiled_rules::compile(
    rule_set rules, const pattern_limits& limits) {
    std::vector<rule_error> errors;
    std::map<std::string_view, std::size_t> names;
    compiled_rules made;
    pattern_index::builder patterns(limits);
    pattern_index::builder file_name_patterns(limits);
    filter_program::builder filters(patterns, file_name_patterns);
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
        const auto add = [&](field where, const post_filter& filter) {
            std::vector<filter_error> wrong;
            const std::uint32_t root = filters.add(filter, wrong);
            for (const filter_error& each : wrong) {
                check.add(where, each.place, each.message, each.offset);
            }
            return root;
        };
        compiled_route& compiled = made.routes_.emplace_back();
        if (!one.include.empty()) {
            compiled.takes.push_back(add(field::include, found_in_text(one.include)));
        }
        if (!holds_always(one.filter)) compiled.takes.push_back(add(field::filter, one.filter));
        if (!one.exclude.empty()) {
            compiled.refuses.push_back(add(field::exclude, found_in_text(one.exclude)));
        }
        if (one.refuse) compiled.refuses.push_back(add(field::refuse, *one.refuse));
        compiled.transform = check.transforms(one.transform);
        for (const auto& [chat, steps] : one.transform_of) {
            compiled.transform_of.emplace(chat, check.transforms(steps));
        }
    }
    if (!errors.empty()) return std::unexpected(std::move(errors));
    made.patterns_ = std::move(patterns).build();
    made.file_name_patterns_ = std::move(file_name_patterns).build();
    made.filters_ = std::move(filters).build();
    made.rules_ = std::move(rules);
    made.index_sources();
    made.find_routes_beside();
    return made;
}

// Those that bring posts of the same source into the same chat: what they made is a copy, too.
void compiled_rules::find_routes_beside() {
    constexpr std::size_t most = 16;  // each is one more look-up for every link
    const auto has_own_links = [](const transform_steps& steps) {
        return std::ranges::any_of(steps, [](const transform_step& each) {
            return std::holds_alternative<own_links_step>(each.what);
        });
    };
    std::map<chat_id, numbers> into;  // filled when it is first asked for
    for (std::uint32_t number = 0; number < rules_.routes.size(); ++number) {
        const route& one = rules_.routes[number];
        const bool asks = has_own_links(one.transform) ||
                          std::ranges::any_of(one.transform_of, [&](const auto& each) {
                              return has_own_links(each.second);
                          });
        if (!asks) continue;
        if (into.empty()) {
            for (std::uint32_t at = 0; at < rules_.routes.size(); ++at) {
                for (const chat_id to : rules_.routes[at].to) into[to].push_back(at);
            }
        }
        const boost::unordered_flat_set<chat_id> from(one.from.begin(), one.from.end());
        boost::unordered_flat_set<std::uint32_t> seen{number};
        std::vector<std::string>& beside = routes_[number].beside;
        for (const chat_id to : one.to) {
            for (const std::uint32_t other : into[to]) {
                if (!seen.insert(other).second || beside.size() == most) continue;
                const bool shares = std::ranges::any_of(
                    rules_.routes[other].from, [&](chat_id each) { return from.contains(each); });
                if (shares) beside.push_back(rules_.routes[other].name);
            }
        }
    }
}

void compiled_rules::index_sources() {
    const auto merge = [](const numbers& sets, numbers& to) {
        to.insert(to.end(), sets.begin(), sets.end());
        std::ranges::sort(to);
        const auto rest = std::ranges::unique(to);
        to.erase(rest.begin(), rest.end());
    };
    const auto sets_of = [&](const pattern_index& in, const numbers& patterns) {
        numbers sets;
        for (const std::uint32_t pattern : patterns) {
            if (const auto set = in.set_of(pattern)) sets.push_back(*set);
        }
        numbers made;
        merge(sets, made);
        return made;
    };
    for (std::uint32_t number = 0; number < routes_.size(); ++number) {
        filter_program::patterns asked;
        for (const auto* roots : {&routes_[number].takes, &routes_[number].refuses}) {
            for (const std::uint32_t root : *roots) filters_.add_patterns_of(root, asked);
        }
        const numbers text_sets = sets_of(patterns_, asked.text);
        const numbers file_name_sets = sets_of(file_name_patterns_, asked.file_name);
        for (const chat_id source : rules_.routes[number].from) {
            source_routes& of_source = sources_[source];
            of_source.routes.push_back(number);
            merge(text_sets, of_source.sets);
            merge(file_name_sets, of_source.file_name_sets);
        }
    }
}

}  // namespace baudot::router
