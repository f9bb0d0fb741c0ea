#pragma once

#include <string>

namespace baudot {

/// A script of the configuration.
struct script_source {
    std::string code;  // Lua
    std::string file;  // that it was read from; empty: it stands in the configuration itself

    friend bool operator==(const script_source&, const script_source&) = default;
};

}  // namespace baudot
