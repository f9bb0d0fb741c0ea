#include "telegram_sim/profiles.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace baudot::telegram_sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, profile_count> names = {"off", "gentle", "realistic",
                                                               "harsh"};

rate per_second(int count, int burst) {
    return {.interval = duration(seconds(1)) / count, .burst = burst};
}

/// Documented rates without the window, no faults: what a first run should feel.
profile gentle() {
    profile made;
    made.limits = {.private_chat = per_second(1, 20),
                   .group_chat = per_second(1, 20),
                   .group_window_count = 0,
                   .group_window = {},
                   .broadcast = per_second(30, 30),
                   .paid_broadcast = per_second(1000, 1000),
                   .reply_window = minutes(1),
                   .forwards = per_second(30, 60),
                   .deletes = per_second(30, 60),
                   .points_per_token = 0,
                   .album_costs_each = false,
                   .hold_max = seconds(8)};
    made.latency = {.network = {.median = milliseconds(10), .sigma = 0.2},
                    .send = {.median = milliseconds(10), .sigma = 0.2},
                    .media = {.median = milliseconds(20), .sigma = 0.2},
                    .read = {.median = milliseconds(2), .sigma = 0.2}};
    return made;
}

/// The evidence as it is.
profile realistic() {
    profile made = gentle();
    made.limits.group_window_count = 20;
    made.limits.group_window = seconds(60);
    made.limits.forwards = per_second(30, 30);
    made.limits.deletes = per_second(30, 30);
    made.limits.points_per_token = 500;
    made.limits.album_costs_each = true;
    made.limits.escalates = true;
    made.limits.server_local = true;
    made.faults = {.trouble_as_429 = 0.0005,
                   .html_after = 0.0001,
                   .reset_before = 0.0005,
                   .reset_after = 0.001,
                   .answer_lost = 0.001,
                   .slow = 0.002,
                   .slow_min = seconds(1),
                   .slow_max = seconds(6),
                   .redeliver = 0.001,
                   .outage_every = hours(4),
                   .outage_min = minutes(1),
                   .outage_max = minutes(5),
                   .outage_share_min = 0.1,
                   .outage_share_max = 1};
    made.latency = {.network = {.median = milliseconds(45), .sigma = 0.35},
                    .send = {.median = milliseconds(35), .sigma = 0.4},
                    .media = {.median = milliseconds(70), .sigma = 0.4},
                    .read = {.median = milliseconds(10), .sigma = 0.4},
                    .bytes_per_second = 6e6};
    return made;
}

/// Everything that was ever seen, often.
profile harsh() {
    profile made = realistic();
    made.limits.private_chat = per_second(1, 5);
    made.limits.group_chat = per_second(1, 5);
    made.limits.hold_max = {};
    made.faults.trouble_as_429 = 0.01;
    made.faults.html_after = 0.005;
    made.faults.reset_before = 0.01;
    made.faults.reset_after = 0.01;
    made.faults.answer_lost = 0.005;
    made.faults.slow = 0.02;
    made.faults.slow_max = seconds(12);
    made.faults.redeliver = 0.05;
    made.faults.outage_every = minutes(10);
    made.latency.network = {.median = milliseconds(120), .sigma = 0.6};
    return made;
}

std::string number(double value) {
    const double whole = std::round(value);
    if (value == whole) return std::to_string(static_cast<long long>(whole));
    std::string text = std::to_string(value);
    while (text.ends_with('0')) text.pop_back();
    return text;
}

double in_seconds(duration of) {
    return std::chrono::duration<double>(of).count();
}

std::string time_text(duration of) {
    if (of == duration::zero()) return "0";
    const double value = in_seconds(of);
    if (value < 1) return number(value * 1000) + " ms";
    if (value < 120) return number(value) + " s";
    return number(value / 60) + " min";
}

std::string rate_text(const rate& of) {
    if (of.interval == duration::zero()) return "-";
    return number(std::round(1 / in_seconds(of.interval))) + "/s, burst " +
           std::to_string(of.burst);
}

std::string range_text(duration low, duration high) {
    return high == duration::zero() ? "-" : time_text(low) + " to " + time_text(high);
}

std::string latency_text(const latency& of) {
    return of.median == duration::zero() ? "0"
                                         : time_text(of.median) + " (" + number(of.sigma) + ")";
}

std::string percent(double share) {
    return share == 0 ? "-" : number(share * 100) + " %";
}

struct row {
    std::string_view what;
    std::string_view evidence;
    std::string (*value)(const profile&);
};

