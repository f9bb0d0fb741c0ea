#pragma once

#include "base/time.hpp"

namespace baudot {

struct retry_budget_options {
    double share = 0.1;       // of the calls that went through
    double per_second = 1.0;  // and so many beside them
    double burst = 10.0;      // kept at most
};

/// How many retries an endpoint gets beside its first calls, so that its trouble is not multiplied:
/// a share of what went through, and a few a second. For one layer alone: nobody else retries.
///
/// Pure: time is passed in. Not thread-safe.
class retry_budget {
public:
    explicit retry_budget(const retry_budget_options& options)
        : options_(options), kept_(options.burst) {}

    void succeeded();

    /// Spends one retry, also one that is not there yet: how long from `now` until it is there.
    duration spend(time_point now);

private:
    retry_budget_options options_;
    double kept_;  // negative: promised
    time_point filled_at_ = time_point::min();
};

}  // namespace baudot
