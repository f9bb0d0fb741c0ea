#pragma once

#include <CLI/App.hpp>

#include "app/action.hpp"

namespace baudot::app {

/// `baudot limits`.
void add_limits_command(CLI::App& program, action& chosen);

}  // namespace baudot::app
