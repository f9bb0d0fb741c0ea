#include "telegram/bot_api/bot_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "observe/secrets.hpp"
#include "telegram/bot_api/errors.hpp"
#include "telegram/bot_api/poll_pacer.hpp"
#include "telegram/bot_api/token.hpp"

namespace baudot::telegram::bot_api {
namespace asio = boost::asio;
namespace {

constexpr duration execute_timeout_min = std::chrono::seconds(30);
// Beyond the poll's own wait: the way there and back, and the 3 s that the server adds to
// conflicts and to short polls.
constexpr duration poll_margin = std::chrono::seconds(30);

class http_bot_account final : public bot_account {
public:
    http_bot_account(timer_service& timers, http::exchange& sends, http::exchange& polls,
                     bot_account_options options, account_id id)
        : timers_(timers), sends_(sends), polls_(polls), options_(std::move(options)), id_(id) {}

    const std::string& name() const override { return options_.name; }
    const bot_figures& figures() const override { return figures_; }
    account_id id() const override { return id_; }
    time_point queries_held_until() const override { return queries_held_until_; }

    asio::awaitable<result<identity>> get_me() override {
        const call what = bot_api::get_me();
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.identity_of(*answered));
    }

    asio::awaitable<result<chat_info>> get_chat(chat_reference chat) override {
        const call what = bot_api::get_chat(chat);
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.chat_of(*answered));
    }

    asio::awaitable<result<membership>> get_membership(chat_id chat, account_id self) override {
        const call what = get_chat_member(chat, self);
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.membership_of(*answered));
    }

    asio::awaitable<result<webhook_info>> get_webhook_info() override {
        const call what = bot_api::get_webhook_info();
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.webhook_of(*answered));
    }

    asio::awaitable<result<void>> set_webhook(const webhook_settings& settings) override {
        return done(bot_api::set_webhook(settings));
    }

    asio::awaitable<result<void>> delete_webhook() override {
        return done(bot_api::delete_webhook());
    }

    result<update> read_posted(std::string_view body) override {
        auto received = reader_.update_posted(body, id_);
        if (!received) return std::unexpected(std::move(received.error()));
        figures_.updates_unreadable += received->unreadable;
        figures_.answers_repaired += received->repaired ? 1 : 0;
        return std::move(received->updates.front());
    }

    asio::awaitable<result<chat_id>> moved_to(chat_id chat) override {
        const call what = send_chat_action(chat);
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.migration_of(*answered));
    }

    asio::awaitable<result<std::vector<chat_info>>> peek_chats() override {
        const call what = peek_updates();
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.chats_of_updates(*answered));
    }

    asio::awaitable<result<update_batch>> poll(update_id confirmed, duration wait) override {
        const time_point allowed = pacer_.earliest(confirmed);
        const time_point patience = timers_.now() + wait;
        if (pacer_.hold_until() > patience) {
            co_await timers_.sleep_until(patience);
            co_return fail(errc::refused, held_message());
        }
        if (allowed > timers_.now()) co_await timers_.sleep_until(allowed);

        const call what = get_updates(confirmed, wait);
        const time_point asked_at = timers_.now();
        pacer_.asked(confirmed, asked_at);
        const duration patience_of_server = std::clamp(wait, duration::zero(), long_poll_max);
        auto answered =
            co_await polls_.send(request_for(what), asked_at + patience_of_server + poll_margin);
        if (!answered) co_return std::unexpected(named(what, std::move(answered.error())));

        auto received = reader_.updates_of(*answered, id_);
        if (!received) {
            pacer_.hold(timers_.now() + reader_.last_wait());
            co_return std::unexpected(named(what, std::move(received.error())));
        }
        figures_.updates_unreadable += received->unreadable;
        figures_.answers_repaired += received->repaired ? 1 : 0;
        co_return std::move(received->updates);
    }

    asio::awaitable<outcome> execute(const operation& what, chat_id destination) override {
        auto answered = co_await sends_.send(request_for(perform(what, destination)),
                                             timers_.now() + options_.execute_timeout);
        outcome settled =
            answered ? reader_.outcome_of_send(*answered) : outcome_of(answered.error());
        if (!settled.description.empty()) {
            settled.description = without_token(std::move(settled.description), options_.token);
        }
        co_return settled;
    }

private:
    // The token is in the target and nowhere else.
    http::request request_for(call what) const {
        return {.method = "POST",
                .target = fmt::format("/bot{}/{}", options_.token, what.method),
                .headers = {{"Content-Type", "application/json"}},
                .body = std::move(what.body)};
    }

    asio::awaitable<result<http::response>> query(const call& what) {
        auto answered =
            co_await sends_.send(request_for(what), timers_.now() + options_.query_timeout);
        if (!answered) co_return std::unexpected(named(what, std::move(answered.error())));
        co_return answered;
    }

    asio::awaitable<result<void>> done(call what) {
        auto answered = co_await query(what);
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        co_return settled(what, reader_.done_of(*answered));
    }

    error named(const call& what, error failure) const {
        failure.message = without_token(
            fmt::format("account {}: {}: {}", options_.name, what.method, failure.message),
            options_.token);
        return failure;
    }

    // Right after the reader read the answer: the wait is that of its last one.
    template <class Value>
    result<Value> settled(const call& what, result<Value> answered) {
        if (answered) return answered;
        queries_held_until_ = std::max(queries_held_until_, timers_.now() + reader_.last_wait());
        return std::unexpected(named(what, std::move(answered.error())));
    }

    std::string held_message() const {
        const auto left = std::chrono::ceil<std::chrono::seconds>(
            std::max(duration::zero(), pacer_.hold_until() - timers_.now()));
        return fmt::format("account {}: getUpdates: Telegram asked to wait, {} s are left",
                           options_.name, left.count());
    }

    timer_service& timers_;
    http::exchange& sends_;
    http::exchange& polls_;
    const bot_account_options options_;
    const account_id id_;
    answer_reader reader_;
    poll_pacer pacer_;
    time_point queries_held_until_{};
    bot_figures figures_;
};

}  // namespace

result<std::unique_ptr<bot_account>> make_bot_account(timer_service& timers, http::exchange& sends,
                                                      http::exchange& polls,
                                                      bot_account_options options) {
    const auto id = account_of_token(options.token);
    if (!id) {
        return fail(id.error().code,
                    fmt::format("account {}: {}", options.name, id.error().message));
    }
    if (options.execute_timeout < execute_timeout_min) {
        return fail(errc::invalid_argument,
                    fmt::format("account {}: a send needs a timeout of 30 s or more: Telegram may "
                                "hold it for 11 s, and one given up too early is posted twice",
                                options.name));
    }
    if (auto hidden = observe::register_secret(options.token); !hidden) {
        return std::unexpected(std::move(hidden.error()));
    }
    return std::make_unique<http_bot_account>(timers, sends, polls, std::move(options), *id);
}

}  // namespace baudot::telegram::bot_api
