#include "base/time_zone.hpp"

#include <chrono>
#include <date/tz.h>
#include <exception>

namespace baudot {
namespace {

std::chrono::seconds offset_of(const date::time_zone& zone, std::int64_t unix_seconds) {
    return zone.get_info(date::sys_seconds(std::chrono::seconds(unix_seconds))).offset;
}

}  // namespace

result<time_zone> time_zone::named(const std::string& name) {
    time_zone made;
    if (name == made.name()) return made;
    try {
        made.zone_ = date::locate_zone(name);
        (void)offset_of(*made.zone_, 0);  // what cannot be read is told now
    } catch (const std::exception& missing) {
        return fail(errc::not_found, missing.what());
    }
    return made;
}

std::string time_zone::name() const {
    return zone_ ? zone_->name() : "UTC";
}

std::int32_t time_zone::offset_at(std::int64_t unix_seconds) const {
    return zone_ ? static_cast<std::int32_t>(offset_of(*zone_, unix_seconds).count()) : 0;
}

}  // namespace baudot
