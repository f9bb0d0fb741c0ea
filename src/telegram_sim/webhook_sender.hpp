#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>

#include "async/task_group.hpp"
#include "observe/log.hpp"
#include "telegram_sim/bot_door.hpp"
#include "telegram_sim/local_telegram.hpp"
#include "telegram_sim/webhook.hpp"

namespace baudot::telegram_sim {

/// Takes updates to the webhooks: what goes when is webhook_schedule's to say.
///
/// On one shard. Its coroutines are in `tasks`, which must end before this does.
class webhook_sender {
public:
    webhook_sender(local_telegram& at, bot_door& bots, task_group& tasks, observe::logger log)
        : at_(at), bots_(bots), tasks_(tasks), log_(std::move(log)) {}

    /// Until it is over.
    void start(user_id bot, std::shared_ptr<webhook> hook);

private:
    boost::asio::awaitable<void> run(user_id bot, std::shared_ptr<bot_line> line,
                                     std::shared_ptr<webhook> hook);
    boost::asio::awaitable<void> deliver(user_id bot, std::shared_ptr<bot_line> line,
                                         std::shared_ptr<webhook> hook,
                                         webhook_schedule::delivery what);
    void note(user_id bot, bot_line& line, webhook& hook, std::int64_t update_id,
              const result<http::response>& answered);

    local_telegram& at_;
    bot_door& bots_;
    task_group& tasks_;
    observe::logger log_;
};

}  // namespace baudot::telegram_sim
