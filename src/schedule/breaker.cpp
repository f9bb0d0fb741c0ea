#include "schedule/breaker.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace baudot {
namespace {

using namespace std::chrono_literals;

std::int64_t second_of(time_point now) {
    return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
}

}  // namespace

breaker::breaker(const breaker_options& options) : options_(options), pause_(options.open_for) {
    BAUDOT_ASSERT(options.failures_min > 0 && options.trials > 0, "zero would decide on nothing");
    BAUDOT_ASSERT(options.open_for > duration::zero(), "an empty pause protects nothing");
    BAUDOT_ASSERT(options.open_for_max >= options.open_for, "the cap is below the first pause");
}

breaker::state breaker::current(time_point now) const {
    if (!is_tripped_) return state::closed;
    return now < open_until_ ? state::open : state::half_open;
}

admission breaker::ask(time_point now) const {
    switch (current(now)) {
        case state::closed: break;
        case state::open: return {.account_wide = true, .retry_at = open_until_};
        case state::half_open: {
            const std::uint32_t missing = options_.trials - trials_done_;
            const std::uint32_t at_once = std::min(trials_done_ + 1, missing);
            if (trials_in_flight_ < at_once) break;
            return {.account_wide = true, .retry_at = time_point::max()};
        }
    }
    return {.admitted = true, .retry_at = now};
}

void breaker::begin(time_point now) {
    if (current(now) == state::half_open) ++trials_in_flight_;
}

bool breaker::succeeded(time_point now, std::uint32_t epoch) {
    if (epoch != epoch_) return false;
    if (!is_tripped_) {
        ++bucket_of(now).calls;
        in_a_row_ = 0;
        return false;
    }
    --trials_in_flight_;
    if (++trials_done_ < options_.trials) return true;
    is_tripped_ = false;
    trials_in_flight_ = trials_done_ = 0;
    pause_ = options_.open_for;
    window_ = {};
    return true;
}

bool breaker::failed(time_point now, std::uint32_t epoch, double jitter) {
    if (epoch != epoch_) return false;
    if (is_tripped_) {
        pause_ = std::min(pause_ * 2, options_.open_for_max);
        open(now, jitter);
        return true;
    }
    bucket& newest = bucket_of(now);
    ++newest.calls;
    ++newest.failures;
    if (++in_a_row_ < options_.in_a_row && !is_failing(now)) return false;
    open(now, jitter);
    return true;
}

bool breaker::abandoned(std::uint32_t epoch) {
    if (epoch != epoch_ || !is_tripped_) return false;
    --trials_in_flight_;
    return true;
}

breaker::bucket& breaker::bucket_of(time_point now) {
    const std::int64_t second = second_of(now);
    bucket& found = window_.at(static_cast<std::uint64_t>(second) % buckets);
    if (found.second != second) found = {.second = second};
    return found;
}

bool breaker::is_failing(time_point now) const {
    std::uint32_t calls = 0, failures = 0;
    for (const bucket& each : window_) {
        if (second_of(now) - each.second >= static_cast<std::int64_t>(buckets)) continue;
        calls += each.calls;
        failures += each.failures;
    }
    return failures >= options_.failures_min && failures >= options_.share * calls;
}

void breaker::open(time_point now, double jitter) {
    const auto stretch = std::chrono::duration_cast<duration>(pause_ * (options_.jitter * jitter));
    open_until_ = now + pause_ + stretch;
    is_tripped_ = true;
    ++epoch_;
    in_a_row_ = 0;
    trials_in_flight_ = trials_done_ = 0;
}

}  // namespace baudot
