#include "app/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "async/for_each.hpp"
#include "async/with_deadline.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

constexpr duration silent_for = 2s;
constexpr duration progress_interval = 5s;

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

std::string text_of(chat_id chat) {
    return fmt::format("{}", std::to_underlying(chat));
}

}  // namespace

result<chat_id> findings::resolve(const chat_reference& written) const {
    if (const auto* id = std::get_if<chat_id>(&written)) return *id;
    const auto found = names.find(std::get<std::string>(written));
    if (found == names.end()) return fail(errc::not_found, "nobody asked about it");
    return found->second;
}

const findings::view* findings::find(std::size_t account, chat_id chat) const {
    const auto found = views.find({account, chat});
    return found == views.end() ? nullptr : &found->second;
}

std::map<chat_id, std::string> findings::usernames() const {
    std::map<chat_id, std::string> all;
    for (const auto& [name, chat] : names) {
        if (chat) all.emplace(*chat, name.substr(1));
    }
    for (const auto& [key, seen] : views) {
        if (seen.chat && !seen.chat->username.empty()) all[key.second] = seen.chat->username;
    }
    return all;
}

asio::awaitable<findings> survey::ask(std::span<const chat_reference> chats,
                                      std::span<const chat_reference> named) {
    say_next_ = timers_.now() + silent_for;
    for (const connected_account& each : accounts_) {
        found_.accounts.push_back({.name = each.bot->name(),
                                   .id = each.bot->id(),
                                   .who = fail(errc::timed_out, "nobody asked"),
                                   .webhook = {}});
    }
    to_ask_ = accounts_.size();
    auto who = [this](std::size_t account) { return ask_who(account); };
    co_await for_each_index(accounts_.size(), accounts_.size(), who);

    for (const chat_reference& each : chats) {
        if (const auto* name = std::get_if<std::string>(&each)) {
            found_.names.try_emplace(*name, fail(errc::not_found, "there is no account"));
        }
    }
    to_ask_ += found_.names.size();
    std::vector<std::pair<const std::string, result<chat_id>>*> names;
    names.reserve(found_.names.size());
    for (auto& each : found_.names) names.push_back(&each);
    auto name = [this, &names](std::size_t at) { return resolve(*names[at]); };
    co_await for_each_index(names.size(), options_.in_flight_max, name);

    std::set<chat_id> ids;
    for (const chat_reference& each : chats) {
        if (const auto id = found_.resolve(each)) ids.insert(*id);
    }
    const std::vector<chat_id> all(ids.begin(), ids.end());
    to_ask_ += all.size() * accounts_.size();
    auto views = [this, &all](std::size_t account) { return ask_views(account, all); };
    co_await for_each_index(accounts_.size(), accounts_.size(), views);

    ids.clear();
    for (const chat_reference& each : named) {
        if (const auto* id = std::get_if<chat_id>(&each)) ids.insert(*id);
    }
    const std::vector<chat_id> nameless(ids.begin(), ids.end());
    to_ask_ += nameless.size();
    auto describe_one = [this, &nameless](std::size_t at) { return describe(nameless[at]); };
    co_await for_each_index(nameless.size(), options_.in_flight_max, describe_one);
    co_return std::move(found_);
}

asio::awaitable<void> survey::ask_who(std::size_t account) {
    telegram::bot_api::bot_account& bot = *accounts_[account].bot;
    findings::account& to = found_.accounts[account];
    to.who =
        co_await patiently<telegram::identity>(account, "getMe", [&bot] { return bot.get_me(); });
    if (to.who && options_.probes) {
        const auto found = co_await patiently<telegram::bot_api::webhook_info>(
            account, "getWebhookInfo", [&bot] { return bot.get_webhook_info(); });
        if (found) to.webhook = *found;
    }
    tell_progress();
}

asio::awaitable<void> survey::resolve(std::pair<const std::string, result<chat_id>>& name) {
    for (std::size_t account = 0; account < accounts_.size(); ++account) {
        if (is_lost(account)) continue;
        telegram::bot_api::bot_account& bot = *accounts_[account].bot;
        const chat_reference written = name.first;
        const auto chat = co_await patiently<telegram::chat_info>(
            account, name.first, [&bot, &written] { return bot.get_chat(written); });
        if (chat) {
            name.second = chat->id;
            break;
        }
        const errc why = chat.error().code;  // no answer says nothing about the name
        const bool is_known = !is_passing(why);
        name.second = fail(is_known ? errc::not_found : why, chat.error().message);
    }
    tell_progress();
}

