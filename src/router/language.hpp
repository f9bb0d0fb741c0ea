#pragma once

#include <string>
#include <string_view>

namespace baudot::router {

/// The code of the language that most of `text` is written in ("ru", "pt", "zh-Hant"); empty when
/// that cannot be told, as of a few words or of links alone. About 20 us for a short text.
std::string language_of(std::string_view text);

/// Whether language_of() can give this code.
bool is_language(std::string_view code);

}  // namespace baudot::router
