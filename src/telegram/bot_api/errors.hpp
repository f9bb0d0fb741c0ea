#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "http/message.hpp"
#include "model/outcome.hpp"

namespace baudot::telegram::bot_api {

// From "no" to one of the five outcomes. Texts and codes: TELEGRAM.md 1.3, 1.5 and 2.4; several
// lie about their code, so the text is read before the code is believed. Pure; any thread.

/// An answer that is not {"ok":true}.
struct refusal {
    bool from_telegram = false;  // JSON in Telegram's form; else from a proxy in between
    int code = 0;                // error_code, or the HTTP status when there is none
    std::string description{};
    duration retry_after = duration::zero();  // parameters or header; zero: not given
    chat_id migrate_to{};                     // parameters; 0: not given
};

/// What a request that must not be repeated blindly came to.
outcome outcome_of(const refusal& no);

/// The same for a transport that gave no answer: errors of http::exchange::send().
outcome outcome_of(const error& failure);

/// What a request that may be repeated came to (errors of telegram::account).
error error_of(const refusal& no);

/// The wait that a refusal asks for; zero when it asks for none. Never more than 14 days.
duration wait_of(const refusal& no);

/// A server's number of seconds as a wait: rounded up, within 0..retry_after_max.
duration seconds_of(double seconds) noexcept;

/// Value of a Retry-After header in seconds; zero when absent or a date.
duration retry_after_of(const http::fields& headers);

/// Waits given by a server are kept within this (TDLib clamps them alike).
inline constexpr duration retry_after_max = std::chrono::days(14);

}  // namespace baudot::telegram::bot_api
