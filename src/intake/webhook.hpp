#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "intake/poller.hpp"
#include "observe/log.hpp"
#include "telegram/bot_api/bot_account.hpp"

namespace baudot::intake {

/// The id of an update that a webhook brought. Telegram posts chats side by side, so that its own
/// id says nothing about lower ones, which may not have come yet: nobody may poll from there on.
inline constexpr update_id id_of_posted{-1};

struct webhook_options {
    telegram::bot_api::webhook_settings settings;
    duration look_interval = std::chrono::seconds(60);
};

/// Whether an update may be taken in right now. No: Telegram posts it again, for 24 hours.
using gate = std::function<bool()>;

/// The updates of one account, as Telegram posts them.
///
/// Guarantee (P1): an update is answered with 200 only after it has been accepted. Order: Telegram
/// posts the next update of a chat after the 200 of the one before, and side by side only those of
/// different chats; what is taken in here is accepted in the order of the calls.
///
/// run() sets the webhook, looks whether it stands, and again every `look_interval`: what Telegram
/// has to complain about is reported once. A webhook that somebody else has changed is a conflict,
/// reported and set again. Trouble is waited out as by the poller. Cancelled, it leaves the webhook
/// as it is: Telegram keeps the updates until the next start.
///
/// On one shard; everything passed in outlives it.
class webhook final : public update_source {
public:
    webhook(telegram::bot_api::bot_account& of, webhook_options options, acceptor accept,
            gate is_open, timer_service& timers, observe::logger log);

    boost::asio::awaitable<error> run() override;
    poller_state state() const override { return state_; }

    /// One request: the secret that came with it, and its body. Returns the HTTP status: 200; 401
    /// for a wrong secret, 400 for what is no update, 503 for not now. Never 410, for which
    /// Telegram would remove the webhook.
    boost::asio::awaitable<int> take(std::string_view secret, std::string_view body);

    std::uint64_t taken() const { return taken_; }
    std::uint64_t refused() const { return refused_; }  // wrong secrets

private:
    boost::asio::awaitable<result<void>> enroll();
    boost::asio::awaitable<result<void>> look();
    void tell(const error& trouble);
    void tell_last_error(const telegram::bot_api::webhook_info& found);

    telegram::bot_api::bot_account& of_;
    webhook_options options_;
    acceptor accept_;
    gate is_open_;
    timer_service& timers_;
    observe::logger log_;
    poller_state state_ = poller_state::starting;
    bool is_enrolled_ = false;
    std::uint32_t failures_ = 0;  // in a row
    std::int64_t told_error_of_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t refused_ = 0;
};

/// Takes a webhook of ours away, so that its account can be polled; what waits is kept. One with
/// another address than `url` is somebody else's and stays. Trouble is waited out;
/// errc::unauthorized ends it.
boost::asio::awaitable<result<void>> withdraw_webhook(telegram::bot_api::bot_account& of,
                                                      std::string url, timer_service& timers,
                                                      observe::logger log);

/// In a time that depends on the length of `given` alone.
bool is_same_secret(std::string_view given, std::string_view right) noexcept;

}  // namespace baudot::intake
