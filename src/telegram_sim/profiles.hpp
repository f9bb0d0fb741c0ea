#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "telegram_sim/faults.hpp"
#include "telegram_sim/limits.hpp"

namespace baudot::telegram_sim {

enum class profile_name : unsigned char { off, gentle, realistic, harsh };
inline constexpr int profile_count = 4;

std::string_view name(profile_name which) noexcept;
std::optional<profile_name> profile_of(std::string_view name) noexcept;

/// How unkind the local Telegram is. The only place of these numbers.
struct profile {
    profile_name base = profile_name::off;  // what single numbers were changed in
    limit_settings limits;
    fault_settings faults;
    latency_settings latency;
};
profile make_profile(profile_name which);

/// The table of docs/telegram-sim.md: a row a number, a column a profile, and where the number
/// comes from. A test compares it with the document.
std::string profile_table();

}  // namespace baudot::telegram_sim
