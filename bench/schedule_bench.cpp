// schedule_bench lanes CHATS DELIVERIES CHATS_PER_POST
//     the lanes: one timer for each chat
// schedule_bench heap CHATS DELIVERIES
//     the anchor: std::priority_queue, one entry for each delivery by when it is due
// Both put DELIVERIES into CHATS, round after round, and give all of them in virtual time: a chat
// takes one in each second, and each is answered at once. Prints "name value" lines.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iterator>
#include <queue>
#include <string>
#include <time.h>
#include <vector>

#include "dispatch/lanes.hpp"

namespace {

using namespace baudot;
using namespace std::chrono_literals;

constexpr duration chat_interval = 1s;
constexpr std::size_t in_flight_max = 1000;
constexpr time_point begin{1h};

struct scenario {
    std::uint64_t chats = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t chats_per_post = 1;  // they are put in together
};

// Each round in an order of its own: neighbours in time are no neighbours in memory.
std::uint64_t nth_chat(const scenario& of, std::uint64_t number) {
    constexpr std::uint64_t primes[]{2'654'435'761, 2'246'822'519, 3'266'489'917, 668'265'263};
    return number % of.chats * primes[number / of.chats % std::size(primes)] % of.chats;
}

// CPU time, so that a busy machine is no slow program.
double cpu_nanoseconds() {
    std::timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) * 1e9 + static_cast<double>(spent.tv_nsec);
}

double nanoseconds_each(double since, const scenario& of) {
    return (cpu_nanoseconds() - since) / static_cast<double>(of.deliveries);
}

void print(const char* name, double value) {
    std::printf("%s %.6g\n", name, value);
}

[[noreturn]] void give_up(const char* why) {
    std::fprintf(stderr, "schedule_bench: %s\n", why);
    std::exit(1);
}

/// One in chat_interval for each chat, at the price of one look.
class chat_gate final : public dispatch::gate {
public:
    explicit chat_gate(std::uint64_t chats) : free_at_(chats, begin) {}
    admission ask(time_point now, account_id, chat_id destination, urgency) override {
        time_point& free_at =
            free_at_[static_cast<std::size_t>(std::to_underlying(destination)) - 1];
        if (free_at > now) return {.retry_at = free_at};
        free_at = now + chat_interval;
        return {.admitted = true, .retry_at = free_at};
    }

private:
    std::vector<time_point> free_at_;
};

void run_lanes(const scenario& of) {
    dispatch::lanes tested;
    chat_gate limits(of.chats);
    const dispatch::flow_id news = tested.flow("news", {});
    const auto start = cpu_nanoseconds();
    std::vector<dispatch::lanes::arrival> post;
    for (std::uint64_t each = 0; each < of.deliveries; ++each) {
        const auto chat = static_cast<std::int64_t>(nth_chat(of, each) + 1);
        post.push_back({chat_id{chat}, account_id{1}, {sequence{each + 1}, 0}});
        if (post.size() < of.chats_per_post && each + 1 < of.deliveries) continue;
        tested.push(chat_id{-1}, news, time_point::max(), post);
        post.clear();
    }
    print("enqueue_ns", nanoseconds_each(start, of));
    print("bytes", static_cast<double>(tested.bytes()));

    const auto given_from = cpu_nanoseconds();
    std::uint64_t given = 0;
    time_point now = begin;
    std::vector<dispatch::lanes::permit> permits;
    while (given < of.deliveries) {
        permits.clear();
        tested.take(now, limits, in_flight_max, permits);
        for (const auto& each : permits) tested.finished(each);
        given += permits.size();
        if (!permits.empty()) continue;
        const auto due = tested.next_due();
        if (!due) give_up("something waits and nothing is due");
        now = std::max(now, *due);
    }
    print("dispatch_ns", nanoseconds_each(given_from, of));
    print("virtual_seconds", std::chrono::duration<double>(now - begin).count());
}

// The same with a heap: a job whose chat may not take it yet, or has one in flight, goes back with
// the time from when on it may. Its time cannot be reserved before: the jobs ahead may fail.
void run_heap(const scenario& of) {
    struct job {
        time_point due;
        std::uint64_t number;
        std::uint32_t chat;
        bool operator>(const job& other) const {
            return due != other.due ? due > other.due : number > other.number;
        }
    };
    struct chat {
        time_point free_at = begin;
        bool busy = false;
    };
    std::priority_queue<job, std::vector<job>, std::greater<>> jobs;
    std::vector<chat> chats(of.chats);
    const double start = cpu_nanoseconds();
    for (std::uint64_t each = 0; each < of.deliveries; ++each) {
        jobs.push({begin, each, static_cast<std::uint32_t>(nth_chat(of, each))});
    }
    print("enqueue_ns", nanoseconds_each(start, of));
    print("bytes", static_cast<double>(jobs.size() * sizeof(job)));

    const double given_from = cpu_nanoseconds();
    time_point now = begin;
    std::vector<std::uint32_t> flying;
    while (!jobs.empty()) {
        flying.clear();
        while (!jobs.empty() && jobs.top().due <= now && flying.size() < in_flight_max) {
            job next = jobs.top();
            jobs.pop();
            chat& at = chats[next.chat];
            if (!at.busy && at.free_at <= now) {
                at = {.free_at = now + chat_interval, .busy = true};
                flying.push_back(next.chat);
            } else {
                next.due = std::max(at.free_at, now + chat_interval / 1000);
                jobs.push(next);
            }
        }
        for (const std::uint32_t each : flying) chats[each].busy = false;
        if (flying.empty() && !jobs.empty()) now = std::max(now, jobs.top().due);
    }
    print("dispatch_ns", nanoseconds_each(given_from, of));
    print("virtual_seconds", std::chrono::duration<double>(now - begin).count());
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 3) give_up("see the top of schedule_bench.cpp");
    scenario of{std::strtoull(words[1].c_str(), nullptr, 10),
                std::strtoull(words[2].c_str(), nullptr, 10)};
    if (words.size() > 3) of.chats_per_post = std::strtoull(words[3].c_str(), nullptr, 10);
    if (of.chats == 0 || of.deliveries < of.chats) give_up("a chat has a delivery at least");
    if (words[0] == "lanes") {
        run_lanes(of);
    } else if (words[0] == "heap") {
        run_heap(of);
    } else {
        give_up("lanes or heap");
    }
}
