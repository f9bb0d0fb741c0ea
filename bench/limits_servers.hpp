#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Servers with a hidden limit, as clients of Telegram meet them. They know nothing of any client.
// Time is in seconds since the start of the run.
namespace baudot::limits {

struct change {
    double at = 0;
    double rate = 0;
};

/// What a server hides. Parts that are zero or empty are absent.
struct hidden_limit {
    std::string name;
    std::vector<change> rates;  // token bucket: refill per second, from `at` on
    double burst = 1;           // its size
    double drift = 0;           // the rate swings by this share of itself
    double drift_period = 1;    // in this time
    int window_count = 0;       // and at most so many calls
    double window_seconds = 0;  // in any window of this length
    bool aligned = false;       // or in each window of the clock instead
    double penalty = 0;         // a refusal closes the server for so long; doubled when repeated
    double held_max = 0;        // a call over the limit is first held so long, then refused
    double foreign_rate = 0;    // calls per second of somebody else that use the same budget
    double horizon = 1800;      // how long the run is
};

struct server_answer {
    bool accepted = false;
    double wait = 0;  // refused: whole seconds until it may be asked again
    double held = 0;  // accepted: how much later than usual the answer comes
};

/// Guarantee: an answer depends on the calls and on `seed` alone.
class server {
public:
    server(hidden_limit what, std::uint64_t seed);

    /// `now` never goes backwards.
    server_answer call(double now);

    /// When calls of a client would be accepted that knows all of it and is never refused.
    static std::vector<double> most(const hidden_limit& what, std::uint64_t seed);

    double rate(double now) const;  // of the bucket alone

private:
    void refill(double now);
    void foreign_calls(double now);
    double wait(double now) const;  // zero: a call would be accepted
    void take(double now);
    double refuse(double now, double wait);

    hidden_limit what_;
    std::uint64_t random_;
    double tokens_;
    double refilled_at_ = 0;
    double next_foreign_ = 0;
    double closed_until_ = 0;
    double refused_at_ = -1e9;
    double closure_ = 0;
    std::vector<double> window_;  // when the last window_count calls were accepted, a ring
    std::size_t oldest_ = 0;
};

/// A to F of the table that docs/limits.md explains, and the named ones beyond them.
std::vector<hidden_limit> standard_servers();
std::vector<hidden_limit> named_servers();

/// One drawn from what is published of rates, bursts, windows, waits and drift.
hidden_limit drawn_server(std::uint64_t seed);

}  // namespace baudot::limits
