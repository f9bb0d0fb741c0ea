#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/accounts.hpp"
#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "observe/log.hpp"
#include "telegram/account.hpp"

namespace baudot::app {

struct survey_options {
    /// Trouble is waited out until then; what was not answered by then is errc::timed_out.
    time_point give_up = time_point::max();
    duration patience = duration::max();  // with the trouble of one question
    std::size_t in_flight_max = 8;        // requests of one account
    bool describes = false;               // titles and protection of chats, too
    bool probes = false;  // with it: webhooks, and where basic groups moved (shows "typing")
};

/// What Telegram says about the accounts and the chats of a configuration.
struct findings {
    struct account {
        std::string name;
        account_id id{};
        result<telegram::identity> who;
        telegram::bot_api::webhook_info webhook;  // when probed
    };
    /// One chat as one account sees it.
    struct view {
        result<telegram::membership> is;
        std::optional<telegram::chat_info> chat;  // when described
        chat_id moved_to{};                       // a basic group that is a supergroup now
    };

    std::vector<account> accounts;  // in the order of the configuration
    std::map<std::string, result<chat_id>> names;
    std::map<std::pair<std::size_t, chat_id>, view> views;  // by place in accounts

    result<chat_id> resolve(const chat_reference& written) const;
    const view* find(std::size_t account, chat_id chat) const;

    /// Without @, as far as it was asked; empty: none.
    std::map<chat_id, std::string> usernames() const;
};

/// Asks Telegram who the accounts are, which chats the names mean and what each account may do in
/// each chat. Accounts are asked side by side, each with a few requests in flight; a wait that
/// Telegram asks of one holds that one only. An account whose token is refused is asked no more
/// and stops no other. A survey that takes longer than two seconds says how far it is.
///
/// A name is looked up by the first account that knows it: Telegram allows about 200 a day.
///
/// On one shard; what is passed in outlives it.
class survey {
public:
    survey(std::vector<connected_account>& accounts, timer_service& timers, observe::logger log,
           survey_options options = {})
        : accounts_(accounts), timers_(timers), log_(std::move(log)), options_(options) {}

    /// Once. Those of `chats` that are in `named`, too, are described by one account that is in
    /// them, for their username; a name that is written is known.
    boost::asio::awaitable<findings> ask(std::span<const chat_reference> chats,
                                         std::span<const chat_reference> named = {});

private:
    boost::asio::awaitable<void> ask_who(std::size_t account);
    boost::asio::awaitable<void> resolve(std::pair<const std::string, result<chat_id>>& name);
    boost::asio::awaitable<void> ask_views(std::size_t account, std::span<const chat_id> chats);
    boost::asio::awaitable<void> ask_view(std::size_t account, chat_id chat);
    boost::asio::awaitable<void> describe(chat_id chat);

    template <class T, class Ask>
    boost::asio::awaitable<result<T>> patiently(std::size_t account, std::string what, Ask ask);
    bool is_lost(std::size_t account) const;
    void tell_progress();

    std::vector<connected_account>& accounts_;
    timer_service& timers_;
    observe::logger log_;
    survey_options options_;
    findings found_;
    std::size_t asked_ = 0;
    std::size_t to_ask_ = 0;
    time_point say_next_{};
};

}  // namespace baudot::app
