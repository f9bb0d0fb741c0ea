#pragma once

#include <string_view>
#include <vector>

#include "config/reader.hpp"
#include "model/script.hpp"

namespace baudot::app {

/// Reads the code that is the value of this key; false when it is absent, or wrong. `places` gets
/// the position of each of its lines.
bool read_script_code(config::reader& one, std::string_view key, script_source& script,
                      std::vector<config::position>& places);

/// Reads `file`, a path, or `code`, of a script that is a mapping. `places` gets the position of
/// the path, or of each line of the code.
void read_script(config::reader& part, script_source& script,
                 std::vector<config::position>& places);

}  // namespace baudot::app
