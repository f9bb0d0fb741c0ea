#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/faults.hpp"
#include "telegram_sim/limits.hpp"
#include "telegram_sim/profiles.hpp"

namespace baudot::telegram_sim {

/// What the door does with a request; it only obeys.
///
///   wait `act_after`; if `acts`, call the method; wait `answer_after` more; then `answers`
struct verdict {
    duration act_after{};
    bool acts = true;
    duration answer_after{};
    enum class answer : unsigned char {
        result,  // of the act
        error,   // `error`, as JSON, with the Retry-After header if it has one
        html,    // `status` and `html`: a proxy speaks, not Telegram
        reset,   // close the connection
        never,   // hold it until the client leaves
    } answers = answer::result;
    api_error error;
    int status = 200;
    std::string html;
    bool redeliver = false;  // getUpdates: begin again at the oldest unconfirmed or returned
    bool too_early = false;  // before a wait was over
};

/// Limits, faults and latency in one decision. Time is passed in, twice: `now` measures,
/// load.date dates. Not thread-safe.
class gate {
public:
    gate(std::uint64_t seed, profile_name which);

    struct request {
        load cost;
        std::string_view method;      // in any case
        bool is_get_updates = false;  // feels faults, but no latency of its own
    };
    verdict decide(const request& what, time_point now);

    /// Another profile from now on. Injected faults and waits that were told stand.
    void configure(profile_name which);
    void configure(profile what);
    const profile& current() const noexcept { return profile_; }

    limiter& limits() noexcept { return limits_; }
    fault_source& faults() noexcept { return faults_; }

private:
    static verdict from_fault(const fault& what);

    profile profile_;
    limiter limits_;
    fault_source faults_;
};

/// How a method is charged; the name in any case. `count` is left to the caller.
charge charge_of(std::string_view method) noexcept;

}  // namespace baudot::telegram_sim
