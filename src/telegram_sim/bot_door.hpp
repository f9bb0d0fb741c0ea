#pragma once

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "http/server.hpp"
#include "observe/log.hpp"
#include "telegram_sim/bot_methods.hpp"
#include "telegram_sim/local_telegram.hpp"
#include "telegram_sim/params.hpp"

namespace baudot::telegram_sim {

/// The Bot API over HTTP: /bot<token>/METHOD and /file/bot<token>/PATH, by GET or POST.
///
/// A request is judged by the gate when it arrives (limits, faults, latency), then acts, then is
/// answered as the gate said. On one shard; suspends only to wait for time or for updates.
class bot_door {
public:
    /// `log`: a debug line for each request, without its token.
    bot_door(local_telegram& at, observe::logger log) : at_(at), log_(std::move(log)) {}

    /// True for the paths of this door.
    static bool owns(std::string_view path) noexcept;

    /// Cancelling it is the client leaving: an act that has not begun never happens.
    boost::asio::awaitable<http::answer> handle(params what);

    /// What a webhook's answer asks for: the call named by the argument `method`. What comes of
    /// it nobody learns.
    boost::asio::awaitable<void> obey_webhook(params what, user_id bot);

private:
    struct address {
        user_id bot{};
        std::string_view rest;  // the method, or the path of a file
    };
    std::expected<address, api_error> find_bot(std::string_view path) const;

    boost::asio::awaitable<http::answer> run(params what, user_id bot, std::string_view method);
    boost::asio::awaitable<http::answer> obey(const params& what, user_id bot,
                                              const method_entry* method);
    boost::asio::awaitable<api_result<std::string>> get_updates(update_queue::request what,
                                                                user_id bot);
    load cost_of(const params& what, user_id bot, const method_entry* method) const;

    local_telegram& at_;
    observe::logger log_;
};

/// {"ok":false,...} with Telegram's status and, for 429, the Retry-After header.
http::answer error_answer(const api_error& why);

}  // namespace baudot::telegram_sim
