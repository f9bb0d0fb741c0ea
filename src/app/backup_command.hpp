#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot backup FILE DIR` and `baudot restore FILE DIR`; sets `chosen` for either.
void add_backup_commands(CLI::App& program, action& chosen);

}  // namespace baudot::app