// E: anchored in evidence, G: our guess; the sections of TELEGRAM.md name the sources.
constexpr std::array<row, 29> rows = {{
    {"one private chat", "E 1.1",
     [](const profile& of) { return rate_text(of.limits.private_chat); }},
    {"one group, supergroup or channel", "E 1.1, burst G",
     [](const profile& of) { return rate_text(of.limits.group_chat); }},
    {"window of the same", "E 1.1",
     [](const profile& of) {
         if (of.limits.group_window_count == 0) return std::string("-");
         return std::to_string(of.limits.group_window_count) + " in " +
                time_text(of.limits.group_window);
     }},
    {"all chats that did not just write", "E 1.1",
     [](const profile& of) { return rate_text(of.limits.broadcast); }},
    {"the same, beyond it, for a tenth of a Star each", "E 1.1, burst G",
     [](const profile& of) { return rate_text(of.limits.paid_broadcast); }},
    {"how long an answer to a person is free", "G",
     [](const profile& of) { return time_text(of.limits.reply_window); }},
    {"forwards of a bot, beside the chat's limit", "E 1.1, numbers G",
     [](const profile& of) { return rate_text(of.limits.forwards); }},
    {"deletions in a chat", "G", [](const profile& of) { return rate_text(of.limits.deletes); }},
    {"code points of a text for one token", "E 1.1, slope G",
     [](const profile& of) {
         return of.limits.points_per_token == 0 ? std::string("any")
                                                : std::to_string(of.limits.points_per_token);
     }},
    {"an album costs its parts", "G",
     [](const profile& of) { return std::string(of.limits.album_costs_each ? "yes" : "no"); }},
    {"the longest wait that is held and not a 429", "E 1.3",
     [](const profile& of) { return time_text(of.limits.hold_max); }},
    {"a request before the wait is over doubles it", "E 7.1, decay G",
     [](const profile& of) { return std::string(of.limits.escalates ? "yes" : "no"); }},
    {"limits of the Bot API server itself", "E 1.2",
     [](const profile& of) { return std::string(of.limits.server_local ? "yes" : "no"); }},
    {"server trouble as 429 after 7 s", "E 1.3, share G",
     [](const profile& of) { return percent(of.faults.trouble_as_429); }},
    {"502 or 504 in HTML although it was done", "E 2.4, share G",
     [](const profile& of) { return percent(of.faults.html_after); }},
    {"connection reset, not done", "G",
     [](const profile& of) { return percent(of.faults.reset_before); }},
    {"connection reset, done", "E 7.2, share G",
     [](const profile& of) { return percent(of.faults.reset_after); }},
    {"done, the answer never comes", "E 7.2, share G",
     [](const profile& of) { return percent(of.faults.answer_lost); }},
    {"a slow request", "E 1.3, share G", [](const profile& of) { return percent(of.faults.slow); }},
    {"how slow", "E 1.3",
     [](const profile& of) { return range_text(of.faults.slow_min, of.faults.slow_max); }},
    {"getUpdates returns again what it returned", "E 7.3, share G",
     [](const profile& of) { return percent(of.faults.redeliver); }},
    {"a burst of 5xx in HTML, on average every", "G",
     [](const profile& of) {
         return of.faults.outage_every == duration::zero() ? std::string("-")
                                                           : time_text(of.faults.outage_every);
     }},
    {"its length", "E 7.2",
     [](const profile& of) { return range_text(of.faults.outage_min, of.faults.outage_max); }},
    {"share of requests that fail in it", "E 7.2",
     [](const profile& of) {
         if (of.faults.outage_share_max == 0) return std::string("-");
         return percent(of.faults.outage_share_min) + " to " + percent(of.faults.outage_share_max);
     }},
    {"network, median (sigma of the logarithm)", "E 7.2, spread G",
     [](const profile& of) { return latency_text(of.latency.network); }},
    {"service of a send", "G", [](const profile& of) { return latency_text(of.latency.send); }},
    {"service of media", "G", [](const profile& of) { return latency_text(of.latency.media); }},
    {"service of a read", "G", [](const profile& of) { return latency_text(of.latency.read); }},
    {"bytes of an upload in a second", "E 4",
     [](const profile& of) {
         return of.latency.bytes_per_second == 0 ? std::string("any")
                                                 : number(of.latency.bytes_per_second);
     }},
}};

}  // namespace

std::string_view name(profile_name which) noexcept {
    return names[static_cast<std::size_t>(which)];
}

std::optional<profile_name> profile_of(std::string_view wanted) noexcept {
    const auto at = std::ranges::find(names, wanted);
    if (at == names.end()) return std::nullopt;
    return static_cast<profile_name>(at - names.begin());
}

profile make_profile(profile_name which) {
    profile made;
    switch (which) {
        case profile_name::off: break;
        case profile_name::gentle: made = gentle(); break;
        case profile_name::realistic: made = realistic(); break;
        case profile_name::harsh: made = harsh(); break;
    }
    made.base = which;
    return made;
}

std::string profile_table() {
    std::string out = "| what | off | gentle | realistic | harsh | evidence |\n";
    out += "|---|---|---|---|---|---|\n";
    for (const row& one : rows) {
        out.append("| ").append(one.what).append(" |");
        for (int which = 0; which < profile_count; ++which) {
            out += " " + one.value(make_profile(static_cast<profile_name>(which))) + " |";
        }
        out.append(" ").append(one.evidence).append(" |\n");
    }
    return out;
}

}  // namespace baudot::telegram_sim
