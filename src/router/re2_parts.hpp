#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>

#include "router/pattern_set.hpp"

// Private to the module: shows RE2.

namespace baudot::router {

RE2::Options options_of(std::int64_t max_mem);

inline re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

std::expected<std::unique_ptr<RE2>, pattern_error> compile_pattern(std::string_view pattern,
                                                                   std::int64_t max_mem);

}  // namespace baudot::router
