#include "app/startup.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "observe/secrets.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

bool is_passing(errc code) {
    switch (code) {
        case errc::connection_failed:
        case errc::connection_lost:
        case errc::timed_out:
        case errc::bad_answer:
        case errc::refused:
        case errc::conflict: return true;
        default: return false;
    }
}

}  // namespace

result<connected_account> connect(const asio::any_io_executor& shard, timer_service& timers,
                                  const account_settings& from) {
    if (auto hidden = observe::register_secret(from.token.reveal()); !hidden) {
        return std::unexpected(hidden.error());
    }
    connected_account made;
    auto sends = http::make_client(shard, timers, {.base_url = from.api});
    if (!sends) return std::unexpected(sends.error());
    auto polls = http::make_client(shard, timers, {.base_url = from.api, .connections_max = 2});
    if (!polls) return std::unexpected(polls.error());
    made.sends = std::move(*sends);
    made.polls = std::move(*polls);
    auto bot = telegram::bot_api::make_bot_account(
        timers, *made.sends, *made.polls, {.name = from.name, .token = from.token.reveal()});
    if (!bot) return std::unexpected(bot.error());
    made.bot = std::move(*bot);
    return made;
}

// 1 s doubling to 30 s, for ever: a program that starts before the network is up must come up
// with it.
template <class T, class Ask>
asio::awaitable<result<T>> survey::patiently(const std::string& what, Ask ask) {
    for (duration pause = 1s;; pause = std::min<duration>(2 * pause, 30s)) {
        result<T> answer = co_await ask();
        if (answer || !is_passing(answer.error().code)) co_return answer;
        log_.warning("cannot start yet", answer.error(), {{"asked", what}, {"again_in", pause}});
        co_await timers_.sleep_until(timers_.now() + pause);
    }
}

asio::awaitable<result<rule_set>> survey::ask(const settings& from, engine::roster& roster) {
    for (connected_account& each : accounts_) {
        telegram::account& bot = *each.bot;
        auto who = co_await patiently<telegram::identity>("getMe of " + bot.name(),
                                                          [&bot] { return bot.get_me(); });
        if (!who) co_return std::unexpected(who.error());
        log_.info("account is there",
                  {{"account", bot.name()}, {"username", who->username}, {"id", who->id}});
        roster.add(who->id);
    }
    result<rule_set> rules = co_await resolve_routes(from);
    if (!rules) co_return rules;
    if (auto learned = co_await learn(*rules, roster); !learned) {
        co_return std::unexpected(learned.error());
    }
    co_return rules;
}

asio::awaitable<result<chat_id>> survey::resolve(const chat_text& written) {
    if (const auto* id = std::get_if<chat_id>(&written.chat)) co_return *id;
    const std::string& name = std::get<std::string>(written.chat);
    if (const auto known = names_.find(name); known != names_.end()) co_return known->second;
    error last{errc::not_found, "there are no accounts"};
    for (connected_account& each : accounts_) {
        telegram::account& bot = *each.bot;
        const chat_reference reference = name;
        auto chat = co_await patiently<telegram::chat_info>(
            "getChat " + name, [&bot, &reference] { return bot.get_chat(reference); });
        if (chat) {
            names_[name] = chat->id;
            co_return chat->id;
        }
        last = chat.error();
    }
    co_return fail(errc::not_found, "no account can see " + name + ": " + last.message);
}

asio::awaitable<result<rule_set>> survey::resolve_routes(const settings& from) {
    rule_set rules;
    for (const route_settings& each : from.routes) {
        route made{.name = each.name,
                   .from = {},
                   .to = {},
                   .mode = each.mode,
                   .include = each.include,
                   .exclude = each.exclude,
                   .options = each.options,
                   .on_uncertain = each.on_uncertain};
        for (const chat_text& chat : each.from) {
            const auto id = co_await resolve(chat);
            if (!id) co_return std::unexpected(id.error());
            made.from.push_back(*id);
        }
        for (const chat_text& chat : each.to) {
            const auto id = co_await resolve(chat);
            if (!id) co_return std::unexpected(id.error());
            made.to.push_back(*id);
        }
        rules.routes.push_back(std::move(made));
    }
    co_return rules;
}

asio::awaitable<result<void>> survey::learn(const rule_set& rules, engine::roster& roster) {
    std::set<chat_id> chats;
    for (const route& each : rules.routes) {
        chats.insert(each.from.begin(), each.from.end());
        chats.insert(each.to.begin(), each.to.end());
    }
    for (connected_account& each : accounts_) {
        telegram::account& bot = *each.bot;
        const account_id self = each.bot->id();
        for (const chat_id chat : chats) {
            const auto is = co_await patiently<telegram::membership>(
                "getChatMember", [&bot, chat, self] { return bot.get_membership(chat, self); });
            if (!is && is.error().code == errc::unauthorized) co_return std::unexpected(is.error());
            // Not there, or kicked: it can do nothing in that chat.
            roster.learn(self, chat, is.value_or(telegram::membership{}));
        }
    }
    for (const route& each : rules.routes) {
        for (const chat_id to : each.to) {
            if (!roster.posters(to).empty()) continue;
            log_.error("no account can post to this chat: add one as an administrator",
                       {{"route", each.name}, {"chat", to}});
        }
    }
    co_return result<void>{};
}

}  // namespace baudot::app
