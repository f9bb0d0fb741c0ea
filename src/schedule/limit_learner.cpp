#include "schedule/limit_learner.hpp"

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"
#include "schedule/pace_curve.hpp"

namespace baudot {
namespace {

constexpr double rate_min = 1.0 / 36'000;
constexpr double rate_max = 1000;

constexpr double doubt_min = 0.01;
constexpr double doubt_of_window = 0.004;
constexpr double doubt_after_climb = 0.3;
constexpr double doubt_after_fall = 0.7;
constexpr double doubt_max = 0.9;  // where refusals are dear, from what is surely allowed
constexpr double doubt_shrink = 3;

// A run is as long as makes its refusal worth its cost, and no shorter than a minute: servers
// make a refusal dearer that soon follows another.
constexpr double run_cost = 0.5;     // refusal costs, over the doubt
constexpr double run_calls = 3;      // calls, over the doubt
constexpr double run_seconds = 1.2;  // over the doubt
constexpr double run_min = 60;
constexpr double run_after_restart = 600;  // what was learned is not tried at once
constexpr double run_windows = 40;         // windows between two attempts to get one call more

constexpr double ceiling_gone_bursts = 3;  // beyond the ceiling without a refusal
constexpr double fallen = 0.5;             // of the doubt: refused lower than this, the rate fell
constexpr double long_run = 5;             // waits: from here on what a run carried is exact

constexpr double window_wait = 8;   // a wait so long may be the end of a window,
constexpr double window_run = 1.5;  // if its calls took no longer than so many waits
constexpr double window_agreement = 0.05;
constexpr double wait_rounding = 0.5;  // waits are whole seconds, rounded up

constexpr int burst_allowed = 3;

constexpr double slow_factor = 3;     // times the usual latency: the server held the call
constexpr double usual_share = 0.99;  // of the answers come sooner
constexpr double latency_step = 0.05;

constexpr double kept_per_hour = 0.9;  // of the trust in what was learned

double seconds(duration what) {
    return std::chrono::duration<double>(what).count();
}

duration from_seconds(double what) {
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(what));
}

bool near(double a, double b) {
    return std::abs(a - b) <= window_agreement * b;
}

}  // namespace

static_assert(sizeof(limit_learner) <= 64, "one for each of a million chats");

bool is_plausible(const learned_limit& what) {
    const auto is_within = [](double value, double least, double most) {
        return value >= least && value <= most;  // NaN is within nothing
    };
    constexpr double most = 1e9;
    return is_within(what.rate, rate_min / 2, 2 * rate_max) && is_within(what.doubt, 0, 1) &&
           is_within(what.burst, 0, most) && is_within(what.cost, 0, most) &&
           is_within(what.window_seconds, what.window > 0 ? 1e-3 : 0, most);
}

learned_limit aged(learned_limit what, duration idle) {
    const double hours = seconds(idle) / 3600;
    if (hours > 0 && what.doubt < doubt_after_climb) {
        const double trust = (1 - what.doubt) * std::pow(kept_per_hour, hours);
        what.doubt = std::min(doubt_after_climb, 1 - trust);
    }
    return what;
}

limit_learner::limit_learner(const learned_limit& known, std::uint8_t refusals_per_hour)
    : rate_(static_cast<float>(std::clamp(known.rate, rate_min, rate_max))),
      doubt_(static_cast<float>(std::clamp(known.doubt, doubt_of_window, 1.0))),
      burst_(static_cast<float>(std::max(1.0, known.burst))),
      cost_(static_cast<float>(known.cost)),
      refusals_left_(refusals_per_hour),
      window_seconds_(static_cast<float>(known.window_seconds)),
      window_(known.window),
      is_window_(known.window > 0),
      refusals_per_hour_(refusals_per_hour) {}

learned_limit limit_learner::learned(time_point now) const {
    // Beyond a ceiling that is gone, the pace is what is known.
    const double reached = slope_ > 0 ? pace(now) : 0;
    const bool is_higher = reached > ceiling_gone_at();
    return {.rate = is_higher ? reached : rate_,
            .doubt = is_higher    ? doubt_after_climb
                     : slope_ > 0 ? double{doubt_}
                                  : 1,
            .burst = burst_,
            .cost = cost_,
            .window = is_window_ ? window_ : 0,
            .window_seconds = is_window_ ? window_seconds_ : 0};
}

double limit_learner::ceiling_gone_at() const {
    return rate_ + std::sqrt(2 * ceiling_gone_bursts * burst_ * slope_);
}

