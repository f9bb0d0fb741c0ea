#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>

#include "app/rules_diff.hpp"

namespace baudot::app {

/// Everything that was found (docs/explain.md has the keys). `changes`: rule_changes().
boost::json::object describe(const rules_diff& of, boost::json::array changes);

/// The same for people: which rules changed, a table of what differs, examples.
std::string print_diff(const boost::json::object& what, bool in_colour);

}  // namespace baudot::app
