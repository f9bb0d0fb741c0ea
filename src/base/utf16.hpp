#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace baudot {

// Telegram counts offsets and lengths of entities in UTF-16 code units, the limit of a text in
// code points, and transports UTF-8 (TELEGRAM.md 3.5). All three take valid UTF-8.

/// UTF-16 code units of `utf8`.
std::size_t utf16_length(std::string_view utf8) noexcept;

/// Code points of `utf8`.
std::size_t code_points(std::string_view utf8) noexcept;

/// Byte position of UTF-16 position `units`, or npos when it is past the end or inside a
/// surrogate pair.
std::size_t byte_of_utf16(std::string_view utf8, std::size_t units) noexcept;

/// False for overlong forms, surrogates, values past U+10FFFF and cut sequences.
bool is_valid_utf8(std::string_view bytes) noexcept;

/// `bytes`, with U+FFFD for each byte that is no part of a whole character: for what is shown to
/// people and was cut or made up by others.
std::string to_valid_utf8(std::string_view bytes);

}  // namespace baudot
