#pragma once

#include <vector>

#include "config/reader.hpp"
#include "model/transform.hpp"

namespace baudot::app {

/// Reads `transform`, a list of steps; none where it is absent. `places` gets the position of each
/// value that can be found wrong later, by transform_step::place.
void read_transforms(config::reader& one, transform_steps& steps,
                     std::vector<config::position>& places);

}  // namespace baudot::app
