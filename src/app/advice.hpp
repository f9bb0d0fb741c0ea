#pragma once

#include <string_view>

#include "model/outcome.hpp"

namespace baudot::app {

/// What a rejection means, and what helps (docs/operations.md). Empty for none.
std::string_view meaning_of(reject_class why) noexcept;
std::string_view help_for(reject_class why) noexcept;

}  // namespace baudot::app
