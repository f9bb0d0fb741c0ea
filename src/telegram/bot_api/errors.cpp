#include "telegram/bot_api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace baudot::telegram::bot_api {
namespace {

// A 429 that names no wait; retrying a second later is the least that is not rude.
constexpr duration wait_unnamed = std::chrono::seconds(1);

std::string lower(std::string_view text) {
    std::string lowered(text);
    for (char& each : lowered) {
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each | 0x20);
    }
    return lowered;
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

std::optional<double> number_behind(std::string_view text, std::string_view words) {
    const auto at = text.find(words);
    if (at == text.npos) return std::nullopt;
    double seconds = 0;
    const std::string_view rest = text.substr(at + words.size());
    const auto [end, ec] =
        std::from_chars(rest.begin(), rest.end(), seconds, std::chars_format::fixed);
    if (ec == std::errc::result_out_of_range) return 1e18;
    if (ec != std::errc{} || std::signbit(seconds)) return std::nullopt;
    return seconds;
}

// "Too Many Requests: retry after 5" comes with code 429, with 400 for uploads, inside the text
// of an album's error, and capitalised at will (1.3, 1.5); the raw names when TDLib passes them.
duration wait_in(std::string_view lowered) {
    for (const std::string_view words :
         {"retry after ", "slowmode_wait_", "flood_premium_wait_", "flood_wait_"}) {
        if (const auto seconds = number_behind(lowered, words)) return seconds_of(*seconds);
    }
    return duration::zero();
}

enum class verdict { already_so, migrated, no_chat, forbidden, gone, not_copyable, bad };

struct row {
    std::string_view part;  // of the description, in lower case
    verdict what;
};

// 2.4, for answers below 500. The first row that is found decides: the precise ones stand first.
constexpr row table[] = {
    {"message is not modified", verdict::already_so},
    {"message to delete not found", verdict::already_so},
    {"upgraded to a supergroup", verdict::migrated},

    {"message to forward not found", verdict::gone},
    {"message to copy not found", verdict::gone},

    {"protected content", verdict::not_copyable},
    {"chat_forwards_restricted", verdict::not_copyable},
    {"can't be copied", verdict::not_copyable},
    {"can't be forwarded", verdict::not_copyable},
    {"was not forwarded", verdict::not_copyable},

    {"chat not found", verdict::no_chat},
    {"peer_id_invalid", verdict::no_chat},
    {"channel_private", verdict::no_chat},
    {"channel_invalid", verdict::no_chat},

    {"not enough rights", verdict::forbidden},
    {"have no write access", verdict::forbidden},
    {"need administrator rights", verdict::forbidden},
    {"chat_write_forbidden", verdict::forbidden},
    {"chat_send_", verdict::forbidden},  // CHAT_SEND_MEDIA_FORBIDDEN and its siblings
    {"chat_restricted", verdict::forbidden},
    {"user_restricted", verdict::forbidden},
    {"chat_admin_required", verdict::forbidden},
    {"message thread not found", verdict::forbidden},
    {"topic_closed", verdict::forbidden},
    {"topic_deleted", verdict::forbidden},
    {"allow_payment_required", verdict::forbidden},
    {"voice_messages_forbidden", verdict::forbidden},
    {"restricted receiving of", verdict::forbidden},
};

verdict verdict_of(const refusal& no, std::string_view lowered) {
    if (no.migrate_to != chat_id{}) return verdict::migrated;
    for (const row& each : table) {
        if (holds(lowered, each.part)) return each.what;
    }
    return no.code == 403 ? verdict::forbidden : verdict::bad;
}

reject_class class_of(verdict what) {
    switch (what) {
        case verdict::migrated: return reject_class::chat_migrated;
        case verdict::no_chat: return reject_class::chat_not_found;
        case verdict::forbidden: return reject_class::forbidden;
        case verdict::gone: return reject_class::source_gone;
        case verdict::not_copyable: return reject_class::not_copyable;
        case verdict::already_so:
        case verdict::bad: break;
    }
    return reject_class::bad_request;
}

// 401, a token that this server does not serve (421), and the bare 404 that a wrong token path
// gets. "Not Found: method not found" is an old server, not a wrong token.
bool is_about_the_token(const refusal& no, std::string_view lowered) {
    if (no.code == 401 || no.code == 421) return true;
    return no.code == 404 && !holds(lowered, "method not found");
}

// Telegram's own wait is one whatever the code says. A proxy's 503 with a Retry-After says
// nothing about what became of the request behind it.
bool asks_to_wait(const refusal& no, duration wait) {
    return wait > duration::zero() && (no.from_telegram || no.code < 500);
}

outcome rejected(const refusal& no, reject_class why) {
    return {.kind = outcome_kind::rejected, .why = why, .description = no.description};
}

// A proxy answered instead of Telegram. With a 4xx or 3xx it did not pass the request on; with
// a 5xx, or a 200 that is no JSON, nobody knows.
outcome outcome_of_proxy(const refusal& no) {
    const bool not_passed_on = no.code >= 300 && no.code < 500;
    return {.kind = not_passed_on ? outcome_kind::not_sent : outcome_kind::uncertain,
            .server_trouble = not_passed_on,
            .description = no.description};
}

// Code 500 and above, from Telegram itself.
outcome outcome_of_trouble(const refusal& no, std::string_view lowered) {
    // It was sent, and deleted before the server could show it (2.4: "do not resend").
    if (holds(lowered, "immediately deleted")) return rejected(no, reject_class::bad_request);
    // "restart" too: a Bot API server that closes says so to requests it never began and to
    // those whose message was on its way alike, so nothing is sure. 502 to 504: 2.4.
    return {.kind = outcome_kind::uncertain, .description = no.description};
}

}  // namespace

