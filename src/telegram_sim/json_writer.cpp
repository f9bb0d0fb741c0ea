#include "telegram_sim/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace baudot::telegram_sim {
namespace {

// 0: as it is, 'u': \u00xx, else the letter after the backslash.
constexpr std::array<char, 256> escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < 0x20; ++i) table[i] = 'u';
    table['\b'] = 'b';
    table['\f'] = 'f';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    table['"'] = '"';
    table['\\'] = '\\';
    table[0x7f] = 'u';
    return table;
}();

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const char escape = escapes[byte];
        if (escape == 0) continue;
        out.append(text.substr(done, i - done));
        done = i + 1;
        out.push_back('\\');
        out.push_back(escape);
        if (escape != 'u') continue;
        constexpr std::string_view digits = "0123456789abcdef";
        out.append("00");
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    out.append(text.substr(done));
    out.push_back('"');
}

json_writer& json_writer::value(std::string_view text) {
    comma();
    append_quoted(out_, text);
    return *this;
}

json_writer& json_writer::integer(std::int64_t number) {
    comma();
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out_.append(digits.data(), end);
    return *this;
}

json_writer& json_writer::value(double number) {
    if (!std::isfinite(number)) return raw("null");
    comma();
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out_.append(digits.data(), end);
    return *this;
}

}  // namespace baudot::telegram_sim
