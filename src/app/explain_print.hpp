#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace baudot::app {

/// What explain_post() made, for people: marks and trees, in colours when asked for. Texts of
/// strangers are on one line, shortened, without what steers a terminal.
std::string print_explanation(const boost::json::object& what, bool in_colour);

}  // namespace baudot::app
