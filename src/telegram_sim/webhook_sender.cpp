#include "telegram_sim/webhook_sender.hpp"

#include <optional>
#include <string>
#include <utility>

#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

constexpr duration answer_timeout = 60s;  // TELEGRAM.md 2.2
constexpr duration gone_for_good = 23h;   // of answers 410
constexpr int gone = 410;
constexpr const char* secret_header = "X-Telegram-Bot-Api-Secret-Token";

bool is_success(const result<http::response>& answered) noexcept {
    return answered && answered->status >= 200 && answered->status < 300;
}

// In the words of getWebhookInfo.
std::string trouble_text(const result<http::response>& answered) {
    if (answered) {
        std::string text = "Wrong response from the webhook: " + std::to_string(answered->status);
        return text.append(" ").append(http::reason(answered->status));
    }
    switch (answered.error().code) {
        case errc::timed_out: return "Read timeout expired";
        case errc::connection_failed: return "Can't connect to the webhook";
        case errc::bad_answer: return "Wrong response from the webhook";
        default: return "Webhook connection closed";
    }
}

std::int64_t retry_after(const http::response& from) {
    return to_integer(http::find(from.headers, "Retry-After")).value_or(0);
}

http::request request_of(const webhook& hook, std::string body) {
    http::request out{.method = "POST", .target = hook.with.target(), .body = std::move(body)};
    out.headers.emplace_back("Content-Type", "application/json");
    if (!hook.with.secret_token.empty()) {
        out.headers.emplace_back(secret_header, hook.with.secret_token);
    }
    return out;
}

// The arguments of a call, in the forms that a request has. Nothing: no call.
std::optional<params> call_of(http::response& from) {
    if (from.body.empty()) return std::nullopt;
    http::request as{
        .method = "POST", .headers = std::move(from.headers), .body = std::move(from.body)};
    auto read = params::parse(std::move(as));
    if (!read) return std::nullopt;
    return std::move(*read);
}

}  // namespace

void webhook_sender::start(user_id bot, std::shared_ptr<webhook> hook) {
    tasks_.spawn("webhook", run(bot, at_.line(bot), std::move(hook)));
}

asio::awaitable<void> webhook_sender::run(user_id bot, std::shared_ptr<bot_line> line,
                                          std::shared_ptr<webhook> hook) {
    while (!hook->is_over) {
        while (auto next = hook->schedule.next(line->updates, at_.timers().now())) {
            tasks_.spawn("update", deliver(bot, line, hook, std::move(*next)));
        }
        co_await hook->changed.wait_until(at_.timers(), hook->schedule.look_again());
    }
}

asio::awaitable<void> webhook_sender::deliver(user_id bot, std::shared_ptr<bot_line> line,
                                              std::shared_ptr<webhook> hook,
                                              webhook_schedule::delivery what) {
    const time_point begun = at_.timers().now();
    auto answered =
        co_await hook->to->send(request_of(*hook, std::move(what.body)), begun + answer_timeout);
    if (hook->is_over) co_return;
    log_.debug("update", {{"bot", bot},
                          {"update", what.update_id},
                          {"status", answered ? answered->status : 0},
                          {"took", at_.timers().now() - begun}});
    note(bot, *line, *hook, what.update_id, answered);
    hook->changed.ring();
    if (!is_success(answered)) co_return;
    if (auto call = call_of(*answered)) co_await bots_.obey_webhook(std::move(*call), bot);
}

void webhook_sender::note(user_id bot, bot_line& line, webhook& hook, std::int64_t update_id,
                          const result<http::response>& answered) {
    const time_point now = at_.timers().now();
    if (is_success(answered)) {
        ++hook.delivered;
        hook.gone_since.reset();
        hook.schedule.delivered(line.updates, update_id, now);
        return;
    }
    ++hook.failed;
    hook.last_error = {unix_seconds(at_.timers().wall_now()), trouble_text(answered)};
    const auto link = answered ? webhook_schedule::link::kept : webhook_schedule::link::lost;
    hook.schedule.failed(line.updates, update_id, link, answered ? retry_after(*answered) : 0, now);
    if (!answered) return;
    if (answered->status != gone) {
        hook.gone_since.reset();
    } else if (!hook.gone_since) {
        hook.gone_since = now;
    } else if (now > *hook.gone_since + gone_for_good) {
        at_.remove_webhook(bot);
    }
}

}  // namespace baudot::telegram_sim
