#include "limits_servers.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.hpp"

namespace baudot::limits {
namespace {

constexpr double never = 1e9;
constexpr double step = 0.02;           // how finely most() looks
constexpr double repeated_within = 60;  // a refusal so soon after another doubles the closure
constexpr double closure_factor_max = 16;
constexpr double extension = 1;  // a call during a closure lengthens it by so much

std::uint64_t mix(std::uint64_t& state) {  // splitmix64
    std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

double unit(std::uint64_t& state) {
    return static_cast<double>(mix(state) >> 11U) * 0x1.0p-53;
}

}  // namespace

server::server(hidden_limit what, std::uint64_t seed)
    : what_(std::move(what)), random_(seed), tokens_(what_.burst) {
    next_foreign_ =
        what_.foreign_rate > 0 ? -std::log(1 - unit(random_)) / what_.foreign_rate : never;
    window_.assign(static_cast<std::size_t>(what_.window_count), -never);
}

double server::rate(double now) const {
    double rate = what_.rates.empty() ? never : what_.rates.front().rate;
    for (const change& each : what_.rates) {
        if (each.at <= now) rate = each.rate;
    }
    const double swing = std::sin(2 * std::numbers::pi * now / what_.drift_period);
    return rate * (1 + what_.drift * swing);
}

void server::refill(double now) {
    if (what_.rates.empty()) return;
    tokens_ = std::min(what_.burst, tokens_ + (now - refilled_at_) * rate(now));
    refilled_at_ = now;
}

void server::foreign_calls(double now) {
    while (next_foreign_ <= now) {
        refill(next_foreign_);
        if (wait(next_foreign_) <= 0) take(next_foreign_);
        next_foreign_ += -std::log(1 - unit(random_)) / what_.foreign_rate;
    }
}

double server::wait(double now) const {
    double wait = 0;
    if (!what_.rates.empty() && tokens_ < 1) wait = (1 - tokens_) / rate(now);
    if (!window_.empty()) {
        const double oldest = window_[oldest_];
        const double length = what_.window_seconds;
        const double free_at =
            what_.aligned ? (std::floor(oldest / length) + 1) * length : oldest + length;
        wait = std::max(wait, free_at - now);
    }
    return wait;
}

void server::take(double now) {
    if (!what_.rates.empty()) tokens_ -= 1;
    if (window_.empty()) return;
    window_[oldest_] = now;
    oldest_ = (oldest_ + 1) % window_.size();
}

double server::refuse(double now, double wait) {
    if (what_.penalty > 0) {
        const bool again = now - refused_at_ <= repeated_within;
        closure_ =
            again && closure_ < closure_factor_max * what_.penalty ? 2 * closure_ : what_.penalty;
        refused_at_ = now;
        closed_until_ = now + std::max(closure_, wait);
        wait = closed_until_ - now;
    }
    return std::max(1.0, std::ceil(wait));
}

server_answer server::call(double now) {
    foreign_calls(now);
    refill(now);
    if (now < closed_until_) {
        closed_until_ += extension;
        return {.wait = std::ceil(closed_until_ - now)};
    }
    const double over = std::max(0.0, wait(now));
    if (over > what_.held_max) return {.wait = refuse(now, over)};
    take(now + over);
    return {.accepted = true, .held = over};
}

std::vector<double> server::most(const hidden_limit& what, std::uint64_t seed) {
    server told(what, seed);
    std::vector<double> accepted;
    for (double now = 0; now < what.horizon; now += step) {
        told.foreign_calls(now);
        told.refill(now);
        while (told.wait(now) <= 0) {
            told.take(now);
            accepted.push_back(now);
        }
    }
    return accepted;
}

std::vector<hidden_limit> standard_servers() {
    const std::vector<change> thirty = {{0, 30}};
    return {
        {.name = "A", .rates = thirty, .burst = 30},
        {.name = "B", .rates = thirty, .burst = 30, .penalty = 3},
        {.name = "C", .rates = {{0, 30}, {600, 12}, {1200, 45}}, .burst = 30, .penalty = 3},
        {.name = "D", .rates = {{0, 1}}, .burst = 3, .penalty = 3},
        {.name = "E", .window_count = 20, .window_seconds = 60},
        {.name = "F", .rates = {{0, 7}}, .burst = 100, .penalty = 3},
    };
}

std::vector<hidden_limit> named_servers() {
    return {
        {.name = "drops to a tenth", .rates = {{0, 30}, {600, 3}}, .burst = 30, .penalty = 3},
        {.name = "two nested limits",
         .rates = {{0, 1}},
         .burst = 5,
         .window_count = 20,
         .window_seconds = 60,
         .penalty = 3},
        {.name = "edits share the budget",
         .rates = {{0, 1}},
         .burst = 5,
         .penalty = 3,
         .foreign_rate = 0.2},
        {.name = "aligned to the minute",
         .window_count = 20,
         .window_seconds = 60,
         .aligned = true},
        {.name = "hidden waits", .rates = {{0, 10}}, .burst = 10, .penalty = 3, .held_max = 8},
        {.name = "50-minute bucket",
         .window_count = 2200,
         .window_seconds = 3000,
         .horizon = 18'000},
        {.name = "rate that swings",
         .rates = {{0, 10}},
         .burst = 20,
         .drift = 0.3,
         .drift_period = 600,
         .penalty = 3},
    };
}

hidden_limit drawn_server(std::uint64_t seed) {
    random_source random(seed);
    const auto log_between = [&](double low, double high) {
        return low * std::pow(high / low, random.unit());
    };
    hidden_limit made{.name = "drawn " + std::to_string(seed)};
    if (random.chance(0.25)) {  // groups and channels: so many a minute, give or take
        made.window_count = static_cast<int>(random.between(10, 40));
        made.window_seconds = random.chance(0.7) ? 60 : 30;
        made.aligned = random.chance(0.3);
    } else {  // a chat is near 1 a second, an account near 30, with bursts of some seconds
        const double rate = log_between(0.5, 50);
        made.rates = {{0, rate}};
        made.burst = std::max(1.0, std::floor(rate * log_between(0.5, 20)));
        if (random.chance(0.3)) {
            const double later = rate * log_between(0.3, 3);
            made.rates.push_back({static_cast<double>(random.between(300, 1500)), later});
        }
        if (random.chance(0.3)) {
            made.drift = 0.05 + 0.15 * random.unit();
            made.drift_period = log_between(300, 3600);
        }
    }
    if (random.chance(0.7)) made.penalty = log_between(3, 30);  // nineteen of twenty real waits
    if (random.chance(0.2)) made.held_max = 8;
    return made;
}

}  // namespace baudot::limits
