#include "app/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "app/filter_settings.hpp"
#include "app/placeholders.hpp"
#include "app/transform_settings.hpp"
#include "router/cycles.hpp"
#include "router/router.hpp"
#include "telegram/bot_api/token.hpp"

namespace baudot::app {
namespace {

using router::rule_error;

// Usernames are 5 to 32 letters, digits and underscores; some old and bought ones have 4.
bool is_username(std::string_view name) {
    return name.size() >= 4 && name.size() <= 32 && std::ranges::all_of(name, [](char each) {
               return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                      (each >= '0' && each <= '9') || each == '_';
           });
}

std::vector<config::position> places_of(const config::reader& from, std::string_view key,
                                        std::size_t items) {
    std::vector<config::position> places;
    for (std::size_t item = 0; item < std::max<std::size_t>(items, 1); ++item) {
        places.push_back(from.where(key, item));
    }
    return places;
}

bool is_secret_token(std::string_view text) {
    // Of Telegram; and what is hidden in the log has at least 8 characters.
    return text.size() >= 8 && text.size() <= 256 && std::ranges::all_of(text, [](char each) {
               return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                      (each >= '0' && each <= '9') || each == '_' || each == '-';
           });
}

void read_posted(config::reader& one, const config::secret& token, posted_settings& posted) {
    one.required("url", posted.url);
    posted.url_at = one.where("url");
    const std::string& url = posted.url;
    const auto scheme = url.find("://");
    const bool is_web = url.starts_with("https://") || url.starts_with("http://");
    if (!url.empty() && (!is_web || url.find_first_of("/?#", scheme + 3) == scheme + 3)) {
        one.error(posted.url_at, "url is no address that Telegram could post to",
                  "write https://host/path, as the proxy in front of Baudot serves it");
    } else if (url.find_first_of("?#@ ") != url.npos) {
        one.error(posted.url_at, "url has more than a host and a path",
                  "leave out user, query and fragment: `secret` is what keeps others out");
    }
    const std::string& bot = token.reveal();
    if (!bot.empty() && url.find(bot.substr(bot.find(':') + 1)) != url.npos) {
        one.error(posted.url_at, "the token is in the url", "name the account in it instead");
        posted.url.clear();
    }
    if (one.optional("secret", posted.secret) && !is_secret_token(posted.secret.reveal())) {
        one.error(one.where("secret"), "secret has to be 8 to 256 of A-Z, a-z, 0-9, _ and -",
                  "or leave it out: there is a new one at each start");
    }
    one.optional("connections", posted.connections,
                 {.least = std::uint32_t{1}, .most = std::uint32_t{100}});
}

account_settings read_account(config::reader& one) {
    account_settings account;
    one.required("name", account.name);
    if (one.required("token", account.token)) {
        const auto bot = telegram::bot_api::account_of_token(account.token.reveal());
        if (!bot) one.error(one.where("token"), bot.error().message);
    }
    account.name_at = one.where("name");
    account.token_at = one.where("token");
    account.api_at = one.where("api");
    one.optional("api", account.api);
    if (!account.api.starts_with("https://") && !account.api.starts_with("http://")) {
        one.error(one.where("api"), "api is no address of a Bot API server",
                  "write https://host or http://host:port");
    }
    one.section("webhook", [&](config::reader& part) {
        read_posted(part, account.token, account.webhook.emplace());
    });
    return account;
}

void read_terms(config::reader& one, delivery_terms& terms) {
    using namespace std::chrono_literals;
    one.optional("class", terms.traffic,
                 {{"interactive", traffic_class::interactive},
                  {"live", traffic_class::live},
                  {"sync", traffic_class::sync},
                  {"backfill", traffic_class::backfill},
                  {"broadcast", traffic_class::broadcast}});
    one.optional("weight", terms.weight, {.least = std::uint16_t{1}, .most = std::uint16_t{100}});
    duration expire_after{};
    if (one.optional("expire_after", expire_after,
                     {.least = duration(1s), .most = duration(8760h)})) {
        terms.expire_after = std::chrono::duration_cast<std::chrono::microseconds>(expire_after);
    }
}

// What a route takes, besides `include` and `exclude`, and what becomes of the rest.
void read_choice(config::reader& one, route_settings& route) {
    std::vector<config::position> in_filter;
    one.section("filter",
                [&](config::reader& part) { read_filter(part, route.filter, in_filter); });
    std::vector<config::position> in_refuse;
    one.section("refuse", [&](config::reader& part) {
        read_filter(part, route.refuse.emplace(), in_refuse);
    });
    chat_text chat;
    if (one.optional("check", chat)) route.check = chat;
    if (one.optional("other", chat)) route.other = chat;
    one.optional("per_destination", route.per_destination,
                 {{"all", destination_policy::all}, {"first", destination_policy::first}});
    route.places.push_back(std::move(in_filter));
    route.places.push_back(std::move(in_refuse));
    route.places.push_back(places_of(one, "check", 1));
    route.places.push_back(places_of(one, "other", 1));
}

// Chats, and chats with transforms of their own.
void read_destinations(config::reader& one, route_settings& route,
                       std::vector<config::position>& places) {
    bool is_read = true;
    if (one.has_sections("to")) {
        one.each_or_values("to", "chat", [&](config::reader& part) {
            chat_text chat;
            is_read = part.required("chat", chat) && is_read;
            transform_steps steps;
            read_transforms(part, steps, places);
            if (!steps.empty()) route.transform_of[route.to.size()] = std::move(steps);
            route.to.push_back(std::move(chat));
        });
    } else {
        is_read = one.required_list("to", route.to);
    }
    if (is_read && route.to.empty()) one.error(one.where("to"), "\"to\" names no chat");
}

// What it changes of what it takes. `places` has those of single destinations.
void read_changes(config::reader& one, route_settings& route,
                  std::vector<config::position>& places) {
    read_transforms(one, route.transform, places);
    const bool is_long_said = one.optional("too_long", route.too_long,
                                           {{"split", long_text_policy::split},
                                            {"follow", long_text_policy::follow},
                                            {"cut", long_text_policy::cut}});
    if (is_long_said && route.transform.empty() && route.transform_of.empty()) {
        one.error(one.where("too_long"), "\"too_long\" stands beside no transform",
                  "what nothing is added to is never too long");
    }
    if (places.empty()) places.push_back(one.where("transform"));
    route.places.push_back(std::move(places));
}

route_settings read_route(config::reader& one) {
    route_settings route;
    one.required("name", route.name);
    one.required_list("from", route.from);
    std::vector<config::position> in_transform;
    read_destinations(one, route, in_transform);
    one.optional("mode", route.mode,
                 {{"copy", relay_mode::copy}, {"forward", relay_mode::forward}});
    one.list("include", route.include);  // none: as if it were not there; programs write that
    one.list("exclude", route.exclude);
    one.optional("silent", route.options.silent);
    one.optional("protect", route.options.protect);
    one.optional("link_preview", route.options.link_preview);
    one.optional("on_uncertain", route.on_uncertain,
                 {{"repeat", uncertain_policy::repeat}, {"skip", uncertain_policy::skip}});
    read_terms(one, route.terms);
    route.places = {places_of(one, "name", 1), places_of(one, "from", route.from.size()),
                    places_of(one, "to", route.to.size()),
                    places_of(one, "include", route.include.size()),
                    places_of(one, "exclude", route.exclude.size())};
    read_choice(one, route);
    read_changes(one, route, in_transform);
    return route;
}

void read_http(config::reader& top, std::string_view key, std::optional<http_settings>& http) {
    top.section(key, [&](config::reader& one) {
        http.emplace();
        one.optional("address", http->address);
        one.required("port", http->port);
    });
}

// Each path belongs to one account, and somebody listens.
void judge_webhooks(config::reader& top, const settings& read) {
    std::map<std::string, std::string> paths;  // to the account that has it
    for (const account_settings& each : read.accounts) {
        if (!each.webhook) continue;
        if (!read.webhook) {
            top.error(each.webhook->url_at, "nothing listens for this webhook",
                      "say where, beside `accounts`: webhook: {port: 8081}");
        }
        const auto [first, is_new] = paths.try_emplace(each.webhook->path(), each.name);
        if (is_new) continue;
        top.error(each.webhook->url_at, "account " + first->second + " has the same path",
                  "end each url with the name of its account");
    }
    if (read.webhook && paths.empty()) {
        top.error(top.where("webhook"), "no account has a webhook",
                  "give one `webhook: {url: ...}`, or leave this out");
    }
}

setting_places places_in(const config::reader& top) {
    return {.data = top.where("data"),
            .accounts = top.where("accounts"),
            .apis = top.where("apis"),
            .pace = top.where("pace"),
            .journal = top.where("journal"),
            .dead_letters = top.where("dead_letters"),
            .http = top.where("http"),
            .webhook = top.where("webhook")};
}

void read_journal(config::reader& top, journal_settings& journal) {
    using namespace std::chrono_literals;
    top.section("journal", [&](config::reader& one) {
        one.optional("keep", journal.keep_age, {.least = duration(1min)});
        one.optional("keep_bytes", journal.keep_bytes, {.least = config::byte_size{1ULL << 20}});
        one.optional(
            "segment", journal.segment,
            {.least = config::byte_size{64ULL << 10}, .most = config::byte_size{1ULL << 30}});
    });
}

void read_dead_letters(config::reader& top, dead_letter_settings& dead) {
    using namespace std::chrono_literals;
    top.section("dead_letters", [&](config::reader& one) {
        one.optional("keep", dead.keep_age, {.least = duration(1min)});
        one.optional("keep_count", dead.keep_count,
                     {.least = std::size_t{1}, .most = std::size_t{1'000'000}});
    });
}

config::position place_of(const settings& read, const rule_error& wrong) {
    const auto& items = read.routes[wrong.route].places[std::to_underlying(wrong.where)];
    return items[std::min(wrong.item, items.size() - 1)];
}

/// The chat of a step as it is written in the file.
std::string text_of_target(const settings& read, const router::cycle_step& step) {
    const route_settings& by = read.routes[step.route];
    const chat_text& chat = step.where == rule_error::field::check   ? *by.check
                            : step.where == rule_error::field::other ? *by.other
                                                                     : by.to[step.item];
    const auto* id = std::get_if<chat_id>(&chat.chat);
    return id == nullptr ? std::get<std::string>(chat.chat)
                         : std::to_string(std::to_underlying(*id));
}

// A warning alone: filters may keep apart what comes from where, and an account receives nothing of
// what it has sent.
void tell_cycle(config::document& file, const settings& read, const router::route_cycle& cycle) {
    constexpr std::size_t most = 6;  // steps that are shown
    std::string way = text_of_target(read, cycle.back());
    for (std::size_t each = 0; each < std::min(cycle.size(), most); ++each) {
        way += " -> " + read.routes[cycle[each].route].name + " -> " +
               text_of_target(read, cycle[each]);
    }
    if (cycle.size() > most) way += " -> ...";
    file.warning(place_of(read, {.route = cycle.front().route,
                                 .where = cycle.front().where,
                                 .item = cycle.front().item,
                                 .offset = std::nullopt,
                                 .message = {}}),
                 "posts may go round without end: " + way,
                 "take one of these chats out, or see that a filter stops what comes back");
}

void judge_rules(config::document& file, const settings& read) {
    placeholders names;
    rule_set rules = rules_of(read, names);
    const std::vector<router::route_cycle> cycles = router::find_cycles(rules);
    const auto compiled = router::compiled_rules::compile(std::move(rules));
    if (!compiled) {
        for (const rule_error& wrong : compiled.error()) {
            file.error(place_of(read, wrong), wrong.message);
        }
        return;
    }
    for (const router::route_cycle& each : cycles) tell_cycle(file, read, each);
}

}  // namespace

rule_set rules_of(const settings& read, placeholders& names) {
    rule_set rules;
    for (const route_settings& each : read.routes) {
        rules.routes.push_back(
            each.resolved([&](const chat_text& chat) { return names.of(chat); }));
    }
    return rules;
}

route route_settings::resolved(
    const std::function<std::optional<chat_id>(const chat_text&)>& id_of) const {
    route made{.name = name,
               .from = {},
               .to = {},
               .mode = mode,
               .include = include,
               .exclude = exclude,
               .filter = filter,
               .refuse = refuse,
               .per_destination = per_destination,
               .transform = transform,
               .too_long = too_long,
               .options = options,
               .on_uncertain = on_uncertain,
               .terms = terms};
    for (const chat_text& chat : from) {
        if (const auto id = id_of(chat)) made.from.push_back(*id);
    }
    for (std::size_t item = 0; item < to.size(); ++item) {
        const auto id = id_of(to[item]);
        if (!id) continue;
        made.to.push_back(*id);
        const auto own = transform_of.find(item);
        if (own != transform_of.end()) made.transform_of.emplace(*id, own->second);
    }
    if (check) made.check = id_of(*check).value_or(chat_id{});
    if (other) made.other = id_of(*other).value_or(chat_id{});
    return made;
}

std::string posted_settings::path() const {
    const auto host = url.find("://");
    const auto path = host == url.npos ? url.npos : url.find('/', host + 3);
    return path == url.npos ? "/" : url.substr(path);
}

std::optional<std::string> parse_value(std::string_view text, chat_text& value) {
    constexpr const char* right =
        "a chat id such as -1001234567890, @name or https://t.me/name (quote @name in YAML)";
    for (const std::string_view prefix : {"https://t.me/", "http://t.me/", "t.me/", "@"}) {
        if (!text.starts_with(prefix)) continue;
        text.remove_prefix(prefix.size());
        if (!is_username(text)) return right;
        std::string name = "@";
        for (const char each : text) {
            name += each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
        }
        value.chat = std::move(name);
        return std::nullopt;
    }
    std::int64_t id = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, id);
    if (error != std::errc{} || stop != end || id == 0) return right;
    value.chat = chat_id{id};
    return std::nullopt;
}

