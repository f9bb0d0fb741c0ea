#pragma once

#include <boost/json/value.hpp>

#include <string>

#include "base/error.hpp"

namespace baudot::telegram_sim {

/// Reads a world from YAML; JSON is YAML. Errors name file, line and column.
result<boost::json::value> read_world_file(const std::string& path);

/// The same from a text; `name` stands for it in errors.
result<boost::json::value> read_world_text(const std::string& text, const std::string& name);

}  // namespace baudot::telegram_sim
