#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace baudot::simulation {

/// What goes wrong in a run. Names are those of the command line.
enum class fault_kind : std::uint8_t {
    kill,            // kill -9: the page cache lives
    power_cut,       // what was not synced is lost or torn
    shutdown,        // SIGTERM in mid-load, and a start
    failed_sync,     // fdatasync says so once; the process must end
    failed_store,    // the store fails once
    slow_disk,       // syncs take up to a second for a while
    full_disk,       // for a while
    flipped_bit,     // in a copy of the journal: a start on it must notice
    flood,           // 429 with a wait, out of nowhere
    server_trouble,  // 429 that is none, 500, 502 or 504, or reset, before or after the act
    lost_answer,     // acted, never answered
    slow_answer,     // held in the server
    outage,          // minutes of 5xx
    redelivery,      // getUpdates returns again what it returned
    rival,           // another program polls with the same token: 409
    refused,         // connections are, for a while
    stalled,         // nothing arrives, for a while
    cut,             // all connections are reset
    spoiled_answer,  // truncated, garbage, or byte by byte
    burst,           // two hundred posts at once
    kicked,          // a bot loses a destination, and gets it back
    migration,       // a basic group becomes a supergroup
    clock_back,      // the wall clock jumps back
    clock_ahead,     // and ahead, and is set right
};
inline constexpr std::size_t fault_kinds = 24;

std::string_view name(fault_kind kind) noexcept;
std::optional<fault_kind> fault_kind_of(std::string_view name) noexcept;

/// Ends a life of the process without warning.
constexpr bool is_crash(fault_kind kind) noexcept {
    return kind == fault_kind::kill || kind == fault_kind::power_cut;
}

struct planned_fault {
    duration at{};  // since the beginning
    fault_kind kind{};
    std::uint64_t number = 0;  // drawn: which chat, how long, and so on
};

/// At least `crashes` crashes and `faults` of all kinds over `length`, in order of time; without
/// the kinds in `without`, of which none are drawn, so that the others stay as they are.
std::vector<planned_fault> draw_faults(random_source& random, duration length, std::size_t faults,
                                       std::size_t crashes, const std::set<fault_kind>& without);

}  // namespace baudot::simulation
