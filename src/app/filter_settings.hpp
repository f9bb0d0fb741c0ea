#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.hpp"
#include "config/reader.hpp"
#include "model/filter.hpp"

namespace baudot::app {

/// A time zone by its name. For config::reader.
struct zone_text {
    time_zone zone;
};
std::optional<std::string> parse_value(std::string_view text, zone_text& value);

/// Reads a filter: a mapping of which each key has to hold. `places` gets the position of each
/// value that can be found wrong later, by post_filter::place.
void read_filter(config::reader& one, post_filter& filter, std::vector<config::position>& places);

}  // namespace baudot::app
