#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "http/message.hpp"
#include "model/outcome.hpp"
#include "telegram/account.hpp"

namespace baudot::telegram::bot_api {

/// What a getUpdates was answered. An update that cannot be read is there with its id and kind
/// other, so that it can be confirmed and stops nothing.
struct received_updates {
    update_batch updates;
    std::size_t unreadable = 0;  // of them, or without even an id and so missing
    bool repaired = false;       // the answer was not valid JSON as it came
};

/// getWebhookInfo.
struct webhook_info {
    std::string url;  // empty: none is set. May hold a secret of whoever set it: never shown
    std::int64_t pending = 0;
    std::int64_t last_error_date = 0;  // Unix seconds; 0: none
    std::string last_error_message;
};

/// The host of a webhook's address, which is what of it may be shown.
std::string host_of(std::string_view url);

/// Reads Bot API answers: status, headers and body in, values out. Sans I/O. Owns the parser's
/// memory, so one per account; on one thread at a time. Never throws on what the bytes are.
///
/// Unknown fields, update types and entity types are no errors: Telegram adds some each month.
class answer_reader {
public:
    answer_reader();
    ~answer_reader();

    /// Every answer is exactly one outcome.
    outcome outcome_of_send(const http::response& answer);

    result<identity> identity_of(const http::response& answer);
    result<chat_info> chat_of(const http::response& answer);
    result<membership> membership_of(const http::response& answer);

    result<webhook_info> webhook_of(const http::response& answer);

    /// setWebhook, deleteWebhook: whether it was done.
    result<void> done_of(const http::response& answer);

    /// What Telegram posts to a webhook: one update, without an envelope. errc::bad_answer when not
    /// even its id can be read.
    result<received_updates> update_posted(std::string_view body, account_id account);

    /// Any answer: the chat that the one asked about became; chat_id{} when it says none.
    result<chat_id> migration_of(const http::response& answer);

    /// getUpdates: the chats that any kind of update is about, each once.
    result<std::vector<chat_info>> chats_of_updates(const http::response& answer);

    /// `account` is put into the updates.
    result<received_updates> updates_of(const http::response& answer, account_id account);

    /// The wait that the last refused answer asked for; zero when it was not refused.
    duration last_wait() const;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace baudot::telegram::bot_api
