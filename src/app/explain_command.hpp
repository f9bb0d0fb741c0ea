#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot explain FILE POST`; sets `chosen` when it is asked for.
void add_explain_command(CLI::App& program, action& chosen);

}  // namespace baudot::app