double limit_learner::pace_after(double time) const {
    if (slope_ <= 0) return climbed(rate_, time);
    const double start = rate_ * (1 - doubt_);
    const double pace = start + slope_ * time;
    const double top = ceiling_gone_at();
    return pace <= top ? pace : climbed(top, time - (top - start) / slope_);
}

double limit_learner::pace(time_point now) const {
    if (run_start_ == time_point::min()) return rate_ * (doubt_ < 1 ? 1 - doubt_ : 1);
    return pace_after(std::max(0.0, seconds(now - run_start_)));
}

duration limit_learner::wait(time_point now, urgency how) const {
    if (run_start_ > now) return run_start_ - now;
    const duration kept =
        how == urgency::urgent ? duration::zero() : allowance() / (burst_allowed - 1);
    const time_point allowed = due_ - allowance() + kept;
    return due_ > now && allowed > now ? allowed - now : duration::zero();
}

bool limit_learner::is_due(time_point now) const {
    return is_pressed_ && cost_ > 0 && slope_ > 0 && pace(now) >= rate_ * (1 - fallen * doubt_);
}

void limit_learner::begin_first_run(time_point start) {
    run_start_ = start;
    if (doubt_ < 1) begin_run(start, doubt_ < doubt_after_climb ? run_after_restart : run_min);
}

void limit_learner::charge(time_point now, double more) {
    due_ += from_seconds(more / pace(now));
}

void limit_learner::sent(time_point now) {
    if (run_start_ == time_point::min()) {
        begin_first_run(now);
        // What refused before may have been used up to the last before a restart.
        if (cost_ <= 0) due_ = now;
    }
    const duration interval = from_seconds(1 / pace(now));
    // Nothing is learned while nothing is to be sent: an idle time is no part of a run.
    const duration idle = now - std::max(due_, run_start_);
    is_pressed_ = idle <= interval && run_start_ < now;
    if (idle > interval) run_start_ += idle;
    due_ = std::max(due_, run_start_) + interval;
}

bool limit_learner::accepted(time_point now, time_point sent_at, double cost) {
    accepted_ += static_cast<float>(cost);
    const double latency = seconds(now - sent_at);
    const bool is_first = usual_latency_ <= 0;
    if (is_first) usual_latency_ = static_cast<float>(latency);
    const bool is_slow = latency > std::max(seconds(held_answer), slow_factor * usual_latency_);
    const double step = latency > usual_latency_ ? usual_share : usual_share - 1;
    usual_latency_ *= static_cast<float>(1 + step * latency_step);
    return is_slow && is_pressed_ && !is_first;
}

void limit_learner::held_back(time_point now, time_point sent_at) {
    if (sent_at < run_start_) return;
    const double latency = seconds(now - sent_at);
    const duration pause = from_seconds(latency + 1 / pace(sent_at));
    end_run(seconds(sent_at - run_start_), latency);
    begin_run(now + pause, run_min);
}

void limit_learner::refused(time_point now, time_point sent_at, duration wait) {
    if (run_start_ == time_point::min()) begin_first_run(sent_at);
    earn_refusals(now);
    refusals_left_ -= 1;
    const time_point until = now + wait;
    if (sent_at >= run_start_) {
        end_run(seconds(sent_at - run_start_), seconds(until - sent_at));
    } else if (until > run_start_) {  // it was on its way when the run ended
        cost_ += static_cast<float>(seconds(until - run_start_));
    } else {
        return;
    }
    begin_run(until, run_min);
}

// Three calls may go back to back where calls were few; a window is counted out evenly, and where
// nothing is known nothing is risked.
duration limit_learner::allowance() const {
    if (is_window_ || slope_ <= 0) return duration::zero();
    return from_seconds((burst_allowed - 1) / (rate_ * (1 - doubt_)));
}

void limit_learner::hold(time_point until) {
    if (until <= run_start_) return;
    if (run_start_ == time_point::min()) {
        begin_first_run(until);
        return;
    }
    run_start_ = until;
    due_ = until + allowance();  // no burst follows a wait
    accepted_ = 0;
}

