#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace date {
class time_zone;
}  // namespace date

namespace baudot {

/// What clocks on a wall show in a zone of the system's database (package tzdata).
class time_zone {
public:
    time_zone() = default;  // UTC

    /// By its name there, such as Europe/Berlin. Reads its file. errc::not_found: there is no such
    /// zone, or no database.
    static result<time_zone> named(const std::string& name);

    std::string name() const;

    /// Seconds east of UTC at `unix_seconds`. On any thread.
    std::int32_t offset_at(std::int64_t unix_seconds) const;

    friend bool operator==(const time_zone&, const time_zone&) = default;

private:
    const date::time_zone* zone_ = nullptr;  // the process keeps it; null: UTC
};

}  // namespace baudot
