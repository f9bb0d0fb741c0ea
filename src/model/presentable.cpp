#include "model/presentable.hpp"

#include <algorithm>
#include <array>

#include "base/utf16.hpp"

namespace baudot {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_token_part(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

/// How many bytes at `at` are a bot token: digits, a colon, and a secret of about 35 characters.
/// 0: none begins there. `escape_end`: where an escape ended; if that was none, it has the token's
/// first digits.
std::size_t token_at(std::string_view text, std::size_t at, std::size_t escape_end) {
    const std::size_t digits_min = at == escape_end ? 2 : 6;
    constexpr std::size_t secret_min = 25;
    if (at > 0 && at != escape_end && is_digit(text[at - 1])) return 0;
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end - at < digits_min || end == text.size() || text[end] != ':') return 0;
    const std::size_t secret = ++end;
    while (end < text.size() && is_token_part(text[end])) ++end;
    return end - secret >= secret_min ? end - at : 0;
}

/// Bytes of the escape of JSON at `at`, whose digits are no part of what follows; 0: none.
std::size_t escape_at(std::string_view text, std::size_t at) {
    if (text[at] != '\\' || at + 1 == text.size()) return 0;
    if (text[at + 1] == '\\') return 2;
    const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    const std::string_view digits = text.substr(at).substr(2, 4);
    const bool is_code = text[at + 1] == 'u' && digits.size() == 4;
    return is_code && std::ranges::all_of(digits, is_hex) ? 6 : 0;
}

/// Bytes of the character at `at`; 0 when it is not UTF-8.
std::size_t character_at(std::string_view text, std::size_t at) {
    for (std::size_t length = 1; length <= 4 && at + length <= text.size(); ++length) {
        if (is_valid_utf8(text.substr(at, length))) return length;
    }
    return 0;
}

void append_character(std::string& to, std::string_view character) {
    static constexpr std::array<char, 17> digits{"0123456789abcdef"};
    auto code = static_cast<unsigned char>(character[0]);
    bool steers = code == 0x7F;
    if (code == 0xC2) {  // U+0080 to U+00BF; C1 are the first half
        code = static_cast<unsigned char>(character[1]);
        steers = code < 0xA0;
    }
    if (!steers) {
        to += character;
        return;
    }
    to += "\\u00";
    to += digits[code >> 4];
    to += digits[code & 15];
}

}  // namespace

std::string presentable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    std::size_t escape_end = std::string_view::npos;
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t length = escape_at(text, at); length > 0) {
            clean += text.substr(at, length);
            at += length;
            escape_end = at;
            continue;
        }
        const std::size_t token = is_digit(text[at]) ? token_at(text, at, escape_end) : 0;
        if (token > 0) {
            clean += "<token>";
            at += token;
            continue;
        }
        const std::size_t length = character_at(text, at);
        if (length == 0) {
            clean += "\xEF\xBF\xBD";
            ++at;
            continue;
        }
        append_character(clean, text.substr(at, length));
        at += length;
    }
    return clean;
}

}  // namespace baudot