void limit_learner::end_run(double time, double waited) {
    const run_end end{.seconds = time,
                      .waited = waited,
                      .pace = pace_after(time),
                      .carried = std::max(1.0F, accepted_) / (time + waited),
                      .last_cost = cost_};
    cost_ = static_cast<float>(waited);
    belief now{};
    if (is_window(end)) {
        now = {window_ / static_cast<double>(window_seconds_), doubt_of_window};
    } else if (slope_ <= 0 || end.pace > ceiling_gone_at()) {
        now = after_climb(end);
    } else if (end.pace < rate_ * (1 - fallen * doubt_)) {
        now = after_fall(end);
    } else {
        now = after_rise(end);
    }
    const double carried = std::min(end.carried, end.pace);
    rate_ = static_cast<float>(is_window_ ? now.rate : std::clamp(now.rate, carried, end.pace));
    rate_ = static_cast<float>(std::clamp<double>(rate_, rate_min, rate_max));
    if (is_window_) {
        doubt_ = static_cast<float>(now.doubt);
        return;
    }
    // What few calls show is little; what a run carried beyond a burst is allowed, whatever else is
    // in doubt.
    const double least = std::min(doubt_after_climb, 1 / std::max(1.0, double{accepted_}));
    const double sure = std::max(0.0, double{accepted_} - burst_) / (time + waited);
    doubt_ = static_cast<float>(std::max(least, std::min(now.doubt, 1 - sure / rate_)));
}

bool limit_learner::is_window(const run_end& end) {
    is_window_ = is_window_ && end.waited < window_wait && end.pace >= rate_ * (1 - doubt_);
    if (end.waited < window_wait) return false;
    const double length = end.seconds + end.waited - wait_rounding;
    // A punishment is the same each time, or twice the last one; the rest of a window is not.
    const bool is_rest = !near(end.waited, end.last_cost) && !near(end.waited, 2 * end.last_cost) &&
                         end.seconds < window_run * end.waited;
    is_window_ =
        is_rest && window_ > 0 && near(accepted_, window_) && near(length, window_seconds_);
    window_ = static_cast<std::uint32_t>(accepted_);
    window_seconds_ = static_cast<float>(length);
    return is_window_;
}

limit_learner::belief limit_learner::after_climb(const run_end& end) {
    const bool had_ceiling = slope_ > 0;
    // More passed than was believed: so less of it was a burst. Not 1, which is "not known".
    if (had_ceiling) burst_ = std::max(1.2F, 0.85F * burst_);
    const double rate =
        std::max(rate_before_climb(end.pace, burst_), had_ceiling ? ceiling_gone_at() : 0.0);
    if (burst_ <= 1) burst_ = static_cast<float>(std::max(3.0, rate));
    const double proven = std::max(end.carried, had_ceiling ? double{rate_} : 0.0);
    const bool is_dear = end.waited >= window_wait;
    return {rate,
            std::clamp(1 - proven / rate, doubt_min, is_dear ? doubt_max : doubt_after_climb)};
}

limit_learner::belief limit_learner::after_fall(const run_end& end) {
    if (end.seconds > long_run * end.waited) {  // believed too high: more passes before a refusal
        burst_ *= 1.5F;
        return {end.carried, std::min(2.0 * doubt_, doubt_after_climb)};
    }
    const double rate = std::sqrt(end.carried * end.pace);
    return {rate, std::clamp<double>(1 - end.carried / rate, doubt_, doubt_after_fall)};
}

limit_learner::belief limit_learner::after_rise(const run_end& end) {
    // At this pace the burst began to be used up.
    const double rate = end.pace - std::sqrt(2 * burst_ * slope_);
    if (rate < end.carried) burst_ = std::max(1.0F, 0.8F * burst_);
    const bool is_confirmed = end.pace >= rate_;
    return {rate, is_confirmed ? std::max(doubt_min, doubt_ / doubt_shrink) : double{doubt_}};
}

void limit_learner::begin_run(time_point start, double at_least) {
    accepted_ = 0;
    run_start_ = start;
    double length = std::max({run_cost * cost_, run_calls / rate_, run_seconds}) / doubt_;
    length = std::max(length, at_least);
    if (is_window_) length = std::max<double>(length, run_windows * window_seconds_);
    if (refusals_left_ < 1) {
        length = std::max<double>(length, (1 - refusals_left_) * 3600 / refusals_per_hour_);
    }
    slope_ = static_cast<float>(slope_of_run(doubt_ * rate_, burst_, length));
    due_ = start + allowance();  // no burst follows a wait
}

void limit_learner::earn_refusals(time_point now) {
    const auto at = static_cast<std::uint32_t>(seconds(now.time_since_epoch()));
    if (earned_at_ > 0 && at > earned_at_) {
        const double earned = (at - earned_at_) * (refusals_per_hour_ / 3600.0);
        refusals_left_ =
            static_cast<float>(std::min<double>(refusals_per_hour_, refusals_left_ + earned));
    }
    earned_at_ = at;
}

}  // namespace baudot
