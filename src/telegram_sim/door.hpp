#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <string>

#include "async/task_group.hpp"
#include "async/timer_service.hpp"
#include "http/server.hpp"
#include "observe/log.hpp"
#include "telegram_sim/bot_door.hpp"
#include "telegram_sim/control.hpp"
#include "telegram_sim/local_telegram.hpp"
#include "telegram_sim/webhook_sender.hpp"

namespace baudot::telegram_sim {

struct door_options {
    local_telegram_options telegram{};
    std::string data{};     // folder that the control API may read files from; empty: none
    observe::logger log{};  // debug: a line for each request of a bot and each webhook's answer
    webhook_opener open_webhook{};  // empty: over the network
};

/// The local Telegram over HTTP: Bot API and control API. handle() is an http::handler, so it
/// serves sockets and, in process, tests and the simulation under virtual time.
///
/// All on `shard`. Before destruction stop() and join().
class door {
public:
    door(const boost::asio::any_io_executor& shard, timer_service& timers, door_options options);

    /// Cancelling it is the client leaving.
    boost::asio::awaitable<http::answer> handle(http::request what);

    local_telegram& telegram() noexcept { return telegram_; }
    const local_telegram& telegram() const noexcept { return telegram_; }

    /// Ends replays and webhooks.
    void stop();
    boost::asio::awaitable<void> join() { return tasks_.join(); }

private:
    observe::logger log_;
    local_telegram telegram_;
    bot_door bots_;
    task_group tasks_;
    webhook_sender webhooks_;
    control control_;
};

}  // namespace baudot::telegram_sim
