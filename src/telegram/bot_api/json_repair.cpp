#include "telegram/bot_api/json_repair.hpp"

#include <algorithm>
#include <charconv>

#include "base/utf16.hpp"

namespace baudot::telegram::bot_api {
namespace {

constexpr std::string_view replacement_escape = "\\ufffd";
constexpr std::string_view replacement_bytes = "\xEF\xBF\xBD";

// The code unit of an escape \uXXXX at the start of `text`.
std::optional<unsigned> escaped_unit(std::string_view text) {
    if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
    unsigned unit = 0;
    const auto [end, ec] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
    if (ec != std::errc{} || end != text.data() + 6) return std::nullopt;
    return unit;
}

bool is_high(unsigned unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low(unsigned unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

std::size_t utf8_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xF0) return 4;
    return lead >= 0xE0 ? 3 : 2;
}

// Appends one escape, one character or one broken byte of a string; how long it was.
std::size_t append_piece(std::string_view rest, std::string& to) {
    const auto lead = static_cast<unsigned char>(rest[0]);
    if (rest[0] == '\\') {
        const auto unit = escaped_unit(rest);
        if (!unit || (!is_high(*unit) && !is_low(*unit))) {
            const std::size_t length = std::min<std::size_t>(unit ? 6 : 2, rest.size());
            to.append(rest.substr(0, length));
            return length;
        }
        const auto second = escaped_unit(rest.substr(6));
        if (is_high(*unit) && second && is_low(*second)) {
            to.append(rest.substr(0, 12));
            return 12;
        }
        to.append(replacement_escape);
        return 6;
    }
    if (lead < 0x20) {
        to.push_back(' ');
        return 1;
    }
    const std::size_t length = utf8_length(lead);
    const std::string_view character = rest.substr(0, length);
    if (character.size() == length && is_valid_utf8(character)) {
        to.append(character);
        return length;
    }
    to.append(replacement_bytes);
    return 1;
}

// Steps through JSON text: strings as a whole, everything else byte by byte.
std::size_t string_end(std::string_view json, std::size_t quote) {
    for (std::size_t at = quote + 1; at < json.size(); ++at) {
        if (json[at] == '\\') {
            ++at;
        } else if (json[at] == '"') {
            return at + 1;
        }
    }
    return json.npos;
}

bool is_space(char each) {
    return each == ' ' || each == '\t' || each == '\n' || each == '\r';
}

std::size_t skip_spaces(std::string_view json, std::size_t at) {
    while (at < json.size() && is_space(json[at])) ++at;
    return at;
}

// Position behind the value of the top-level key "result", or npos.
std::size_t result_begin(std::string_view json) {
    int depth = 0;
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] != '"') {
            if (json[at] == '{' || json[at] == '[') ++depth;
            if (json[at] == '}' || json[at] == ']') --depth;
            ++at;
            continue;
        }
        const std::size_t end = string_end(json, at);
        if (end == json.npos) return json.npos;
        const std::size_t colon = skip_spaces(json, end);
        const bool is_key = depth == 1 && colon < json.size() && json[colon] == ':';
        if (is_key && json.substr(at, end - at) == "\"result\"") {
            return skip_spaces(json, colon + 1);
        }
        at = end;
    }
    return json.npos;
}

}  // namespace

std::string repaired(std::string_view json) {
    std::string mended;
    mended.reserve(json.size() + 16);
    bool in_string = false;
    for (std::size_t at = 0; at < json.size();) {
        const char each = json[at];
        if (each == '"') in_string = !in_string;
        if (each == '"' || !in_string) {
            mended.push_back(each);
            ++at;
        } else {
            at += append_piece(json.substr(at), mended);
        }
    }
    return mended;
}

std::optional<std::vector<std::string_view>> result_elements(std::string_view json) {
    std::size_t at = result_begin(json);
    if (at == json.npos || at >= json.size() || json[at] != '[') return std::nullopt;
    ++at;
    std::vector<std::string_view> found;
    std::size_t begin = at;
    int depth = 0;
    while (at < json.size()) {
        const char each = json[at];
        if (each == '"') {
            at = string_end(json, at);
            if (at == json.npos) return std::nullopt;
            continue;
        }
        if (depth == 0 && (each == ',' || each == ']')) {
            const std::size_t first = skip_spaces(json, begin);
            if (first < at) found.push_back(json.substr(first, at - first));
            if (each == ']') return found;
            begin = at + 1;
        }
        if (each == '{' || each == '[') ++depth;
        if (each == '}' || each == ']') --depth;
        ++at;
    }
    return std::nullopt;
}

std::optional<std::int64_t> update_id_in(std::string_view json) {
    // Inside a string the quotes would be escaped, and this would not match.
    constexpr std::string_view key = "\"update_id\"";
    std::size_t at = json.find(key);
    if (at == json.npos) return std::nullopt;
    at = skip_spaces(json, at + key.size());
    if (at >= json.size() || json[at] != ':') return std::nullopt;
    at = skip_spaces(json, at + 1);
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(json.data() + at, json.data() + json.size(), number);
    if (ec != std::errc{}) return std::nullopt;
    return number;
}

}  // namespace baudot::telegram::bot_api
