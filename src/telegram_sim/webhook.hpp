#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "async/timer_service.hpp"
#include "http/client.hpp"
#include "telegram_sim/api_error.hpp"
#include "telegram_sim/bell.hpp"
#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/webhook_schedule.hpp"

namespace baudot::telegram_sim {

/// What a bot said with setWebhook.
struct webhook_settings {
    std::string url;
    std::string secret_token;
    std::string ip_address;   // to connect to, whatever the host's name says
    std::string certificate;  // PEM, to be trusted instead of the system's
    std::size_t connections_max = 0;

    /// What follows the authority in `url`.
    std::string target() const;

    friend bool operator==(const webhook_settings&, const webhook_settings&) = default;
};

/// Which webhooks are taken, as the options of the server say.
struct webhook_rules {
    bool is_strict = false;  // https on four ports and no private address, as in the cloud
    bool is_local = false;   // more connections, as a Bot API server with --local
};

/// From the arguments of setWebhook with an address. Errors are 400 in Telegram's words.
api_result<webhook_settings> read_webhook(const params& from, webhook_rules rules);

/// Opens what updates of a webhook are sent through. Its error is told to the bot.
using webhook_opener =
    std::function<result<std::unique_ptr<http::exchange>>(const webhook_settings&)>;
/// Over TCP, and TLS where the address says so.
webhook_opener make_webhook_opener(boost::asio::any_io_executor shard, timer_service& timers);

/// One webhook, from its setWebhook until another takes its place. Lives on while requests of it
/// are under way.
struct webhook {
    webhook(webhook_settings wanted, std::unique_ptr<http::exchange> opened, std::uint64_t seed)
        : with(std::move(wanted)), to(std::move(opened)), schedule(seed, with.connections_max) {}

    const webhook_settings with;
    const std::unique_ptr<http::exchange> to;
    webhook_schedule schedule;
    bell changed;          // updates came, an answer came, or it is over
    bool is_over = false;  // what is still answered no longer counts

    struct trouble {
        std::int64_t date = 0;
        std::string message;
    };
    std::optional<trouble> last_error{};
    std::optional<time_point> gone_since{};  // each answer since then was a 410
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;
};

/// WebhookInfo. `hook` may be null.
void append_webhook_info(json_writer& json, const webhook* hook, update_queue& queue,
                         time_point now);

}  // namespace baudot::telegram_sim
