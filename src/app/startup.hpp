#pragma once

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "engine/roster.hpp"
#include "http/client.hpp"
#include "model/rule_set.hpp"
#include "observe/log.hpp"
#include "telegram/bot_api/bot_account.hpp"

namespace baudot::app {

/// An account of the configuration, connected. Sends and polls have pools of their own, so that a
/// burst of sends never delays the poll.
struct connected_account {
    std::unique_ptr<http::exchange> sends;
    std::unique_ptr<http::exchange> polls;
    std::unique_ptr<telegram::bot_api::bot_account> bot;
};

/// Registers the token as a secret and prepares the account; asks nobody yet.
/// errc::invalid_argument: token or `api` are not understood.
result<connected_account> connect(const boost::asio::any_io_executor& shard, timer_service& timers,
                                  const account_settings& from);

/// Asks Telegram who the accounts are, which chats the names mean and what each account may do in
/// each chat. Waits out trouble for as long as it lasts (and says so); errc::unauthorized when a
/// token is refused, errc::not_found when no account can see a chat that is named.
class survey {
public:
    survey(std::vector<connected_account>& accounts, timer_service& timers, observe::logger log)
        : accounts_(accounts), timers_(timers), log_(std::move(log)) {}

    boost::asio::awaitable<result<rule_set>> ask(const settings& from, engine::roster& roster);

private:
    template <class T, class Ask>
    boost::asio::awaitable<result<T>> patiently(const std::string& what, Ask ask);
    boost::asio::awaitable<result<chat_id>> resolve(const chat_text& written);
    boost::asio::awaitable<result<rule_set>> resolve_routes(const settings& from);
    boost::asio::awaitable<result<void>> learn(const rule_set& rules, engine::roster& roster);

    std::vector<connected_account>& accounts_;
    timer_service& timers_;
    observe::logger log_;
    std::map<std::string, chat_id> names_;
};

}  // namespace baudot::app
