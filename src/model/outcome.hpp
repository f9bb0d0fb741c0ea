#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace baudot {

/// The five outcomes of a request, distinct for ever (ARCHITECTURE.md, promises). Stored.
enum class outcome_kind : std::uint8_t {
    delivered,  // Telegram answered with the new message
    refused,    // Telegram asks to wait `retry_after`; the request was not executed
    rejected,   // Telegram refuses for good, for the reason `why`
    uncertain,  // no answer: it may or may not have been executed
    not_sent,   // surely not executed: nothing reached the wire, or the server said so
};

/// Why a request was rejected: the classes of TELEGRAM.md 2.4. Stored; append only.
enum class reject_class : std::uint8_t {
    none,
    unauthorized,    // A: the token is wrong or revoked; stop the account
    forbidden,       // Q: kicked, blocked, no rights: this account cannot use this chat
    chat_not_found,  // Q: unknown or inaccessible chat
    chat_migrated,   // X: send to `migrate_to` instead
    source_gone,     // P: the message to copy or forward no longer exists
    not_copyable,    // P: protected content, or a kind that cannot be copied or forwarded
    bad_request,     // P: the request itself is wrong (too long, bad entities, ...)
    conflict,        // 409: another instance polls, or a webhook is set
    expired,         // our own: its deadline passed before it could be sent
    copy_unknown,    // our own: uncertain after a crash, and the route says skip
    // Our own, when it is planned: nobody can deliver it.
    no_sender,          // no account can post there
    needs_member,       // no account that can post there sees the source (forwards, media)
    media_not_allowed,  // no account that could deliver it may send media there
    // Our own, when it is planned: what the route's transforms made of it cannot be sent.
    nothing_left,  // no text
    too_long,      // what was added is longer than Telegram takes, or much too much came of it
    // Our own, when it is planned: an external API did not give the text back, and the step says
    // that it does not go without.
    transform_failed,
};

constexpr reject_class reject_class_last = reject_class::transform_failed;

/// Why a dead letter is kept no longer. Stored; append only.
enum class drop_reason : std::uint8_t {
    asked,  // an operator said so
    age,    // dead_letters.keep
    count,  // dead_letters.keep_count
};

/// What became of one request. `description` is Telegram's text, for people; never for control
/// flow outside telegram/.
struct outcome {
    outcome_kind kind = outcome_kind::uncertain;
    message_id message{};                     // delivered: the id in the destination chat
    duration retry_after = duration::zero();  // refused: from the moment of the answer
    bool server_trouble = false;              // not_sent or refused by trouble, not by a limit
    reject_class why = reject_class::none;    // rejected
    chat_id migrate_to{};                     // rejected, chat_migrated
    std::string description;
};

std::string_view name(outcome_kind kind) noexcept;
std::string_view name(reject_class why) noexcept;
std::string_view name(drop_reason why) noexcept;

}  // namespace baudot
