#include "intake/webhook.hpp"

#include <algorithm>
#include <utility>

namespace baudot::intake {
namespace {

using namespace std::chrono_literals;
using telegram::bot_api::host_of;
using telegram::bot_api::webhook_info;

duration pause_after(std::uint32_t failures) {
    return std::min<duration>(30s, 1s * (1U << std::min(failures, 5U)));
}

}  // namespace

bool is_same_secret(std::string_view given, std::string_view right) noexcept {
    // Without a branch on a byte of either, and to the end of what was given.
    unsigned differs = given.size() == right.size() ? 0 : 1;
    for (std::size_t at = 0; at < given.size(); ++at) {
        const char wanted = right.empty() ? '\0' : right[at % right.size()];
        differs |= static_cast<unsigned char>(given[at]) ^ static_cast<unsigned char>(wanted);
    }
    return differs == 0 && !right.empty();
}

webhook::webhook(telegram::bot_api::bot_account& of, webhook_options options, acceptor accept,
                 gate is_open, timer_service& timers, observe::logger log)
    : of_(of),
      options_(std::move(options)),
      accept_(std::move(accept)),
      is_open_(std::move(is_open)),
      timers_(timers),
      log_(std::move(log)) {}

boost::asio::awaitable<int> webhook::take(std::string_view secret, std::string_view body) {
    if (!is_same_secret(secret, options_.settings.secret)) {
        ++refused_;
        co_return 401;
    }
    if (!is_open_()) co_return 503;
    result<update> posted = of_.read_posted(body);
    if (!posted) {
        log_.warning("what came with the right secret is no update", posted.error(),
                     {{"account", of_.name()}, {"bytes", body.size()}});
        co_return 400;
    }
    posted->id = id_of_posted;
    telegram::update_batch batch;
    batch.push_back(std::move(*posted));
    const result<void> durable = co_await accept_(std::move(batch));
    if (!durable) co_return 503;
    ++taken_;
    co_return 200;
}

boost::asio::awaitable<error> webhook::run() {
    for (;;) {
        const result<void> stands = is_enrolled_ ? co_await look() : co_await enroll();
        if (!stands && stands.error().code == errc::unauthorized) {
            state_ = poller_state::lost;
            log_.error(
                "the token of this account was refused; it listens no more until the "
                "token is mended and Baudot restarted",
                stands.error(), {{"account", of_.name()}});
            co_return stands.error();
        }
        if (stands) {
            if (state_ != poller_state::listening) {
                log_.info("updates are posted to the webhook",
                          {{"account", of_.name()}, {"host", host_of(options_.settings.url)}});
            }
            state_ = poller_state::listening;
            failures_ = 0;
        } else {
            tell(stands.error());
        }
        // A program that fights for the webhook is not to be fought at its own pace.
        const bool may_rest = stands || stands.error().code == errc::conflict;
        const duration pause = may_rest ? options_.look_interval : pause_after(failures_++);
        co_await timers_.sleep_until(timers_.now() + pause);
    }
}

boost::asio::awaitable<result<void>> webhook::enroll() {
    if (auto set = co_await of_.set_webhook(options_.settings); !set) co_return set;
    co_return co_await look();
}

boost::asio::awaitable<result<void>> webhook::look() {
    const auto found = co_await of_.get_webhook_info();
    if (!found) co_return std::unexpected(found.error());
    is_enrolled_ = found->url == options_.settings.url;
    if (is_enrolled_) {
        tell_last_error(*found);
        co_return result<void>{};
    }
    co_return fail(errc::conflict, found->url.empty()
                                       ? "no webhook is set"
                                       : "the webhook posts to " + host_of(found->url));
}

void webhook::tell(const error& trouble) {
    const bool is_conflict = trouble.code == errc::conflict;
    const poller_state now = is_conflict ? poller_state::conflict : poller_state::waiting;
    if (std::exchange(state_, now) == now) return;
    if (is_conflict) {
        log_.error(
            "another program has changed the webhook of this bot: stop it, or give Baudot a bot of "
            "its own; it is set again",
            trouble, {{"account", of_.name()}});
    } else {
        log_.warning("the webhook can be neither set nor looked at", trouble,
                     {{"account", of_.name()}});
    }
}

// Of an hour before this start, too: it is what explains that nothing comes.
void webhook::tell_last_error(const webhook_info& found) {
    if (found.last_error_date == told_error_of_) return;
    told_error_of_ = found.last_error_date;
    log_.warning("Telegram could not post to the webhook",
                 {{"account", of_.name()},
                  {"telegram_said", found.last_error_message},
                  {"at", found.last_error_date},
                  {"updates_that_wait", found.pending}});
}

boost::asio::awaitable<result<void>> withdraw_webhook(telegram::bot_api::bot_account& of,
                                                      std::string url, timer_service& timers,
                                                      observe::logger log) {
    for (std::uint32_t failures = 0;; ++failures) {
        const auto found = co_await of.get_webhook_info();
        if (found && found->url != url) co_return result<void>{};
        const result<void> done =
            found ? co_await of.delete_webhook() : std::unexpected(found.error());
        if (done) {
            log.info("the webhook of an account is taken away: it is polled now",
                     {{"account", of.name()}, {"updates_that_wait", found->pending}});
            co_return done;
        }
        if (done.error().code == errc::unauthorized) co_return done;
        if (failures == 0) {
            log.warning("the webhook of an account cannot be taken away", done.error(),
                        {{"account", of.name()}});
        }
        co_await timers.sleep_until(timers.now() + pause_after(failures));
    }
}

}  // namespace baudot::intake
