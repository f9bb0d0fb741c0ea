#pragma once

#include <string>

#include "app/dead_request.hpp"
#include "app/settings.hpp"
#include "base/error.hpp"

namespace baudot::app {

/// attend_dead() on the data directory of a Baudot that does not run: it is taken for that time,
/// and nothing is sent. Blocking. errc::not_found: there is no data; errc::in_use.
result<std::string> attend_dead_stopped(const settings& read, const dead_request& what);

}  // namespace baudot::app
