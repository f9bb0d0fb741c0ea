#pragma once

#include <re2/re2.h>

#include <string>
#include <string_view>
#include <vector>

// Private to the module: shows RE2.

namespace baudot::router {

/// Literals, folded, without which a pattern is found in no folded text.
struct required {
    std::vector<std::string> literals;  // empty: there are none that are long enough
    bool all = true;                    // each of them; otherwise at least one
};

required required_literals(std::string_view pattern, const RE2::Options& options);

}  // namespace baudot::router
