#include "app/settings.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <utility>

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

account_settings read_account(config::reader& one) {
    account_settings account;
    one.required("name", account.name);
    if (one.required("token", account.token)) {
        const auto bot = telegram::bot_api::account_of_token(account.token.reveal());
        if (!bot) one.error(one.where("token"), bot.error().message);
    }
    account.token_at = one.where("token");
    one.optional("api", account.api);
    if (!account.api.starts_with("https://") && !account.api.starts_with("http://")) {
        one.error(one.where("api"), "api is no address of a Bot API server",
                  "write https://host or http://host:port");
    }
    return account;
}

route_settings read_route(config::reader& one) {
    route_settings route;
    one.required("name", route.name);
    one.required_list("from", route.from);
    one.required_list("to", route.to);
    one.optional("mode", route.mode,
                 {{"copy", relay_mode::copy}, {"forward", relay_mode::forward}});
    one.list("include", route.include);
    one.list("exclude", route.exclude);
    one.optional("silent", route.options.silent);
    one.optional("protect", route.options.protect);
    one.optional("link_preview", route.options.link_preview);
    one.optional("on_uncertain", route.on_uncertain,
                 {{"repeat", uncertain_policy::repeat}, {"skip", uncertain_policy::skip}});
    route.places = {places_of(one, "name", 1), places_of(one, "from", route.from.size()),
                    places_of(one, "to", route.to.size()),
                    places_of(one, "include", route.include.size()),
                    places_of(one, "exclude", route.exclude.size())};
    return route;
}

void read_http(config::reader& top, http_settings& http) {
    top.section("http", [&](config::reader& one) {
        one.optional("address", http.address);
        one.required("port", http.port, {.least = std::uint16_t{1}, .most = std::uint16_t{65535}});
    });
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

// Names become ids that no chat has, the same for the same name, so that patterns and loops can
// be judged before Telegram was asked.
class placeholders {
public:
    chat_id of(const chat_text& written) {
        if (const auto* id = std::get_if<chat_id>(&written.chat)) return *id;
        const auto next = static_cast<std::int64_t>(names_.size());
        const auto found = names_.try_emplace(std::get<std::string>(written.chat), next).first;
        return chat_id{INT64_MIN + found->second};
    }

private:
    std::map<std::string, std::int64_t> names_;
};

rule_set rules_of(const settings& read) {
    placeholders names;
    rule_set rules;
    for (const route_settings& each : read.routes) {
        route made{.name = each.name,
                   .from = {},
                   .to = {},
                   .mode = each.mode,
                   .include = each.include,
                   .exclude = each.exclude,
                   .options = each.options,
                   .on_uncertain = each.on_uncertain};
        for (const chat_text& chat : each.from) made.from.push_back(names.of(chat));
        for (const chat_text& chat : each.to) made.to.push_back(names.of(chat));
        rules.routes.push_back(std::move(made));
    }
    return rules;
}

config::position place_of(const settings& read, const rule_error& wrong) {
    const auto& items = read.routes[wrong.route].places[std::to_underlying(wrong.where)];
    return items[std::min(wrong.item, items.size() - 1)];
}

void judge_rules(config::document& file, const settings& read) {
    const auto compiled = router::compiled_rules::compile(rules_of(read));
    if (compiled) return;
    for (const rule_error& wrong : compiled.error()) {
        file.error(place_of(read, wrong), wrong.message);
    }
}

}  // namespace

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
        top.required_each("routes",
                          [&](config::reader& one) { read.routes.push_back(read_route(one)); });
        top.optional("pace", read.pace,
                     {{"documented", pace_setting::documented}, {"off", pace_setting::off}});
        read_journal(top, read.journal);
        read_http(top, read.http);
    });
    if (file.ok()) judge_rules(file, read);
    return read;
}

}  // namespace baudot::app