settings read_settings(config::document& file) {
    settings read;
    file.read([&](config::reader& top) {
        top.required("data", read.data);
        std::set<std::string> names;
        std::map<std::string, std::string> tokens;  // to the account that has it
        top.required_each("accounts", [&](config::reader& one) {
            read.accounts.push_back(read_account(one));
            const std::string& name = read.accounts.back().name;
            if (!name.empty() && !names.insert(name).second) {
                one.error(one.where("name"), "two accounts are called " + name,
                          "give each a name of its own");
            }
            const std::string& token = read.accounts.back().token.reveal();
            const auto [first, is_new] = tokens.try_emplace(token, name);
            if (!token.empty() && !is_new) {
                one.error(one.where("token"), "account " + first->second + " has the same token",
                          "name each bot once: Telegram lets only one fetch its updates");
            }
        });
        read_apis(top, read.apis);
        top.required_each("routes",
                          [&](config::reader& one) { read.routes.push_back(read_route(one)); });
        top.optional("pace", read.pace,
                     {{"documented", pace_setting::documented}, {"off", pace_setting::off}});
        read_journal(top, read.journal);
        read_dead_letters(top, read.dead_letters);
        read_http(top, "http", read.http);
        read_http(top, "webhook", read.webhook);
        judge_webhooks(top, read);
        read.places = places_in(top);
    });
    if (file.is_described()) return read;
    if (file.ok()) judge_apis(file, read);
    if (file.ok()) judge_rules(file, read);
    return read;
}

std::optional<settings> load_settings(const std::string& path) {
    config::document file = config::document::load(path);
    settings read = read_settings(file);
    std::fputs(file.report().c_str(), stderr);
    if (!file.ok()) return std::nullopt;
    return read;
}

}  // namespace baudot::app
