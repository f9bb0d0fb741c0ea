#pragma once

#include <string_view>
#include <vector>

#include "config/reader.hpp"
#include "model/script.hpp"

namespace baudot::app {

/// Reads the code that is the value of this key. `places` gets the position of each of its lines.
void read_script_code(config::reader& one, std::string_view key, script_source& script,
                      std::vector<config::position>& places);

/// Reads the file whose path is the value of this key. `places` gets the position of the path.
void read_script_file(config::reader& one, std::string_view key, script_source& script,
                      std::vector<config::position>& places);

}  // namespace baudot::app
