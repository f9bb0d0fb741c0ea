#pragma once

#include <string_view>

#include "base/method_class.hpp"
#include "model/operation.hpp"

namespace baudot {

/// The text or caption that it brings along; null: none, as where Telegram copies or forwards all.
const formatted_text* text_of(const operation& what);

/// Which of Telegram's budgets it may use up.
method_class methods_of(const operation& what);

/// How much of it, in messages: a text counts for more from 500 characters on. Of what Telegram
/// copies or forwards nobody knows the length, but of a caption that goes along.
double cost_of(const operation& what);

std::string_view name(method_class methods) noexcept;

}  // namespace baudot
