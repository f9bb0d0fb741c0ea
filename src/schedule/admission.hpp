#pragma once

#include "base/time.hpp"

namespace baudot {

/// Whether a request may go now. `account_wide`: the account is what refuses, so asking again
/// for another chat before `retry_at` is useless. time_point::max(): until something else happens
/// (an answer to a probe, a mended token).
struct [[nodiscard]] admission {
    bool admitted = false;
    bool account_wide = false;
    time_point retry_at{};
};

}  // namespace baudot
