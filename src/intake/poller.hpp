#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "observe/log.hpp"
#include "telegram/account.hpp"

namespace baudot::intake {

/// Makes a batch durable; returns when it is. errc::shutting_down: intake is closed.
using acceptor = std::function<boost::asio::awaitable<result<void>>(telegram::update_batch)>;

struct poller_options {
    duration wait = std::chrono::seconds(50);  // of one poll; Telegram allows no more

    /// So long another instance may be what is left of our own last run: the server takes up to
    /// 50 s to notice that a connection died (TELEGRAM.md 2.1).
    duration conflict_grace = std::chrono::seconds(60);
};

/// How an account's intake stands; for readiness and for people.
enum class poller_state : std::uint8_t {
    starting,  // nothing has been answered yet
    listening,
    waiting,   // Telegram cannot be reached or asks to wait
    conflict,  // another program fetches the updates, or they are posted elsewhere; it goes on
               // trying
    lost,      // the token was refused; it has ended
};

/// Where an account's updates come from.
class update_source {
public:
    virtual ~update_source() = default;

    /// Until it is cancelled, the account is lost or intake is closed; then the reason.
    virtual boost::asio::awaitable<error> run() = 0;
    virtual poller_state state() const = 0;
};

/// The update stream of one account: poll, make durable, confirm, again.
///
/// Guarantee (P1): what poll() is told to confirm has been accepted before. A batch that could
/// not be made durable is never confirmed; Telegram keeps it.
///
/// Trouble is waited out, 1 s doubling to 30 s (8 s for a conflict), and reported once when it
/// begins and once when it is over. Only a refused token ends it, and errors of the acceptor.
/// On one shard; everything passed in outlives run().
class poller final : public update_source {
public:
    poller(telegram::account& from, update_id confirmed, acceptor accept, timer_service& timers,
           observe::logger log, poller_options options = {});

    boost::asio::awaitable<error> run() override;
    poller_state state() const override { return state_; }

private:
    boost::asio::awaitable<void> wait_out(const error& trouble);
    void recovered();

    telegram::account& from_;
    update_id confirmed_;
    acceptor accept_;
    timer_service& timers_;
    observe::logger log_;
    poller_options options_;
    poller_state state_ = poller_state::starting;
    std::uint32_t failures_ = 0;  // in a row
    time_point trouble_began_{};
    bool is_told_ = false;  // the operator knows of this conflict
};

}  // namespace baudot::intake
