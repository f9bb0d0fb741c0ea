#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot schema`; sets `chosen` when it is asked for.
void add_schema_command(CLI::App& program, action& chosen);

}  // namespace baudot::app
