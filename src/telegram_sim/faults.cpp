#include "telegram_sim/faults.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace baudot::telegram_sim {
namespace {

constexpr std::array<std::string_view, fault_kinds> names = {
    "hold",       "flood",        "flood_as_400", "trouble_as_429", "restart",  "html_before",
    "html_after", "reset_before", "reset_after",  "answer_lost",    "redeliver"};

bool same_method(std::string_view left, std::string_view right) noexcept {
    return std::ranges::equal(left, right, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

bool matches(const fault& what, const fault_source::request& of) noexcept {
    if (what.bot && *what.bot != of.bot) return false;
    if (what.chat && *what.chat != of.chat) return false;
    if (!what.method.empty() && !same_method(what.method, of.method)) return false;
    return what.kind != fault_kind::redeliver || of.is_get_updates;
}

}  // namespace

std::string_view name(fault_kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<fault_kind> fault_kind_of(std::string_view wanted) noexcept {
    const auto at = std::ranges::find(names, wanted);
    if (at == names.end()) return std::nullopt;
    return static_cast<fault_kind>(at - names.begin());
}

fault_source::id fault_source::inject(fault what) {
    const id number{++last_};
    injected_.push_back({.number = number, .what = std::move(what)});
    return number;
}

bool fault_source::remove(id which) {
    return std::erase_if(injected_, [&](const injected& one) { return one.number == which; }) > 0;
}

bool fault_source::is_out(time_point now) {
    if (settings_.outage_every <= duration::zero()) return false;
    const auto draw_next = [&](time_point from) {
        // Exponential: outages come independently of one another.
        const double factor = -std::log(1.0 - random_.unit());
        outage_begins_ =
            from +
            std::chrono::duration_cast<duration>(std::chrono::duration<double, duration::period>(
                static_cast<double>(settings_.outage_every.count()) * factor));
        outage_ends_ = *outage_begins_ + duration(random_.between(settings_.outage_min.count(),
                                                                  settings_.outage_max.count()));
        outage_share_ = settings_.outage_share_min +
                        random_.unit() * (settings_.outage_share_max - settings_.outage_share_min);
    };
    if (!outage_begins_) draw_next(now);
    while (now >= outage_ends_) draw_next(outage_ends_);
    return now >= *outage_begins_ && random_.chance(outage_share_);
}

std::optional<fault> fault_source::next(const request& what, time_point now) {
    for (auto at = injected_.begin(); at != injected_.end(); ++at) {
        fault& one = at->what;
        if (!matches(one, what) || (one.probability < 1 && !random_.chance(one.probability))) {
            continue;
        }
        ++at->fired;
        fault fired = one;
        if (one.times && --*one.times == 0) injected_.erase(at);
        return fired;
    }
    if (is_out(now)) {
        return fault{.kind = fault_kind::html_before, .status = random_.chance(0.5) ? 502 : 504};
    }
    const auto happens = [&](double probability) {
        return probability > 0 && random_.chance(probability);
    };
    if (what.is_get_updates) {
        if (happens(settings_.redeliver)) return fault{.kind = fault_kind::redeliver};
        return std::nullopt;
    }
    if (happens(settings_.trouble_as_429)) return fault{.kind = fault_kind::trouble_as_429};
    if (happens(settings_.html_after)) return fault{.kind = fault_kind::html_after};
    if (happens(settings_.reset_before)) return fault{.kind = fault_kind::reset_before};
    if (happens(settings_.reset_after)) return fault{.kind = fault_kind::reset_after};
    if (happens(settings_.answer_lost)) return fault{.kind = fault_kind::answer_lost};
    if (happens(settings_.slow)) {
        return fault{.kind = fault_kind::hold,
                     .wait = duration(
                         random_.between(settings_.slow_min.count(), settings_.slow_max.count()))};
    }
    return std::nullopt;
}

duration fault_source::draw(const latency& from) {
    if (from.median <= duration::zero()) return {};
    if (from.sigma <= 0) return from.median;
    // Box-Muller: a normal number from two uniform ones.
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random_.unit()));
    const double normal = radius * std::cos(2.0 * std::numbers::pi * random_.unit());
    const double ticks = static_cast<double>(from.median.count()) * std::exp(from.sigma * normal);
    return duration(static_cast<duration::rep>(ticks));
}

}  // namespace baudot::telegram_sim
