#pragma once

#include <map>
#include <queue>
#include <vector>

#include "dispatch/lanes.hpp"
#include "schedule/pacer.hpp"

namespace baudot::dispatch {

inline constexpr account_id bot{1};
inline constexpr duration answer_time = std::chrono::milliseconds(80);

inline delivery_ref nth(std::uint64_t number) {
    return {sequence{number}, 0};
}

class paced_gate final : public gate {
public:
    explicit paced_gate(const pace& rates) : limits(rates) {}
    admission ask(time_point now, account_id sender, chat_id destination, urgency how) override {
        return limits.ask(now, sender, destination, how);
    }
    pacer limits;
};

/// Lanes that run: what is granted is answered after answer_time.
class world {
public:
    explicit world(const pace& rates) : limits(rates) {}

    void push(chat_id to, chat_id from, flow_id by, time_point expires = time_point::max()) {
        ++count;
        pushed.push_back(now);
        delays.push_back(duration::zero());
        tested.push(to, from, nth(count), bot, by, expires);
    }

    void run(time_point until) {
        for (;;) {
            std::vector<lanes::permit> permits;
            tested.take(now, limits, 1000 - tested.in_flight(), permits);
            for (const delivery_ref& each : tested.take_expired()) {
                expired.push_back(std::to_underlying(each.planned));
            }
            for (const lanes::permit& each : permits) {
                flying.emplace(now + answer_time, each.destination);
                const auto number = std::to_underlying(each.delivery.planned);
                delays[number] = now + answer_time - pushed.at(number);
                ++sent[each.destination];
                order.push_back(number);
            }
            time_point next = until;
            if (!flying.empty()) next = std::min(next, flying.top().first);
            if (const auto due = tested.next_due()) next = std::min(next, std::max(*due, now));
            if (next >= until) break;
            now = next;
            while (!flying.empty() && flying.top().first <= now) {
                tested.finished(flying.top().second);
                flying.pop();
            }
        }
        now = until;
    }

    lanes tested;
    paced_gate limits;
    time_point now{std::chrono::hours(1)};
    std::uint64_t count = 0;
    std::vector<time_point> pushed{time_point{}};    // by number
    std::vector<duration> delays{duration::zero()};  // by number; of what was sent
    std::map<chat_id, int> sent;
    std::vector<std::uint64_t> order;
    std::vector<std::uint64_t> expired;

private:
    using flight = std::pair<time_point, chat_id>;
    std::priority_queue<flight, std::vector<flight>, std::greater<>> flying;
};

}  // namespace baudot::dispatch
