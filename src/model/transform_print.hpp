#pragma once

#include <boost/json/array.hpp>

#include "model/transform.hpp"

namespace baudot {

/// Steps as the configuration could say them; the same for equal ones.
boost::json::array to_json_array(const transform_steps& steps);

}  // namespace baudot
