#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/operation.hpp"
#include "model/rule_set.hpp"

namespace baudot::telegram::bot_api {

// Sans I/O: what is asked, as method name and JSON body. Pure; any thread.

/// Where Telegram shall post the updates of a bot.
struct webhook_settings {
    std::string url;
    std::string secret;              // comes back in X-Telegram-Bot-Api-Secret-Token
    std::uint32_t connections = 40;  // at once, 1 to 100
};

struct call {
    std::string_view method;  // static
    std::string body;
};

call get_me();
call get_chat(const chat_reference& chat);
call get_chat_member(chat_id chat, account_id member);
call get_webhook_info();

/// With the updates of get_updates(), and without dropping what waits.
call set_webhook(const webhook_settings& what);
call delete_webhook();
call send_chat_action(chat_id chat);  // "typing"

/// `wait` is cut to whole seconds in 0..50, which is what the server honours (TELEGRAM.md 2.1).
/// allowed_updates is always explicit, because the server remembers the last list it was given.
call get_updates(update_id offset, duration wait);

/// What waits, at once and without confirming any of it. allowed_updates is left out on purpose:
/// the server keeps the last list, and a look must not change what whoever runs the bot gets.
call peek_updates();

/// One request for one operation.
call perform(const operation& what, chat_id destination);

/// The server's own maximum; it silently shortens what is longer.
inline constexpr duration long_poll_max = std::chrono::seconds(50);

}  // namespace baudot::telegram::bot_api
