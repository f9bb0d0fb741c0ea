#include "app/known_chats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include "app/startup.hpp"
#include "router/router.hpp"

namespace baudot::app {
namespace {

using field = router::rule_error::field;

using chat_visitor =
    std::function<void(const chat_text& chat, config::position at, bool is_source)>;

void each_chat(const settings& of, const chat_visitor& visit) {
    for (const route_settings& route : of.routes) {
        const auto place = [&route](field where, std::size_t item) {
            const auto& places = route.places[std::to_underlying(where)];
            return places[std::min(item, places.size() - 1)];
        };
        for (std::size_t item = 0; item < route.from.size(); ++item) {
            visit(route.from[item], place(field::from, item), true);
        }
        for (std::size_t item = 0; item < route.to.size(); ++item) {
            visit(route.to[item], place(field::to, item), false);
        }
        if (route.check) visit(*route.check, place(field::check, 0), false);
        if (route.other) visit(*route.other, place(field::other, 0), false);
    }
}

std::string text_of(const chat_reference& chat) {
    if (const auto* name = std::get_if<std::string>(&chat)) return *name;
    return fmt::format("{}", std::to_underlying(std::get<chat_id>(chat)));
}

// Telegram has said something, even if it is that the account may not know.
bool is_answer(const error& why) {
    return why.code == errc::rejected || why.code == errc::not_found ||
           why.code == errc::unauthorized;
}

// Why nobody knows how an account stands to a chat.
std::optional<error> trouble_with(const findings& found, chat_id chat) {
    for (std::size_t at = 0; at < found.accounts.size(); ++at) {
        const findings::view* seen = found.find(at, chat);
        if (seen && !seen->is && !is_answer(seen->is.error())) return seen->is.error();
    }
    return std::nullopt;
}

}  // namespace

void known_chats::learn(const findings& found) {
    for (const auto& [name, chat] : found.names) {
        if (chat) names_.emplace(name, *chat);
    }
    for (const auto& [key, seen] : found.views) {
        asked_.insert(key.second);
        if (seen.chat) described_.insert(key.second);
    }
}

chat_reference known_chats::known_as(const chat_reference& written) const {
    const auto* name = std::get_if<std::string>(&written);
    if (!name) return written;
    const auto found = names_.find(*name);
    return found == names_.end() ? written : chat_reference(found->second);
}

known_chats::questions known_chats::open_questions(const settings& wanted,
                                                   const engine::roster& can,
                                                   std::span<const account_id> accounts) const {
    questions open;
    each_chat(wanted, [&](const chat_text& written, config::position, bool is_source) {
        const chat_reference chat = known_as(written.chat);
        const auto* id = std::get_if<chat_id>(&chat);
        const auto sees = [&](account_id each) { return can.sees(each, *id); };
        const bool is_used =
            id && asked_.contains(*id) &&
            (is_source ? std::ranges::any_of(accounts, sees) : !can.posters(*id).empty());
        if (!is_used) open.chats.push_back(chat);
    });
    for (const chat_reference& each : named_chats_of(wanted)) {
        // A chat that is written as a name has it.
        const auto* id = std::get_if<chat_id>(&each);
        if (!id || described_.contains(*id)) continue;
        open.chats.push_back(each);
        open.named.push_back(each);
    }
    return open;
}

void known_chats::complete(findings& newest) const {
    for (const auto& [name, chat] : names_) newest.names.insert_or_assign(name, chat);
}

void judge_findings(config::document& file, const settings& wanted, const findings& found) {
    constexpr const char* again = "reload again when it answers";
    bool some_lost = false;
    for (std::size_t at = 0; at < found.accounts.size(); ++at) {
        const findings::account& account = found.accounts[at];
        some_lost = some_lost || is_lost(found, at);
        if (account.who || is_lost(found, at)) continue;
        file.error(wanted.accounts[at].name_at,
                   fmt::format("account {} could not be asked: {}", account.name,
                               account.who.error().message),
                   again);
    }
    if (!file.ok()) return;
    each_chat(wanted, [&](const chat_text& written, config::position at, bool) {
        const std::string chat = text_of(written.chat);
        const auto id = found.resolve(written.chat);
        if (!id && !is_answer(id.error())) {
            file.error(at, fmt::format("nobody knows what {} is: {}", chat, id.error().message),
                       again);
        } else if (!id && some_lost) {
            file.warning(at, fmt::format("{} is left out: no account that works can see it", chat),
                         "the token of an account is refused");
        } else if (!id) {
            file.error(at, fmt::format("no account can see {}: {}", chat, id.error().message),
                       "add a bot to it, or correct the name");
        } else if (const auto why = trouble_with(found, *id)) {
            file.error(at, fmt::format("nobody knows who may use {}: {}", chat, why->message),
                       again);
        }
    });
}

void warn_unreachable(config::document& file, const settings& wanted, const findings& found,
                      const engine::roster& can) {
    each_chat(wanted, [&](const chat_text& written, config::position at, bool is_source) {
        const auto id = found.resolve(written.chat);
        if (is_source || !id || !can.posters(*id).empty()) return;
        file.warning(at, fmt::format("no account can post to {}", text_of(written.chat)),
                     "add one as an administrator and reload");
    });
}

}  // namespace baudot::app
