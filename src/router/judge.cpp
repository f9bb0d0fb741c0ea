#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>

#include "router/router.hpp"

namespace baudot::router {
namespace {

// The chats that a post is to be reviewed in, and those in which it needs none.
struct review_chats {
    boost::unordered_flat_set<chat_id> wanted;
    boost::unordered_flat_set<chat_id> taken_of;  // as other of a route that takes it
    boost::unordered_flat_set<chat_id> done;      // they have it
};

}  // namespace

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

std::vector<compiled_rules::judgement> compiled_rules::judge(
    const message& post, std::vector<script_trouble>* troubles) const {
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
        const std::string_view trouble = facts.take_trouble();
        if (troubles != nullptr && !trouble.empty()) {
            troubles->push_back({.route = route, .what = std::string(trouble)});
        }
    }
    return judged;
}

// As routes to one chat each, with nothing but the way and the terms of the one that they stand
// for.
std::vector<route> compiled_rules::reviews(const std::vector<judgement>& judged) const {
    review_chats chats;
    const auto chat_of = [&](const judgement& each) {
        const route& by = rules_.routes[each.route];
        return each.how == said::refused ? by.check : by.other;
    };
    for (const judgement& each : judged) {
        const chat_id chat = chat_of(each);
        if (chat != chat_id{})
            (each.how == said::taken ? chats.taken_of : chats.wanted).insert(chat);
    }
    std::vector<route> made;
    if (chats.wanted.empty()) return made;
    for (const judgement& each : judged) {
        if (each.how != said::taken) continue;
        for (const chat_id to : rules_.routes[each.route].to) {
            if (chats.wanted.contains(to)) chats.done.insert(to);
        }
    }
    for (const judgement& each : judged) {
        if (each.how == said::taken) continue;
        const bool is_refused = each.how == said::refused;
        const route& by = rules_.routes[each.route];
        const chat_id chat = chat_of(each);
        if (chat == chat_id{} || (!is_refused && chats.taken_of.contains(chat))) continue;
        if (!chats.done.insert(chat).second) continue;
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
