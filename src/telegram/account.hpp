#pragma once

#include <boost/asio/awaitable.hpp>

#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/message.hpp"
#include "model/operation.hpp"
#include "model/outcome.hpp"
#include "model/rule_set.hpp"
#include "model/update.hpp"

namespace baudot::telegram {

/// Who the account is: getMe.
struct identity {
    account_id id{};
    std::string username;  // without @
    bool can_read_all_group_messages = false;
};

struct chat_info {
    chat_id id{};
    chat_kind kind = chat_kind::unknown;
    std::string title;
    std::string username;
    bool has_protected_content = false;
};

/// What this account may do in a chat: its own getChatMember.
struct membership {
    bool is_member = false;  // sees the chat's messages
    bool can_post = false;   // may send text
    bool can_send_media = false;
    std::string status;  // Telegram's own: administrator, member, left, kicked, ...
};

/// Updates in the order of the account's stream.
using update_batch = std::vector<update>;

/// One account of Telegram, behind whatever protocol. Called on the owning shard only; calls
/// may overlap. An account never retries a send by itself and never waits out a limit: retries
/// have one owner, dispatch.
///
/// Errors of the queries (not of execute): errc::unauthorized (stop the account),
/// errc::conflict (another instance or a webhook), errc::refused (wait; `message` says how
/// long), errc::rejected, errc::connection_failed, errc::connection_lost, errc::timed_out,
/// errc::bad_answer (a proxy's HTML, not JSON). Cancelling any call is terminal for its
/// connection and throws system_error(operation_aborted).
class account {
public:
    virtual ~account() = default;

    /// The configured name, for logs and errors.
    virtual const std::string& name() const = 0;

    virtual boost::asio::awaitable<result<identity>> get_me() = 0;
    virtual boost::asio::awaitable<result<chat_info>> get_chat(chat_reference chat) = 0;
    virtual boost::asio::awaitable<result<membership>> get_membership(chat_id chat,
                                                                      account_id self) = 0;

    /// The next updates, waiting up to `wait` for the first. `confirmed`: every update with an
    /// id below it is durable and may be forgotten by Telegram (P1); update_id{0}: none known.
    virtual boost::asio::awaitable<result<update_batch>> poll(update_id confirmed,
                                                              duration wait) = 0;

    /// One request, one outcome; every failure is an outcome. `what` outlives the awaitable.
    virtual boost::asio::awaitable<outcome> execute(const operation& what, chat_id destination) = 0;
};

}  // namespace baudot::telegram
