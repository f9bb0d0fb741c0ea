#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// `baudot dead list|show|retry|drop`.
void add_dead_commands(CLI::App& program, action& chosen);

}  // namespace baudot::app
