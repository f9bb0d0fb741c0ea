#include "app/startup.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace baudot::app {
namespace {

// What is unknown and may be left out is told and left out; otherwise it is the failure.
std::optional<chat_id> resolve(const route_settings& of, const chat_text& chat,
                               const findings& found, bool may_leave_out,
                               std::optional<error>& failure, const observe::logger& log) {
    const auto id = found.resolve(chat.chat);
    if (id) return *id;
    const std::string& name = std::get<std::string>(chat.chat);
    if (may_leave_out) {
        log.error("a chat is left out: no account that works can see it",
                  {{"route", of.name}, {"chat", name}, {"why", id.error().message}});
    } else if (!failure) {
        failure = error{errc::not_found, "no account can see " + name + ": " + id.error().message};
    }
    return std::nullopt;
}

}  // namespace

std::vector<chat_reference> chats_of(const settings& from) {
    std::vector<chat_reference> chats;
    for (const route_settings& each : from.routes) {
        for (const chat_text& chat : each.from) chats.push_back(chat.chat);
        for (const chat_text& chat : each.to) chats.push_back(chat.chat);
        for (const auto& chat : {each.check, each.other}) {
            if (chat) chats.push_back(chat->chat);
        }
    }
    return chats;
}

std::vector<chat_reference> named_chats_of(const settings& from) {
    const auto has_own_links = [](const transform_steps& steps) {
        return std::ranges::any_of(steps, [](const transform_step& each) {
            return std::holds_alternative<own_links_step>(each.what);
        });
    };
    std::vector<chat_reference> chats;
    for (const route_settings& each : from.routes) {
        const bool of_all = has_own_links(each.transform);
        for (std::size_t item = 0; item < each.to.size(); ++item) {
            const auto own = each.transform_of.find(item);
            const bool of_one = own != each.transform_of.end() && has_own_links(own->second);
            if (of_all || of_one) chats.push_back(each.to[item].chat);
        }
    }
    return chats;
}

bool is_lost(const findings& found, std::size_t account) {
    const auto& who = found.accounts[account].who;
    return !who && who.error().code == errc::unauthorized;
}

result<rule_set> resolve_routes(const settings& from, const findings& found,
                                const observe::logger& log) {
    bool some_lost = false;
    for (std::size_t at = 0; at < found.accounts.size(); ++at) {
        some_lost = some_lost || is_lost(found, at);
    }
    rule_set rules;
    for (const route_settings& each : from.routes) {
        std::optional<error> failure;
        route made = each.resolved([&](const chat_text& chat) {
            return resolve(each, chat, found, some_lost, failure, log);
        });
        if (failure) return std::unexpected(std::move(*failure));
        // Without destinations it stays: what it takes is nothing other to the routes beside it.
        if (made.from.empty()) continue;
        rules.routes.push_back(std::move(made));
    }
    return rules;
}

result<void> judge_accounts(const findings& found, const observe::logger& log) {
    std::size_t lost = 0;
    for (std::size_t at = 0; at < found.accounts.size(); ++at) {
        const findings::account& each = found.accounts[at];
        if (each.who) {
            log.info(
                "account is there",
                {{"account", each.name}, {"username", each.who->username}, {"id", each.who->id}});
        } else if (is_lost(found, at)) {
            ++lost;
            log.error(
                "an account is lost: its token was refused; the others work, what it owes "
                "waits until it is mended",
                each.who.error(), {{"account", each.name}});
        } else {
            return std::unexpected(each.who.error());
        }
    }
    if (lost == found.accounts.size()) {
        return fail(errc::unauthorized, "no account is left: every token was refused; " +
                                            found.accounts.front().who.error().message);
    }
    return {};
}

engine::roster make_roster(const findings& found) {
    engine::roster can;
    for (std::size_t at = 0; at < found.accounts.size(); ++at) {
        if (found.accounts[at].who) can.add(found.accounts[at].id);
    }
    for (const auto& [key, view] : found.views) {
        const findings::account& account = found.accounts[key.first];
        if (account.who)
            can.learn(account.id, key.second, view.is.value_or(telegram::membership{}));
    }
    for (auto& [chat, username] : found.usernames()) can.name(chat, username);
    return can;
}

void tell_unreachable(const rule_set& rules, const engine::roster& can,
                      const observe::logger& log) {
    for (const route& each : rules.routes) {
        std::vector<chat_id> all = each.to;
        for (const chat_id review : {each.check, each.other}) {
            if (review != chat_id{}) all.push_back(review);
        }
        for (const chat_id to : all) {
            if (!can.posters(to).empty()) continue;
            log.error("no account can post to this chat: add one as an administrator",
                      {{"route", each.name}, {"chat", to}});
        }
    }
}

}  // namespace baudot::app
