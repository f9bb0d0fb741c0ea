#include "app/restart_keys.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace baudot::app {
namespace {

auto all_of(const text_api& of) {
    return std::tie(of.kind, of.url, of.key, of.model, of.timeout, of.at_once, of.cache_bytes,
                    of.ca_file);
}

class comparison {
public:
    comparison(config::document& file, const settings& running, const settings& wanted)
        : file_(file), running_(running), wanted_(wanted) {}

    void compare() {
        const setting_places& at = wanted_.places;
        want(running_.data == wanted_.data, at.data, "\"data\" has changed");
        compare_accounts();
        compare_apis();
        want(running_.pace == wanted_.pace, at.pace, "\"pace\" has changed");
        const journal_settings& before = running_.journal;
        const journal_settings& after = wanted_.journal;
        want(before.keep_age == after.keep_age, at.journal, "\"journal.keep\" has changed");
        want(before.keep_bytes == after.keep_bytes, at.journal,
             "\"journal.keep_bytes\" has changed");
        want(before.segment == after.segment, at.journal, "\"journal.segment\" has changed");
        want(is_same(running_.http, wanted_.http), at.http, "\"http\" has changed");
        want(is_same(running_.webhook, wanted_.webhook), at.webhook, "\"webhook\" has changed");
    }

private:
    void want(bool is_same, config::position at, const std::string& what) {
        if (is_same) return;
        file_.error(at, what + ": that needs a restart",
                    "put it back to change routes alone, or restart Baudot");
    }

    static bool is_same(const std::optional<http_settings>& before,
                        const std::optional<http_settings>& after) {
        if (!before || !after) return before.has_value() == after.has_value();
        return before->address == after->address && before->port == after->port;
    }

    void compare_accounts() {
        bool are_same_names = true;
        for (const account_settings& each : wanted_.accounts) {
            const account_settings* old = find(running_, each.name);
            are_same_names = are_same_names && old;
            want(old, each.name_at, "account " + each.name + " is new");
            if (old) compare_account(*old, each);
        }
        for (const account_settings& each : running_.accounts) {
            const bool is_there = find(wanted_, each.name);
            are_same_names = are_same_names && is_there;
            want(is_there, wanted_.places.accounts, "account " + each.name + " is gone");
        }
        const bool is_same_order =
            std::ranges::equal(wanted_.accounts, running_.accounts, {}, &account_settings::name,
                               &account_settings::name);
        want(!are_same_names || is_same_order, wanted_.places.accounts,
             "the order of accounts has changed");
    }

    void compare_account(const account_settings& before, const account_settings& after) {
        const auto changed = [&after](const char* key) {
            return "\"" + std::string(key) + "\" of account " + after.name + " has changed";
        };
        want(before.token.reveal() == after.token.reveal(), after.token_at, changed("token"));
        want(before.api == after.api, after.api_at, changed("api"));
        if (!before.webhook || !after.webhook) {
            want(before.webhook.has_value() == after.webhook.has_value(),
                 after.webhook ? after.webhook->url_at : after.name_at, changed("webhook"));
            return;
        }
        const posted_settings& old = *before.webhook;
        const posted_settings& now = *after.webhook;
        want(old.url == now.url && old.secret.reveal() == now.secret.reveal() &&
                 old.connections == now.connections,
             now.url_at, changed("webhook"));
    }

    void compare_apis() {
        for (const api_settings& each : wanted_.apis) {
            const auto old = find_api(running_, each.what.name);
            want(old != nullptr, each.at, "API " + each.what.name + " is new");
            if (!old) continue;
            want(all_of(old->what) == all_of(each.what), each.at,
                 "API " + each.what.name + " has changed");
        }
        for (const api_settings& each : running_.apis) {
            want(find_api(wanted_, each.what.name) != nullptr, wanted_.places.apis,
                 "API " + each.what.name + " is gone");
        }
    }

    static const api_settings* find_api(const settings& in, const std::string& name) {
        const auto found = std::ranges::find(
            in.apis, name, [](const api_settings& each) { return each.what.name; });
        return found == in.apis.end() ? nullptr : &*found;
    }

    static const account_settings* find(const settings& in, const std::string& name) {
        const auto found = std::ranges::find(in.accounts, name, &account_settings::name);
        return found == in.accounts.end() ? nullptr : &*found;
    }

    config::document& file_;
    const settings& running_;
    const settings& wanted_;
};

}  // namespace

void refuse_restart_keys(config::document& file, const settings& running, const settings& wanted) {
    comparison(file, running, wanted).compare();
}

}  // namespace baudot::app
