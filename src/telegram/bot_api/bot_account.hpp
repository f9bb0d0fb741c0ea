#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/client.hpp"
#include "telegram/account.hpp"
#include "telegram/bot_api/answers.hpp"
#include "telegram/bot_api/requests.hpp"

namespace baudot::telegram::bot_api {

struct bot_account_options {
    std::string name;   // as configured, for logs and errors
    std::string token;  // a secret; make_bot_account() registers it with the log

    /// For a send. Below 30 s nothing is accepted: Telegram may hold a request for 11 s before it
    /// answers 429, and a send that is given up earlier is one that was delivered and is
    /// repeated (TELEGRAM.md 1.3).
    duration execute_timeout = std::chrono::seconds(60);
    duration query_timeout = std::chrono::seconds(30);
};

/// What a bot has seen that no caller could act on; for metrics.
struct bot_figures {
    std::size_t updates_unreadable = 0;
    std::size_t answers_repaired = 0;
};

/// A bot over the Bot API, at Telegram or at a local server: what `exchange` talks to decides.
///
/// poll() keeps what Telegram asks of a poller by itself: it spaces repeats of one offset, and
/// while a wait asked for by Telegram is not over it sleeps, up to `wait`, and then answers
/// errc::refused without a request. After errc::conflict the caller backs off, 1, 2, 4, 8 s for
/// about a minute, before it believes in a second instance: the server takes up to 50 s to
/// notice that an earlier run of ours has died.
class bot_account : public account {
public:
    virtual const bot_figures& figures() const = 0;
    virtual account_id id() const = 0;  // from the token; get_me() confirms it

    /// Until when Telegram last asked queries to wait (errc::refused); in the past when it did
    /// not. A query that is made earlier goes out all the same: whoever asks much looks here.
    virtual time_point queries_held_until() const = 0;

    /// While a webhook is set every poll() is errc::conflict. The server knows one setWebhook a
    /// second. Neither of the two drops what waits.
    virtual boost::asio::awaitable<result<webhook_info>> get_webhook_info() = 0;
    virtual boost::asio::awaitable<result<void>> set_webhook(const webhook_settings& what) = 0;
    virtual boost::asio::awaitable<result<void>> delete_webhook() = 0;

    /// An update as Telegram posts it to the webhook; errc::bad_answer when it is none.
    virtual result<update> read_posted(std::string_view body) = 0;

    /// The supergroup that a basic group became; chat_id{} when it became none. Shows "typing" in
    /// the chat: of what only looks, nothing gets Telegram to tell.
    virtual boost::asio::awaitable<result<chat_id>> moved_to(chat_id chat) = 0;

    /// The chats of the updates that wait, at most 100 updates, each chat once. Confirms
    /// nothing, waits for nothing and leaves allowed_updates as they are. Never beside a poll()
    /// of the same bot, in whatever process: Telegram ends the one that waits (409).
    virtual boost::asio::awaitable<result<std::vector<chat_info>>> peek_chats() = 0;
};

/// `sends` and `polls` may be one: two keep a burst of sends from delaying the poll. Both, and
/// `timers`, outlive the account. errc::invalid_argument: the token has not the form of one, or
/// a timeout is too short.
result<std::unique_ptr<bot_account>> make_bot_account(timer_service& timers, http::exchange& sends,
                                                      http::exchange& polls,
                                                      bot_account_options options);

}  // namespace baudot::telegram::bot_api
