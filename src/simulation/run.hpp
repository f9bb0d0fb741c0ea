#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "simulation/fault_plan.hpp"
#include "simulation/trace.hpp"

namespace baudot::simulation {

/// A question that is asked in a run of its own, where no random fault blurs the answer.
enum class scenario : std::uint8_t {
    shares,     // routes of one class share an account by weight: Jain's index
    isolation,  // what a chat held for 300 s costs the others, as a share of what they got
    classes,    // the longest that a class with a backlog went without a send, in seconds
    urgency,    // p99 delay of the highest class under a backlog, over the unloaded one
    holds,      // nothing goes into a hold: the share of the pace that the others kept
    deaths,     // of several accounts one dies: the share of the pace that the others kept
};
inline constexpr std::size_t scenarios = 6;

std::string_view name(scenario which) noexcept;
std::optional<scenario> scenario_of(std::string_view name) noexcept;

struct run_options {
    std::uint64_t seed = 1;
    std::size_t posts = 5'000;
    std::size_t chats = 100;
    std::size_t faults = 34;  // planned; crashes among them
    std::size_t crashes = 4;
    duration length = std::chrono::hours(1);  // over which the posts and faults are spread
    std::set<fault_kind> without{};
    std::optional<scenario> plays{};  // only that: nothing of the above but the seed
    trace::printer print{};
};

struct run_report {
    std::uint64_t trace_hash = 0;
    std::vector<std::string> broken;  // promises, with what and where; empty: all is well
    std::size_t posts = 0;
    std::size_t accepted = 0;    // durable, each once
    std::size_t deliveries = 0;  // of accepted posts
    std::size_t delivered = 0;
    std::size_t doubled = 0;  // each was named
    std::size_t skipped = 0;  // each was named, as its route says
    std::size_t rejected = 0;
    std::size_t crashes = 0;
    std::size_t faults = 0;
    std::size_t lives = 0;
    std::uint64_t requests = 0;
    duration simulated{};
    double measured = 0;  // what the scenario asks for
};

/// One run: a whole node against the local Telegram, in one thread, from a seed. Deterministic:
/// the same options give the same trace hash. Blocking; no I/O.
run_report run(const run_options& options);

/// Leaves out what the failure does not need: kinds of faults, then posts. `failing` has failed.
/// Runs again and again, so it takes a few times as long as the run itself.
run_options shrink(run_options failing);

}  // namespace baudot::simulation
