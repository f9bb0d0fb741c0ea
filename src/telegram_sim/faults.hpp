#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace baudot::telegram_sim {

enum class fault_kind : unsigned char {
    hold,            // waits, then all is well
    flood,           // 429 without an act, after an optional hold
    flood_as_400,    // the same in the text of a 400, as of uploads and albums
    trouble_as_429,  // the server is in trouble: held 7 s, then "retry after 8"; no act
    restart,         // "500 Internal Server Error: restart"; no act
    html_before,     // 502 or 504 of a proxy, with HTML; no act
    html_after,      // the same, but the act happened
    reset_before,    // the connection ends; no act
    reset_after,     // the act happened, the connection ends without an answer
    answer_lost,     // the act happened, the answer never comes
    redeliver,       // getUpdates: what was returned before is returned again
};
inline constexpr int fault_kinds = 11;

std::string_view name(fault_kind kind) noexcept;
std::optional<fault_kind> fault_kind_of(std::string_view name) noexcept;

/// One thing that goes wrong: always, sometimes or a number of times. Empty fields match all.
struct fault {
    fault_kind kind{};
    double probability = 1;
    std::optional<std::uint64_t> times{};  // absent: until it is removed
    std::optional<user_id> bot{};
    std::optional<chat_id> chat{};
    std::string method{};  // as the Bot API writes it, any case
    int retry_after = 5;   // of flood
    int status = 502;      // of html_*
    duration wait{};       // of hold and flood
};

/// What happens by itself, by chance.
struct fault_settings {
    double trouble_as_429 = 0;
    double html_after = 0;
    double reset_before = 0;
    double reset_after = 0;
    double answer_lost = 0;
    double slow = 0;  // a hold of slow_min to slow_max
    duration slow_min{}, slow_max{};
    double redeliver = 0;     // of a getUpdates
    duration outage_every{};  // mean time between bursts of 5xx; 0: never
    duration outage_min{}, outage_max{};
    double outage_share_min = 0, outage_share_max = 0;  // of the requests that fail in one
};

/// Lognormal around `median`.
struct latency {
    duration median{};
    double sigma = 0;
};

struct latency_settings {
    latency network;              // there and back
    latency send, media, read;    // the service itself
    double bytes_per_second = 0;  // of uploads; 0: no time
};

/// Chooses what goes wrong with a request. Randomness is seeded: the same requests at the same
/// times go wrong in the same way. Not thread-safe.
class fault_source {
public:
    fault_source(std::uint64_t seed, fault_settings settings)
        : random_(seed), settings_(settings) {}

    enum class id : std::uint64_t {};
    id inject(fault what);
    /// False: there is none, or it was used up.
    bool remove(id which);
    void clear() { injected_.clear(); }
    struct injected {
        id number{};
        fault what;
        std::uint64_t fired = 0;
    };
    const std::vector<injected>& list() const noexcept { return injected_; }

    struct request {
        user_id bot{};
        chat_id chat{};
        std::string_view method;
        bool is_get_updates = false;
    };
    /// At most one fault for a request: injected ones first, in order.
    std::optional<fault> next(const request& what, time_point now);

    duration draw(const latency& from);
    void configure(fault_settings settings) { settings_ = settings; }

private:
    bool is_out(time_point now);

    random_source random_;
    fault_settings settings_;
    std::vector<injected> injected_;
    std::uint64_t last_ = 0;
    std::optional<time_point> outage_begins_;
    time_point outage_ends_{};
    double outage_share_ = 0;
};

}  // namespace baudot::telegram_sim
