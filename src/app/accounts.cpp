#include "app/accounts.hpp"

#include <utility>

#include "observe/secrets.hpp"

namespace baudot::app {
namespace {

result<connected_account> connect(const boost::asio::any_io_executor& shard, timer_service& timers,
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

}  // namespace

result<std::vector<connected_account>> connect_all(const boost::asio::any_io_executor& shard,
                                                   timer_service& timers, const settings& from) {
    std::vector<connected_account> all;
    for (const account_settings& each : from.accounts) {
        auto made = connect(shard, timers, each);
        if (!made) return std::unexpected(made.error());
        all.push_back(std::move(*made));
    }
    return all;
}

}  // namespace baudot::app
