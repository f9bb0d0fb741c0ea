#include <algorithm>

#include "router/router.hpp"

namespace baudot::router {

using said = compiled_rules::judgement::said;

said compiled_rules::say(const compiled_route& by, post_facts& facts) const {
    truth refuses = truth::no;
    for (const std::uint32_t root : by.refuses) {
        refuses = std::max(refuses, filters_.evaluate(root, facts));
        if (refuses == truth::yes) return said::refused;
    }
    if (refuses != truth::no) return said::passed_over;
    const bool takes = std::ranges::all_of(
        by.takes, [&](std::uint32_t root) { return filters_.evaluate(root, facts) == truth::yes; });
    return takes ? said::taken : said::passed_over;
}

std::vector<compiled_rules::judgement> compiled_rules::judge(const message& post) const {
    std::vector<judgement> judged;
    if (post.content == content_kind::service) return judged;
    const auto found = sources_.find(post.chat);
    if (found == sources_.end()) return judged;
    const source_routes& of_source = found->second;
    post_facts facts(post, {.all = patterns_, .sets = of_source.sets},
                     {.all = file_name_patterns_, .sets = of_source.file_name_sets});
    judged.reserve(of_source.routes.size());
    for (const std::uint32_t route : of_source.routes) {
        judged.push_back({.route = route, .how = say(routes_[route], facts)});
    }
    return judged;
}

std::vector<std::uint32_t> compiled_rules::selected(const message& post) const {
    std::vector<std::uint32_t> chosen;
    for (const judgement& each : judge(post)) {
        if (each.how == said::taken) chosen.push_back(each.route);
    }
    return chosen;
}

// As routes to one chat each, with nothing but the way and the terms of the one that they stand
// for.
std::vector<route> compiled_rules::reviews(const std::vector<judgement>& judged) const {
    std::vector<chat_id> checked;
    std::vector<chat_id> others;
    const auto is_new = [](std::vector<chat_id>& chats, chat_id chat) {
        if (chat == chat_id{} || std::ranges::find(chats, chat) != chats.end()) return false;
        chats.push_back(chat);
        return true;
    };
    for (const judgement& each : judged) {
        if (each.how == said::taken) is_new(others, rules_.routes[each.route].other);
    }
    std::vector<route> made;
    for (const judgement& each : judged) {
        if (each.how == said::taken) continue;
        const bool is_refused = each.how == said::refused;
        const route& by = rules_.routes[each.route];
        const chat_id chat = is_refused ? by.check : by.other;
        if (!is_new(is_refused ? checked : others, chat)) continue;
        made.push_back({.name = by.name,
                        .from = {},
                        .to = {chat},
                        .mode = is_refused ? relay_mode::forward : relay_mode::copy,
                        .on_uncertain = by.on_uncertain,
                        .terms = by.terms});
    }
    return made;
}

}  // namespace baudot::router
