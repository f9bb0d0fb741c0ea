#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/accounts.hpp"
#include "async/timer_service.hpp"
#include "telegram/bot_api/bot_account.hpp"

namespace baudot::app {

/// A bot whose far side is a few maps: answers after `latency`, remembers what it was asked.
class fake_bot final : public telegram::bot_api::bot_account {
public:
    fake_bot(timer_service& timers, std::string name, account_id id)
        : timers_(timers), name_(std::move(name)), id_(id) {}

    // What Telegram knows.
    duration latency = std::chrono::milliseconds(50);
    bool reads_all_groups = false;
    bool token_refused = false;
    telegram::bot_api::webhook_info webhook;
    std::map<chat_id, telegram::membership> in;
    std::map<chat_id, telegram::chat_info> chats;
    std::map<chat_id, chat_id> moved;
    std::vector<telegram::chat_info> waiting;  // what peek_chats() finds
    std::size_t refuse_at = SIZE_MAX;          // this question gets a 429
    duration refuse_for = std::chrono::seconds(30);
    time_point away_until{};  // no connection until then

    // What came.
    std::size_t asked = 0;
    std::size_t most_in_flight = 0;
    std::size_t before_wait_over = 0;
    std::size_t peeks = 0;
    std::vector<std::string> names_asked;

    const std::string& name() const override { return name_; }
    account_id id() const override { return id_; }
    const telegram::bot_api::bot_figures& figures() const override { return figures_; }
    time_point queries_held_until() const override { return held_until_; }

    boost::asio::awaitable<result<telegram::identity>> get_me() override {
        co_return co_await answered<telegram::identity>([this] {
            return result<telegram::identity>(
                {.id = id_, .username = name_, .can_read_all_group_messages = reads_all_groups});
        });
    }
    boost::asio::awaitable<result<telegram::chat_info>> get_chat(chat_reference chat) override {
        if (const auto* name = std::get_if<std::string>(&chat)) names_asked.push_back(*name);
        co_return co_await answered<telegram::chat_info>([&]() -> result<telegram::chat_info> {
            for (const auto& [id, info] : chats) {
                const bool is = std::holds_alternative<chat_id>(chat)
                                    ? std::get<chat_id>(chat) == id
                                    : std::get<std::string>(chat) == "@" + info.username;
                if (is) return info;
            }
            return fail(errc::rejected, "Bad Request: chat not found");
        });
    }
    boost::asio::awaitable<result<telegram::membership>> get_membership(chat_id chat,
                                                                        account_id) override {
        co_return co_await answered<telegram::membership>([&]() -> result<telegram::membership> {
            if (const auto found = in.find(chat); found != in.end()) return found->second;
            return fail(errc::rejected, "Bad Request: chat not found");
        });
    }
    boost::asio::awaitable<result<telegram::bot_api::webhook_info>> get_webhook_info() override {
        using telegram::bot_api::webhook_info;
        co_return co_await answered<webhook_info>([this] { return result<webhook_info>(webhook); });
    }
    boost::asio::awaitable<result<void>> set_webhook(
        const telegram::bot_api::webhook_settings& what) override {
        webhook.url = what.url;
        co_return result<void>{};
    }
    boost::asio::awaitable<result<void>> delete_webhook() override {
        webhook = {};
        co_return result<void>{};
    }
    result<update> read_posted(std::string_view) override { return update{}; }
    boost::asio::awaitable<result<chat_id>> moved_to(chat_id chat) override {
        co_return co_await answered<chat_id>([&] {
            const auto found = moved.find(chat);
            return result<chat_id>(found == moved.end() ? chat_id{} : found->second);
        });
    }
    boost::asio::awaitable<result<std::vector<telegram::chat_info>>> peek_chats() override {
        ++peeks;
        co_return co_await answered<std::vector<telegram::chat_info>>(
            [this] { return result<std::vector<telegram::chat_info>>(waiting); });
    }
    boost::asio::awaitable<result<telegram::update_batch>> poll(update_id, duration) override {
        co_return telegram::update_batch{};
    }
    boost::asio::awaitable<outcome> execute(const operation&, chat_id) override {
        co_return outcome{};
    }

private:
    template <class T, class Answer>
    boost::asio::awaitable<result<T>> answered(Answer answer) {
        const std::size_t number = asked++;
        if (held_until_ > timers_.now()) ++before_wait_over;
        const struct in_flight {
            std::size_t& count;
            ~in_flight() { --count; }
        } leaving{in_flight_};
        most_in_flight = std::max(most_in_flight, ++in_flight_);
        co_await timers_.sleep_until(timers_.now() + latency);
        if (timers_.now() < away_until) {
            co_return fail(errc::connection_failed, "account " + name_ + ": no connection");
        }
        if (token_refused) {
            co_return fail(errc::unauthorized, "account " + name_ + ": Unauthorized");
        }
        if (number == refuse_at) {
            held_until_ = timers_.now() + refuse_for;
            co_return fail(errc::refused, "account " + name_ + ": asked to wait");
        }
        co_return answer();
    }

    timer_service& timers_;
    std::string name_;
    account_id id_;
    telegram::bot_api::bot_figures figures_;
    time_point held_until_{};
    std::size_t in_flight_ = 0;
};

/// Memberships as they come.
inline const telegram::membership administrator{
    .is_member = true, .can_post = true, .can_send_media = true, .status = "administrator"};
inline const telegram::membership plain_member{
    .is_member = true, .can_post = true, .can_send_media = true, .status = "member"};
inline const telegram::membership kicked{.status = "kicked"};

}  // namespace baudot::app
