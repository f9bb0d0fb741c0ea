#include "intake/poller.hpp"

#include <algorithm>
#include <utility>

namespace baudot::intake {
namespace {

using namespace std::chrono_literals;

duration pause_after(std::uint32_t failures, errc code) {
    const duration longest = code == errc::conflict ? 8s : 30s;
    return std::min<duration>(longest, 1s * (1U << std::min(failures, 5U)));
}

}  // namespace

poller::poller(telegram::account& from, update_id confirmed, acceptor accept, timer_service& timers,
               observe::logger log, poller_options options)
    : from_(from),
      confirmed_(confirmed),
      accept_(std::move(accept)),
      timers_(timers),
      log_(std::move(log)),
      options_(options) {}

boost::asio::awaitable<error> poller::run() {
    for (;;) {
        result<telegram::update_batch> batch = co_await from_.poll(confirmed_, options_.wait);
        if (!batch && batch.error().code == errc::unauthorized) {
            state_ = poller_state::lost;
            log_.error(
                "the token of this account was refused; it listens no more until the "
                "token is mended and Baudot restarted",
                batch.error(), {{"account", from_.name()}});
            co_return std::move(batch).error();
        }
        if (!batch) {
            co_await wait_out(batch.error());
            continue;
        }
        recovered();
        if (batch->empty()) continue;
        // Ids may restart at a lower number (TELEGRAM.md 2.1), so the last one counts.
        const update_id next{std::to_underlying(batch->back().id) + 1};
        result<void> durable = co_await accept_(std::move(*batch));
        if (!durable) co_return std::move(durable).error();
        confirmed_ = next;
    }
}

boost::asio::awaitable<void> poller::wait_out(const error& trouble) {
    const time_point now = timers_.now();
    const bool is_conflict = trouble.code == errc::conflict;
    if (failures_ == 0) {
        trouble_began_ = now;
        if (is_conflict) {
            // Telegram answers a connection that died with its program for as long as its poll.
            log_.info(
                "the updates of this bot are being fetched elsewhere; trying again: after a crash "
                "it may be our own last run, for up to 50 s",
                {{"account", from_.name()}});
        } else {
            log_.warning("no updates can be fetched", trouble, {{"account", from_.name()}});
        }
    }
    if (is_conflict && !is_told_ && now - trouble_began_ >= options_.conflict_grace) {
        is_told_ = true;
        log_.error(
            "another program fetches the updates of this bot, or a webhook is set: stop "
            "it, or give Baudot a bot of its own",
            trouble, {{"account", from_.name()}});
    }
    state_ = is_conflict ? poller_state::conflict : poller_state::waiting;
    co_await timers_.sleep_until(now + pause_after(failures_++, trouble.code));
}

void poller::recovered() {
    if (failures_ > 0 && trouble_began_ != time_point{}) {
        log_.info("updates arrive again",
                  {{"account", from_.name()}, {"silent_for", timers_.now() - trouble_began_}});
    }
    failures_ = 0;
    is_told_ = false;
    state_ = poller_state::listening;
}

}  // namespace baudot::intake
