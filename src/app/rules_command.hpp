#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot rules diff OLD NEW`; sets `chosen` when it is asked for.
void add_rules_commands(CLI::App& program, action& chosen);

}  // namespace baudot::app
