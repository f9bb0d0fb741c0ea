#include "simulation/fault_plan.hpp"

#include <algorithm>
#include <array>

namespace baudot::simulation {
namespace {

constexpr std::array<std::string_view, fault_kinds> names = {
    "kill",           "power_cut",   "shutdown", "failed_sync",    "failed_store", "slow_disk",
    "full_disk",      "flipped_bit", "flood",    "server_trouble", "lost_answer",  "slow_answer",
    "outage",         "redelivery",  "rival",    "refused",        "stalled",      "cut",
    "spoiled_answer", "burst",       "kicked",   "migration",      "clock_back",   "clock_ahead"};

}  // namespace

std::string_view name(fault_kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<fault_kind> fault_kind_of(std::string_view wanted) noexcept {
    const auto at = std::ranges::find(names, wanted);
    if (at == names.end()) return std::nullopt;
    return static_cast<fault_kind>(at - names.begin());
}

std::vector<planned_fault> draw_faults(random_source& random, duration length, std::size_t faults,
                                       std::size_t crashes, const std::set<fault_kind>& without) {
    std::vector<planned_fault> plan;
    for (std::size_t each = 0; each < faults; ++each) {
        planned_fault made;
        made.at = duration(random.between(0, length.count()));
        made.kind = static_cast<fault_kind>(random.below(fault_kinds));
        if (each < crashes)
            made.kind = random.chance(0.5) ? fault_kind::kill : fault_kind::power_cut;
        made.number = random.next();
        if (!without.contains(made.kind)) plan.push_back(made);
    }
    std::ranges::sort(plan, {}, &planned_fault::at);
    return plan;
}

}  // namespace baudot::simulation
