#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot reload FILE`; sets `chosen` when it is asked for.
void add_reload_command(CLI::App& program, action& chosen);

}  // namespace baudot::app
