#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// Adds `baudot replay FILE POSTS --dry-run`; sets `chosen` when it is asked for.
void add_replay_command(CLI::App& program, action& chosen);

}  // namespace baudot::app
