#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace baudot::app {

/// What a chosen command does; returns the exit code of the program.
using action = std::function<int()>;

/// Adds `baudot journal verify|stat|dump`; sets `chosen` when one of them is asked for.
void add_journal_commands(CLI::App& program, action& chosen);

}  // namespace baudot::app
