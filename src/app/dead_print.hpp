#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/dead_request.hpp"
#include "app/settings.hpp"

namespace baudot::app {

/// For people: a table, or a line for each; what was refused goes to standard error.
void print_letters(dead_verb verb, const boost::json::object& answer, const settings& read);

/// A UTC date or time, or how long before `now` (wall clock, microseconds).
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now);

}  // namespace baudot::app
