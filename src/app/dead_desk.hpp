#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>

#include "app/dead_request.hpp"
#include "base/error.hpp"
#include "engine/relay.hpp"

namespace baudot::app {

/// Who could deliver a letter that nobody could, as far as is known now; 0: nobody. It may ask
/// Telegram.
using find_sender =
    std::function<boost::asio::awaitable<account_id>(const engine::dead_letter& letter)>;

/// Does what `baudot dead` asks for; the answer is one line of JSON:
///
///     list, show    {"letters": [LETTER...], "more": whether `limit` left some out}
///     retry         {"letters": [{"letter", "retried_as"} or {"letter", "refused": why}...]}
///     drop          {"letters": [{"letter"} or {"letter", "refused": why}...]}
///
/// retry is in the order in which the letters were planned. For retry and drop run() of the relay
/// must be under way, and `sender_of` may be empty. The relay's errors.
boost::asio::awaitable<result<std::string>> attend_dead(engine::relay& relay, dead_request what,
                                                        find_sender sender_of);

}  // namespace baudot::app
