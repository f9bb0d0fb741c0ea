#pragma once

#include "text/re2_parts.hpp"

// Private to the module: shows RE2.

namespace baudot::router {

using text::compile_pattern;
using text::options_of;
using text::piece;

}  // namespace baudot::router
