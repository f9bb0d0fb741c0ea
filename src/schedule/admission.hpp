#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace baudot {

/// Of each limit that lets several requests go at once, the last one is kept for urgent ones.
enum class urgency : std::uint8_t { ordinary, urgent };

/// Whether a request may go now. `account_wide`: the account is what refuses, so asking again
/// for another chat before `retry_at` is useless. time_point::max(): until something else happens
/// (an answer to a probe, a mended token). Where it was admitted, the next one to the same chat
/// would be refused before `retry_at`, as far as is known.
struct [[nodiscard]] admission {
    bool admitted = false;
    bool account_wide = false;
    time_point retry_at{};
};

}  // namespace baudot
