// A configuration, a line "%", and posts, a line each: whatever the configuration, reading it ends
// with rules or with a problem that has a place; and the rules select and plan what a slow and
// obvious reading of the routes says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "base/assert.hpp"
#include "base/random.hpp"
#include "config/reader.hpp"
#include "router/obvious_filter_test.hpp"
#include "router/random_filter_test.hpp"
#include "router/router.hpp"

namespace {

using namespace baudot;
using router::compiled_rules;
namespace obvious = router::obvious;

config::environment nothing_outside() {
    return {.variable =
                [](const std::string&) {
                    return std::optional<std::string>("7001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
                },
            .read = [](const std::string&) -> result<config::environment::file> {
                return fail(errc::not_found, "no files here");
            }};
}

// Names become ids of their own, as at a start that asked Telegram.
chat_id id_of(const app::chat_text& written, std::vector<std::string>& names) {
    if (const auto* id = std::get_if<chat_id>(&written.chat)) return *id;
    const std::string& name = std::get<std::string>(written.chat);
    const auto found = std::ranges::find(names, name);
    const auto number = found - names.begin();
    if (found == names.end()) names.push_back(name);
    return chat_id{INT64_MIN + number};
}

rule_set rules_of(const app::settings& read) {
    std::vector<std::string> names;
    rule_set rules;
    for (const app::route_settings& each : read.routes) {
        rules.routes.push_back(
            each.resolved([&](const app::chat_text& chat) { return id_of(chat, names); }));
    }
    return rules;
}

struct wanted_plan {
    const route* by = nullptr;
    std::vector<chat_id> to;
    relay_mode mode = relay_mode::copy;
    delivery_options options;
};

/// What each route of the chat says, and from that which plans there are, in order.
std::vector<wanted_plan> obviously_planned(const rule_set& rules, const message& post) {
    using said = obvious::said_of_post;
    std::vector<std::pair<const route*, said>> judged;
    for (const route& each : rules.routes) {
        if (post.content == content_kind::service) break;
        if (std::ranges::find(each.from, post.chat) == each.from.end()) continue;
        judged.emplace_back(&each, obvious::judge(each, post));
    }
    std::vector<wanted_plan> plans;
    std::set<chat_id> reached;
    std::set<chat_id> others;  // of routes that take it
    for (const auto& [by, how] : judged) {
        if (how != said::taken) continue;
        others.insert(by->other);
        wanted_plan plan{.by = by, .to = by->to, .mode = by->mode, .options = by->options};
        if (by->per_destination == destination_policy::first) {
            std::erase_if(plan.to, [&](chat_id each) { return reached.contains(each); });
        }
        reached.insert(by->to.begin(), by->to.end());
        if (!plan.to.empty()) plans.push_back(std::move(plan));
    }
    reached.insert(chat_id{});
    for (const auto& [by, how] : judged) {
        if (how == said::taken) continue;
        const bool is_refused = how == said::refused;
        const chat_id chat = is_refused ? by->check : by->other;
        if (!is_refused && others.contains(chat)) continue;
        if (!reached.insert(chat).second) continue;  // it has the post, or its review
        plans.push_back(
            {.by = by, .to = {chat}, .mode = is_refused ? relay_mode::forward : relay_mode::copy});
    }
    return plans;
}

std::vector<std::uint32_t> obviously_selected(const rule_set& rules, const message& post) {
    std::vector<std::uint32_t> chosen;
    if (post.content == content_kind::service) return chosen;
    for (std::uint32_t number = 0; number < rules.routes.size(); ++number) {
        const route& one = rules.routes[number];
        if (std::ranges::find(one.from, post.chat) == one.from.end()) continue;
        if (obvious::judge(one, post) == obvious::said_of_post::taken) chosen.push_back(number);
    }
    return chosen;
}

std::vector<std::uint32_t> selected(const compiled_rules& rules, const message& post) {
    std::vector<std::uint32_t> chosen;
    for (const auto& each : rules.judge(post)) {
        if (each.how == compiled_rules::judgement::said::taken) chosen.push_back(each.route);
    }
    return chosen;
}

// Two accounts: the first sees chats with even ids, the second posts everywhere.
class some_accounts final : public router::capabilities {
public:
    std::span<const account_id> posters(chat_id destination) const override {
        return std::span(accounts_).subspan(std::to_underlying(destination) % 3 == 0 ? 0 : 1);
    }
    bool sees(account_id account, chat_id source) const override {
        return account == accounts_[0] && std::to_underlying(source) % 2 == 0;
    }
    bool can_send_media(account_id account, chat_id) const override {
        return account == accounts_[1];
    }

private:
    const std::vector<account_id> accounts_{account_id{1}, account_id{2}};
};

void check_plans(const compiled_rules& rules, const update_received& what) {
    const some_accounts can;
    const router::plan_input input{.what = what, .position = sequence{9}};
    const auto plans = rules.plan_for(input, can).plans;
    BAUDOT_ASSERT(plans == rules.plan_for(input, can).plans, "planning again says the same");
    const auto wanted = obviously_planned(rules.rules(), what.what.content);
    BAUDOT_ASSERT(plans.size() == wanted.size(), "a plan for each route with something to do");
    std::set<std::pair<std::uint64_t, std::uint64_t>> ids;
    for (std::size_t at = 0; at < plans.size(); ++at) {
        const wanted_plan& by = wanted[at];
        BAUDOT_ASSERT(plans[at].route == by.by->name && plans[at].source == what.what.content.chat,
                      "of that route and post");
        std::vector<chat_id> reached;  // several deliveries in a row are parts of a long text
        for (const planned_delivery& each : plans[at].deliveries) {
            if (reached.empty() || reached.back() != each.destination) {
                reached.push_back(each.destination);
            }
            BAUDOT_ASSERT(ids.emplace(each.id.high, each.id.low).second, "ids differ");
            if (each.why != reject_class::none) continue;
            BAUDOT_ASSERT(each.variant < plans[at].variants.size(), "with its content");
            const operation& how = plans[at].variants[each.variant];
            BAUDOT_ASSERT(how.options == by.options, "as the route says");
            const bool is_forward = std::holds_alternative<forward_message>(how.what);
            BAUDOT_ASSERT(is_forward == (by.mode == relay_mode::forward), "in its mode");
        }
        BAUDOT_ASSERT(reached == by.to, "every destination has a fate, in order");
    }
}

void relay(const rule_set& rules, std::string_view posts) {
    const auto compiled = compiled_rules::compile(rules);
    BAUDOT_ASSERT(compiled, "what was read without a problem compiles");
    const auto tight =
        compiled_rules::compile(rules, {.set_bytes = 3000, .set_patterns = 2, .literals_from = 1});
    random_source random(posts.size());
    std::set<chat_id> sources{chat_id{-1}};
    for (const route& each : rules.routes) sources.insert(each.from.begin(), each.from.end());
    for (int count = 0; count < 4 && !posts.empty(); ++count) {
        const std::string_view line = posts.substr(0, posts.find('\n'));
        posts.remove_prefix(std::min(posts.size(), line.size() + 1));
        for (const chat_id source : sources) {
            update_received what{{.account = account_id{1}, .kind = update_kind::post}};
            what.what.content.chat = source;
            what.what.content.id = message_id{5};
            what.what.content.text.text = line;
            router::random_rules::dress(random, what.what.content);
            const auto expected = obviously_selected(rules, what.what.content);
            BAUDOT_ASSERT(selected(*compiled, what.what.content) == expected, "the obvious routes");
            if (tight) {
                BAUDOT_ASSERT(selected(*tight, what.what.content) == expected, "in many sets too");
            }
            check_plans(*compiled, what);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::string_view line = "\n%\n";
    const std::size_t end = std::min(text.find(line), text.size());
    config::document file(text.substr(0, end), "fuzz", nothing_outside());
    const app::settings read = app::read_settings(file);
    for (const config::problem& one : file.problems()) {
        BAUDOT_ASSERT(!one.message.empty() && one.at.line >= 0, "a problem has a place");
    }
    if (!file.ok()) return 0;
    BAUDOT_ASSERT(!read.accounts.empty() && !read.routes.empty() && !read.data.empty(), "whole");
    const rule_set rules = rules_of(read);
    std::size_t patterns = 0;
    for (const route& each : rules.routes) {
        for (const auto* list : {&each.include, &each.exclude}) {
            for (const std::string& one : *list) patterns += one.size();
        }
    }
    if (patterns > 200 || rules.routes.size() > 8) return 0;  // the obvious reading is slow
    relay(rules, text.substr(std::min(text.size(), end + line.size())));
    obvious::kept().clear();
    return 0;
}
