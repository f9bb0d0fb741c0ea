#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "base/ids.hpp"

namespace baudot::telegram_sim {

/// How Telegram says no: the fields of an answer with `"ok":false`. The texts are those of the
/// real server (TELEGRAM.md 2.4): clients decide by them.
struct api_error {
    int code = 400;
    std::string description;                   // with its prefix, "Bad Request: ..."
    std::optional<int> retry_after{};          // seconds; also the Retry-After header
    std::optional<chat_id> migrate_to_chat{};  // parameters.migrate_to_chat_id

    friend bool operator==(const api_error&, const api_error&) = default;
};

template <class T>
using api_result = std::expected<T, api_error>;

/// `return bad_request("chat not found");`
inline std::unexpected<api_error> bad_request(std::string what) {
    return std::unexpected(
        api_error{.code = 400, .description = "Bad Request: " + std::move(what)});
}

inline std::unexpected<api_error> forbidden(std::string what) {
    return std::unexpected(api_error{.code = 403, .description = "Forbidden: " + std::move(what)});
}

/// 429 with the time to wait, in seconds.
inline api_error too_many_requests(int seconds) {
    return api_error{.code = 429,
                     .description = "Too Many Requests: retry after " + std::to_string(seconds),
                     .retry_after = seconds};
}

}  // namespace baudot::telegram_sim
