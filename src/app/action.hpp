#pragma once

#include <functional>

namespace baudot::app {

/// What a chosen command does; returns the exit code of the program.
using action = std::function<int()>;

}  // namespace baudot::app
