#pragma once

#include <boost/json/object.hpp>

#include "model/filter.hpp"

namespace baudot {

/// A filter as the configuration could say it; the same for equal filters.
boost::json::object to_json_object(const post_filter& filter);

}  // namespace baudot
