#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>

#include "text/pattern_error.hpp"

// For whoever matches with RE2, and shows it to nobody else.

namespace baudot::text {

/// Quiet: errors are values here.
RE2::Options options_of(std::int64_t max_mem);

inline re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

std::expected<std::unique_ptr<RE2>, pattern_error> compile_pattern(std::string_view pattern,
                                                                   const RE2::Options& options);

}  // namespace baudot::text
