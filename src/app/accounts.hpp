#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <vector>

#include "app/settings.hpp"
#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "http/client.hpp"
#include "telegram/bot_api/bot_account.hpp"

namespace baudot::app {

/// An account of the configuration, connected. Sends and polls have pools of their own, so that a
/// burst of sends never delays the poll.
struct connected_account {
    std::unique_ptr<http::exchange> sends;
    std::unique_ptr<http::exchange> polls;
    std::unique_ptr<telegram::bot_api::bot_account> bot;
};

/// Registers the tokens as secrets and prepares the accounts, in the order of the configuration;
/// asks nobody yet. errc::invalid_argument: a token or `api` is not understood.
result<std::vector<connected_account>> connect_all(const boost::asio::any_io_executor& shard,
                                                   timer_service& timers, const settings& from);

}  // namespace baudot::app