duration seconds_of(double seconds) noexcept {
    constexpr double max = static_cast<double>(
        std::chrono::duration_cast<std::chrono::seconds>(retry_after_max).count());
    if (!(seconds > 0)) return duration::zero();
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(std::min(seconds, max))));
}

duration wait_of(const refusal& no) {
    const std::string lowered = lower(no.description);
    const duration wait = std::max(std::min(no.retry_after, retry_after_max), wait_in(lowered));
    if (wait == duration::zero() && no.code == 429) return wait_unnamed;
    return wait;
}

duration retry_after_of(const http::fields& headers) {
    const std::string_view value = http::find(headers, "Retry-After");
    double seconds = 0;
    const auto [end, ec] =
        std::from_chars(value.begin(), value.end(), seconds, std::chars_format::fixed);
    if (ec != std::errc{} || end != value.end()) return duration::zero();
    return seconds_of(seconds);
}

outcome outcome_of(const refusal& no) {
    const std::string lowered = lower(no.description);
    const duration wait = wait_of(no);
    if (asks_to_wait(no, wait)) {
        // After ~7 s of server trouble TDLib gives up with the same text as for a limit (1.3):
        // nothing tells the two apart, so server_trouble stays unset.
        return {.kind = outcome_kind::refused, .retry_after = wait, .description = no.description};
    }
    if (!no.from_telegram) return outcome_of_proxy(no);
    if (no.code >= 500) return outcome_of_trouble(no, lowered);
    if (no.code < 400) {
        return {.kind = outcome_kind::uncertain, .description = no.description};
    }
    if (no.code == 409) return rejected(no, reject_class::conflict);
    const verdict what = verdict_of(no, lowered);
    if (what == verdict::already_so) {
        return {.kind = outcome_kind::delivered, .description = no.description};
    }
    if (is_about_the_token(no, lowered)) return rejected(no, reject_class::unauthorized);
    outcome settled = rejected(no, class_of(what));
    settled.migrate_to = no.migrate_to;
    return settled;
}

outcome outcome_of(const error& failure) {
    outcome settled{.description = failure.message};
    switch (failure.code) {
        case errc::connection_failed:
            settled.kind = outcome_kind::not_sent;
            settled.server_trouble = true;
            break;
        case errc::invalid_argument:  // refused on our side, for good
            settled.kind = outcome_kind::rejected;
            settled.why = reject_class::bad_request;
            break;
        default: settled.kind = outcome_kind::uncertain;
    }
    return settled;
}

error error_of(const refusal& no) {
    const std::string lowered = lower(no.description);
    const duration wait = wait_of(no);
    if (asks_to_wait(no, wait)) {
        return {errc::refused,
                fmt::format("asked to wait {} s: {}",
                            std::chrono::ceil<std::chrono::seconds>(wait).count(), no.description)};
    }
    if (!no.from_telegram) return {errc::bad_answer, no.description};
    if (no.code >= 500 || no.code < 400) return {errc::connection_lost, no.description};
    if (no.code == 409) return {errc::conflict, no.description};
    if (is_about_the_token(no, lowered)) return {errc::unauthorized, no.description};
    return {errc::rejected, no.description};
}

}  // namespace baudot::telegram::bot_api