asio::awaitable<void> survey::ask_views(std::size_t account, std::span<const chat_id> chats) {
    auto view = [this, account, chats](std::size_t at) { return ask_view(account, chats[at]); };
    co_await for_each_index(chats.size(), options_.in_flight_max, view);
}

asio::awaitable<void> survey::ask_view(std::size_t account, chat_id chat) {
    if (is_lost(account)) {
        tell_progress();
        co_return;
    }
    telegram::bot_api::bot_account& bot = *accounts_[account].bot;
    findings::view view{
        .is = co_await patiently<telegram::membership>(
            account, text_of(chat), [&bot, chat] { return bot.get_membership(chat, bot.id()); }),
        .chat = {},
        .moved_to = {}};
    if (options_.describes && (view.is || view.is.error().code == errc::rejected)) {
        const chat_reference written = chat;
        auto described = co_await patiently<telegram::chat_info>(
            account, text_of(chat), [&bot, &written] { return bot.get_chat(written); });
        if (options_.probes && described && described->kind == chat_kind::group) {
            const auto moved = co_await patiently<chat_id>(
                account, text_of(chat), [&bot, chat] { return bot.moved_to(chat); });
            view.moved_to = moved.value_or(chat_id{});
        }
        if (described) view.chat = std::move(*described);
    }
    found_.views.insert_or_assign({account, chat}, std::move(view));
    tell_progress();
}

asio::awaitable<void> survey::describe(chat_id chat) {
    const chat_reference written = chat;
    for (std::size_t account = 0; account < accounts_.size(); ++account) {
        const auto seen = found_.views.find({account, chat});
        const bool is_in = seen != found_.views.end() && seen->second.is &&
                           seen->second.is->is_member && !is_lost(account);
        if (!is_in) continue;
        if (seen->second.chat) break;
        telegram::bot_api::bot_account& bot = *accounts_[account].bot;
        auto described = co_await patiently<telegram::chat_info>(
            account, text_of(chat), [&bot, &written] { return bot.get_chat(written); });
        if (!described) continue;
        seen->second.chat = std::move(*described);
        break;
    }
    tell_progress();
}

// 1 s doubling to 30 s: a program that starts before the network is up must come up with it.
template <class T, class Ask>
asio::awaitable<result<T>> survey::patiently(std::size_t account, std::string what, Ask ask) {
    telegram::bot_api::bot_account& bot = *accounts_[account].bot;
    const auto out_of_time = [&](std::string why) {
        return fail(errc::timed_out, fmt::format("account {}: {}: {}", bot.name(), what, why));
    };
    const time_point begun = timers_.now();
    duration pause = 1s;
    for (;;) {
        // Again after each sleep: another question of this account may have been refused since.
        while (bot.queries_held_until() > timers_.now()) {
            const time_point allowed = bot.queries_held_until();
            if (allowed >= options_.give_up) {
                co_return out_of_time("Telegram asks to wait longer than there is time");
            }
            co_await timers_.sleep_until(allowed);
        }
        if (timers_.now() >= options_.give_up) co_return out_of_time("there was no time to ask");
        result<T> answer = options_.give_up == time_point::max()
                               ? co_await ask()
                               : co_await with_deadline(timers_, options_.give_up, ask());
        if (answer) co_return answer;
        if (answer.error().code == errc::unauthorized) {
            found_.accounts[account].who = std::unexpected(answer.error());
        }
        if (!is_passing(answer.error().code)) co_return answer;
        const time_point again = timers_.now() + pause;
        if (again >= options_.give_up || again - begun > options_.patience) {
            // A deadline that cut the question off has said nothing about the account yet.
            if (answer.error().code == errc::timed_out) co_return out_of_time("no answer in time");
            co_return answer;
        }
        log_.warning("no answer yet", answer.error(),
                     {{"account", bot.name()}, {"about", what}, {"again_in", pause}});
        co_await timers_.sleep_until(timers_.now() + pause);
        pause = std::min<duration>(2 * pause, 30s);
    }
}

bool survey::is_lost(std::size_t account) const {
    return !found_.accounts[account].who.has_value();
}

void survey::tell_progress() {
    ++asked_;
    if (timers_.now() < say_next_ || asked_ == to_ask_) return;
    say_next_ = timers_.now() + progress_interval;
    log_.info("asking Telegram about accounts and chats", {{"done", asked_}, {"of", to_ask_}});
}

}  // namespace baudot::app
