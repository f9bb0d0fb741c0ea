// Where updates come from: each account is polled, or Telegram posts to its webhook.
#include <fmt/format.h>

#include <random>

#include "app/node.hpp"
#include "app/startup.hpp"
#include "observe/secrets.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

// Telegram's updates are a few KiB; one of the largest message is below 200.
constexpr std::size_t post_bytes_max = 1 << 20;
// Beyond what Telegram opens: whoever else finds the port must not take its connections.
constexpr std::size_t spare_connections = 16;
// Posts that wait to become durable; more than all connections together bring at once only when
// Telegram gave up on some, and posts them again.
constexpr std::size_t arriving_max = 1'000;

std::string random_secret() {
    std::random_device entropy;  // style-ok: the composition root hands out secrets
    std::string made;
    for (int words = 0; words < 8; ++words) made += fmt::format("{:08x}", entropy());
    return made;
}

}  // namespace

result<void> node::begin_intake(const findings& found) {
    if (auto served = serve_posts(); !served) return served;
    for (std::size_t at = 0; at < accounts_.size(); ++at) {
        const connected_account& each = accounts_[at];
        sources_.emplace_back();
        if (is_lost(found, at)) {
            lost_.insert(each.bot->id());
            relay_->lose_account(each.bot->id());
            continue;
        }
        relay_->add_account(each.bot->id(), *each.bot);
        auto source = make_source(at);
        if (!source) return std::unexpected(source.error());
        sources_.back() = std::move(*source);
        listening_.spawn("intake", listen(at));
    }
    return {};
}

result<std::unique_ptr<intake::update_source>> node::make_source(std::size_t account) {
    telegram::bot_api::bot_account& bot = *accounts_[account].bot;
    intake::acceptor accept = [this](telegram::update_batch batch) {
        return relay_->accept(std::move(batch));
    };
    const observe::logger log = log_.named("intake");
    const auto& posted = settings_.accounts[account].webhook;
    if (!posted) {
        return std::make_unique<intake::poller>(bot, relay_->facts().cursor(bot.id()),
                                                std::move(accept), timers_, log);
    }
    const std::string secret = posted->secret.empty() ? random_secret() : posted->secret.reveal();
    if (auto hidden = observe::register_secret(secret); !hidden) {
        return std::unexpected(hidden.error());
    }
    if (auto marked = marks_.put(bot.id(), posted->url); !marked) {
        return std::unexpected(marked.error());
    }
    auto is_open = [this] {
        return !relay_->is_waiting_for_room() && relay_->arriving() < arriving_max;
    };
    auto made = std::make_unique<intake::webhook>(
        bot,
        intake::webhook_options{
            .settings = {.url = posted->url, .secret = secret, .connections = posted->connections}},
        std::move(accept), std::move(is_open), timers_, log);
    door_.add(posted->path(), [hook = made.get()](std::string_view given, std::string_view body) {
        return hook->take(given, body);
    });
    return made;
}

result<void> node::serve_posts() {
    if (!settings_.webhook) return {};
    std::size_t connections = spare_connections;
    for (const account_settings& each : settings_.accounts) {
        if (each.webhook) connections += each.webhook->connections;
    }
    auto server =
        http::make_server(io_.get_executor(), timers_,
                          {.address = settings_.webhook->address,
                           .port = settings_.webhook->port,
                           .connections_max = connections,
                           .body_bytes_max = post_bytes_max},
                          [this](http::request asked) { return door_.handle(std::move(asked)); });
    if (!server) return std::unexpected(server.error());
    posts_ = std::move(*server);
    tasks_.spawn("posts", posts_->run());
    log_.info("webhooks are served",
              {{"address", settings_.webhook->address}, {"port", posts_->port()}});
    return {};
}

asio::awaitable<void> node::listen(std::size_t account) {
    const result<void> is_mine = co_await take_over(account);
    const error ended = is_mine ? co_await sources_[account]->run() : is_mine.error();
    if (ended.code == errc::shutting_down) co_return;
    log_.error("an account listens no more", ended);
    if (ended.code == errc::unauthorized) lose(accounts_[account].bot->id());
}

// An account that had a webhook of ours and is polled again.
asio::awaitable<result<void>> node::take_over(std::size_t account) {
    telegram::bot_api::bot_account& bot = *accounts_[account].bot;
    const auto mark = marks_.find(bot.id());
    if (!mark || settings_.accounts[account].webhook) co_return result<void>{};
    auto gone = co_await intake::withdraw_webhook(bot, *mark, timers_, log_.named("intake"));
    if (gone) marks_.remove(bot.id());
    co_return gone;
}

}  // namespace baudot::app
