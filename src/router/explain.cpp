#include "router/explain.hpp"

#include <algorithm>
#include <utility>

#include "router/evidence.hpp"
#include "router/router.hpp"
#include "text/marked_text.hpp"
#include "text/transform.hpp"

namespace baudot::router {
namespace {

using said = compiled_rules::judgement::said;
using role = explained_target::role;

/// Reads a filter beside the program that was made of it: the parts of a node follow it there in
/// the order in which they are written.
class filter_reader {
public:
    filter_reader(const filter_program& program, std::uint32_t root, post_facts& facts)
        : program_(program), next_(root), facts_(facts) {}

    explained_filter read(const post_filter& what) {
        const std::uint32_t node = next_++;
        (void)facts_.take_trouble();
        explained_filter made{.how = what.how,
                              .what = what.what,
                              .is = program_.evaluate(node, facts_),
                              .found = {},
                              .parts = {}};
        if (what.how == post_filter::kind::condition) {
            made.found = evidence_of(what.what, program_, node, facts_);
            const std::string_view trouble = facts_.take_trouble();
            if (!trouble.empty()) made.found.trouble = std::string(trouble);
        }
        for (const post_filter& each : what.parts) made.parts.push_back(read(each));
        return made;
    }

private:
    const filter_program& program_;
    std::uint32_t next_;
    post_facts& facts_;
};

/// What is changed goes on in `to`; false: nothing goes on.
bool explain_steps(const text::transform& by, const message& post, text::marked_text& to,
                   std::vector<explained_step>& made) {
    formatted_text before = text::write_formatted(to);
    for (std::size_t step = 0; step < by.size(); ++step) {
        std::vector<std::string> troubles;
        const text::applied how = by.apply_step(step, {.post = post, .troubles = &troubles}, to);
        formatted_text after = text::write_formatted(to);
        explained_step& one = made.emplace_back();
        one.step = step;
        one.is_changed = after != before;
        one.is_too_long = how.is == text::applied::state::too_long;
        one.after = after;
        if (!troubles.empty()) one.trouble = std::move(troubles.back());
        if (how.is != text::applied::state::done) return false;
        before = std::move(after);
    }
    return true;
}

/// Why a route leaves a chat to another one: the first that takes the post there, or takes it so
/// that there is nothing to review.
class others {
public:
    others(const rule_set& rules, const std::vector<compiled_rules::judgement>& judged)
        : rules_(rules), judged_(judged) {}

    std::string who_brings(chat_id chat, std::uint32_t asking, role as) const {
        for (const auto& each : judged_) {
            const route& by = rules_.routes[each.route];
            if (each.route == asking && as == role::destination) break;
            if (each.how != said::taken) continue;
            const bool is_there = std::ranges::find(by.to, chat) != by.to.end();
            if (is_there || (as == role::other && by.other == chat)) return by.name;
        }
        for (const auto& each : judged_) {  // the first of several reviews
            const route& by = rules_.routes[each.route];
            if (each.how == said::taken || each.route == asking) continue;
            if ((each.how == said::refused ? by.check : by.other) == chat) return by.name;
        }
        return {};
    }

private:
    const rule_set& rules_;
    const std::vector<compiled_rules::judgement>& judged_;
};

/// What of the plan one route sends to one chat.
void take_from(const std::vector<deliveries_planned>& plans, const std::string& route,
               explained_target& to, bool& is_planned) {
    for (const deliveries_planned& plan : plans) {
        if (plan.route != route) continue;
        for (const planned_delivery& each : plan.deliveries) {
            if (each.destination != to.chat) continue;
            is_planned = true;
            if (each.why != reject_class::none) to.why = each.why;
            if (each.variant < plan.variants.size()) {
                to.messages.push_back(plan.variants[each.variant]);
            }
        }
    }
}

}  // namespace

std::vector<explained_clause> compiled_rules::explain_clauses(std::uint32_t number,
                                                              post_facts& facts) const {
    const route& one = rules_.routes[number];
    const compiled_route& by = routes_[number];
    std::vector<explained_clause> made;
    const auto add = [&](rule_error::field of, const post_filter& what, std::uint32_t root) {
        made.push_back({.of = of, .filter = filter_reader(filters_, root, facts).read(what)});
    };
    // As compile() puts them there.
    auto root = by.refuses.begin();
    if (!one.exclude.empty()) add(rule_error::field::exclude, found_in_text(one.exclude), *root++);
    if (one.refuse) add(rule_error::field::refuse, *one.refuse, *root++);
    root = by.takes.begin();
    if (!one.include.empty()) add(rule_error::field::include, found_in_text(one.include), *root++);
    if (!holds_always(one.filter)) add(rule_error::field::filter, one.filter, *root++);
    return made;
}

void compiled_rules::explain_texts(const message& post, explained_route& made) const {
    const compiled_route& by = routes_[made.route];
    if (!text::has_text(post) || post.has_protected_content) return;
    text::marked_text common = text::read_marked(post.text);
    if (!explain_steps(by.transform, post, common, made.steps)) return;
    for (explained_target& each : made.targets) {
        const auto own = by.transform_of.find(each.chat);
        if (own == by.transform_of.end()) continue;
        text::marked_text text = common;
        explain_steps(own->second, post, text, each.steps);
    }
}

std::vector<explained_route> compiled_rules::explain(const plan_input& input,
                                                     const capabilities& can) const {
    std::vector<explained_route> made;
    const message& post = input.what.what.content;
    const auto found = sources_.find(post.chat);
    if (found == sources_.end()) return made;
    post_facts facts(post, {.all = patterns_, .sets = found->second.sets},
                     {.all = file_name_patterns_, .sets = found->second.file_name_sets});
    for (const std::uint32_t number : found->second.routes) {
        made.push_back({.route = number, .clauses = explain_clauses(number, facts)});
    }
    const std::vector<judgement> judged = judge(post);
    const std::vector<deliveries_planned> plans = plan_for(input, judged, can).plans;
    const others beside(rules_, judged);
    for (std::size_t at = 0; at < judged.size(); ++at) {
        explained_route& one = made[at];
        one.how = judged[at].how;
        const route& by = rules_.routes[one.route];
        const auto add = [&](chat_id chat, role as) {
            if (chat == chat_id{}) return;
            explained_target& to = one.targets.emplace_back();
            to.chat = chat;
            to.as = as;
            bool is_planned = false;
            take_from(plans, by.name, to, is_planned);
            if (!is_planned) to.left_to = beside.who_brings(chat, one.route, as);
        };
        if (one.how == said::taken) {
            for (const chat_id to : by.to) add(to, role::destination);
            explain_texts(post, one);
        } else {
            const bool is_refused = one.how == said::refused;
            add(is_refused ? by.check : by.other, is_refused ? role::check : role::other);
        }
    }
    return made;
}

}  // namespace baudot::router
