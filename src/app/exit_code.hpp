#pragma once

#include "base/error.hpp"

namespace baudot::app {

/// What a command that failed so exits with (docs/operations.md).
constexpr int exit_code(errc why) {
    switch (why) {
        case errc::in_use: return 3;
        case errc::corrupt:
        case errc::unsupported_version: return 4;
        case errc::unauthorized: return 5;
        default: return 1;
    }
}

}  // namespace baudot::app
