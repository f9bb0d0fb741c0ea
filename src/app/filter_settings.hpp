#pragma once

#include <vector>

#include "config/reader.hpp"
#include "model/filter.hpp"

namespace baudot::app {

/// Reads a filter: a mapping of which each key has to hold. `places` gets the position of each
/// value that can be found wrong later, by post_filter::place.
void read_filter(config::reader& one, post_filter& filter, std::vector<config::position>& places);

}  // namespace baudot::app
