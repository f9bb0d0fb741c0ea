#include "base/utf16.hpp"

#include <simdjson.h>

#include <algorithm>

namespace baudot {
namespace {

// A lead byte of four begins a surrogate pair; continuation bytes add nothing.
std::size_t units_of(unsigned char byte) noexcept {
    if ((byte & 0xC0U) == 0x80U) return 0;
    return byte >= 0xF0U ? 2 : 1;
}

}  // namespace

std::size_t utf16_length(std::string_view utf8) noexcept {
    std::size_t units = 0;
    for (const char byte : utf8) units += units_of(static_cast<unsigned char>(byte));
    return units;
}

std::size_t code_points(std::string_view utf8) noexcept {
    std::size_t points = 0;
    for (const char byte : utf8) points += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    return points;
}

std::size_t byte_of_utf16(std::string_view utf8, std::size_t units) noexcept {
    std::size_t seen = 0;
    for (std::size_t at = 0; at < utf8.size(); ++at) {
        const std::size_t wide = units_of(static_cast<unsigned char>(utf8[at]));
        if (wide == 0) continue;
        if (seen == units) return at;
        if (seen > units) return std::string_view::npos;
        seen += wide;
    }
    return seen == units ? utf8.size() : std::string_view::npos;
}

bool is_valid_utf8(std::string_view bytes) noexcept {
    return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::string to_valid_utf8(std::string_view bytes) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    constexpr std::size_t character_bytes_max = 4;
    if (is_valid_utf8(bytes)) return std::string(bytes);
    std::string valid;
    while (!bytes.empty()) {
        std::size_t taken = 1;
        while (taken < character_bytes_max && !is_valid_utf8(bytes.substr(0, taken))) ++taken;
        const bool is_character = is_valid_utf8(bytes.substr(0, taken));
        if (!is_character) taken = 1;
        valid += is_character ? bytes.substr(0, taken) : replacement;
        bytes.remove_prefix(std::min(taken, bytes.size()));
    }
    return valid;
}

}  // namespace baudot
