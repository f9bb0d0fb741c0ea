// How much of a hidden limit a client uses and how often it is refused: every client against every
// server under virtual time. Prints one JSON line per run; bench/limits.py makes the table.
//
//   limits_bench SEED DRAWN        all runs; DRAWN servers are drawn from SEED
//   limits_bench --trace SERVER    one line per second of Baudot against one server
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <queue>

#include "limits_clients.hpp"
#include "limits_servers.hpp"

namespace {

using namespace baudot::limits;

constexpr double round_trip = 0.08;
constexpr double settled_within = 0.1;
constexpr double settled_share = 0.8;

struct pending_answer {
    double at = 0;
    double sent_at = 0;
    int number = 0;
    server_answer what;
    bool operator>(const pending_answer& other) const { return at > other.at; }
};

struct call {
    double at = 0;
    bool accepted = false;
};

/// Every call of one run, in the order in which the server saw them.
std::vector<call> run(const hidden_limit& what, client& sender, std::uint64_t seed) {
    server asked(what, seed);
    std::priority_queue<pending_answer, std::vector<pending_answer>, std::greater<>> answers;
    std::vector<call> calls;
    double now = 0;
    while (now < what.horizon) {
        const double next = std::max(now, sender.next(now));
        if (!answers.empty() && answers.top().at <= next) {
            const pending_answer answer = answers.top();
            answers.pop();
            now = answer.at;
            sender.answer(now, answer.sent_at, answer.number, answer.what);
            continue;
        }
        if (next >= what.horizon) break;
        now = next;
        const int number = sender.send(now);
        const server_answer answer = asked.call(now + round_trip / 2);
        calls.push_back({now + round_trip / 2, answer.accepted});
        answers.push({now + round_trip + answer.held, now, number, answer});
    }
    return calls;
}

struct score {
    double goodput = 0;
    double refused_per_1000 = 0;
    std::size_t refused = 0;
    double silence = 0;
    double settled = 0;  // from here on four of five windows are within a tenth of the limit
};

std::vector<double> by_window(const std::vector<double>& times, double length, double horizon) {
    std::vector<double> counts(static_cast<std::size_t>(horizon / length));
    for (const double at : times) {
        const auto window = static_cast<std::size_t>(at / length);
        if (window < counts.size()) counts[window] += 1;
    }
    return counts;
}

double settle_time(const std::vector<double>& ours, const std::vector<double>& most,
                   double length) {
    std::size_t near = 0;
    std::size_t settled = ours.size();
    for (std::size_t i = ours.size(); i-- > 0;) {
        near += ours[i] >= (1 - settled_within) * most[i];
        if (static_cast<double>(near) >= settled_share * static_cast<double>(ours.size() - i)) {
            settled = i;
        }
    }
    return static_cast<double>(settled) * length;
}

score judge(const hidden_limit& what, const std::vector<call>& calls,
            const std::vector<double>& most) {
    score made;
    std::vector<double> accepted;
    for (const call& each : calls) {
        if (!each.accepted) {
            ++made.refused;
            continue;
        }
        made.silence = std::max(made.silence, each.at - (accepted.empty() ? 0 : accepted.back()));
        accepted.push_back(each.at);
    }
    made.silence = std::max(made.silence, what.horizon - (accepted.empty() ? 0 : accepted.back()));
    const auto count = static_cast<double>(accepted.size());
    made.goodput = std::min(1.0, count / static_cast<double>(most.size()));
    made.refused_per_1000 = 1000 * static_cast<double>(made.refused) / std::max(1.0, count);
    const double length = std::max(20.0, what.window_seconds);
    made.settled = settle_time(by_window(accepted, length, what.horizon),
                               by_window(most, length, what.horizon), length);
    return made;
}

void compare(const char* group, const hidden_limit& what, std::uint64_t seed) {
    const std::vector<double> most = server::most(what, seed);
    for (const client_kind& kind : client_kinds()) {
        const auto sender = kind.make(what.window_count > 0);
        const score made = judge(what, run(what, *sender, seed), most);
        std::printf(
            "{\"group\":\"%s\",\"server\":\"%s\",\"client\":\"%s\",\"goodput\":%.4f,"
            "\"refused\":%zu,\"refused_per_1000\":%.3f,\"silence\":%.1f,\"settled\":%.0f}\n",
            group, what.name.c_str(), kind.name.c_str(), made.goodput, made.refused,
            made.refused_per_1000, made.silence, made.settled);
    }
}

std::uint64_t number(const char* text) {
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

void trace(const std::string& name) {
    std::vector<hidden_limit> all = standard_servers();
    for (hidden_limit& each : named_servers()) all.push_back(std::move(each));
    if (name.starts_with("drawn ")) all.push_back(drawn_server(number(name.c_str() + 6)));
    for (const hidden_limit& what : all) {
        if (what.name != name) continue;
        const auto sender = client_kinds().front().make(what.window_count > 0);
        const auto calls = run(what, *sender, 1);
        const auto seconds = static_cast<std::size_t>(what.horizon);
        std::vector<int> accepted(seconds + 1);
        std::vector<int> refused(seconds + 1);
        for (const call& each : calls) {
            ++(each.accepted ? accepted
                             : refused)[std::min(seconds, static_cast<std::size_t>(each.at))];
        }
        const server told(what, 1);
        const bool bucket = !what.rates.empty();
        const double flat = what.window_seconds > 0 ? what.window_count / what.window_seconds : 0;
        for (std::size_t i = 0; i < seconds; ++i) {
            std::printf("%zu %.3f %d %d\n", i, bucket ? told.rate(static_cast<double>(i)) : flat,
                        accepted[i], refused[i]);
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count == 3 && std::strcmp(arguments[1], "--trace") == 0) {
        trace(arguments[2]);
        return 0;
    }
    const std::uint64_t seed = count > 1 ? number(arguments[1]) : 1;
    const std::uint64_t drawn = count > 2 ? number(arguments[2]) : 200;
    for (const hidden_limit& each : standard_servers()) compare("standard", each, seed);
    for (const hidden_limit& each : named_servers()) compare("named", each, seed);
    for (std::uint64_t i = 0; i < drawn; ++i) {
        const std::uint64_t mixed = seed * 100'003 + i;
        compare("drawn", drawn_server(mixed), mixed);
    }
    return 0;
}
