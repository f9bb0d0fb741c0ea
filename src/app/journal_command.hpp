#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot journal verify|stat|dump`; sets `chosen` when one of them is asked for.
void add_journal_commands(CLI::App& program, action& chosen);

}  // namespace baudot::app
