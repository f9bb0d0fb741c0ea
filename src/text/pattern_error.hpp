#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace baudot::text {

/// Why RE2 refuses a pattern.
struct pattern_error {
    std::string reason;                 // RE2's own words, with the part they are about
    std::optional<std::size_t> offset;  // of that part, in bytes; none when RE2 names no part
};

}  // namespace baudot::text
