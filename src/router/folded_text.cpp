#include "router/folded_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace baudot::router {
namespace {

using rune = std::uint32_t;

struct range {
    rune first = 0;
    rune last = 0;
};

// What fold() knows all about; blocks without a case besides.
constexpr std::array<range, 14> foldable{{
    {0x00, 0x7F},
    {0xA0, 0xB4},
    {0xB6, 0xFF},  // but not the micro sign, which is a Greek letter
    {0x400, 0x45F},
    {0x590, 0x109F},   // Hebrew to Myanmar
    {0x2010, 0x2070},  // punctuation
    {0x20A0, 0x20CF},  // currencies
    {0x2190, 0x23FF},
    {0x2500, 0x2BFF},
    {0x3000, 0xA4CF},  // Chinese, Japanese, Yi
    {0xAC00, 0xD7A3},  // Korean
    {0xFE00, 0xFE0F},
    {0x1F000, 0x1FAFF},  // emoji
    {0x20000, 0x2FA1F},
}};

// Letters of other blocks that are equal to one of ours.
constexpr rune fold_stranger(rune letter) {
    switch (letter) {
        case 0x130: return 'i';  // not equal to it, but RE2 lowers it so
        case 0x178: return 0xFF;
        case 0x17F: return 's';
        case 0x1C80: return 0x432;
        case 0x1C81: return 0x434;
        case 0x1C82: return 0x43E;
        case 0x1C83: return 0x441;
        case 0x1C84:
        case 0x1C85: return 0x442;
        case 0x1C86: return 0x44A;
        case 0x1E9E: return 0xDF;
        case 0x212A: return 'k';
        case 0x212B: return 0xE5;
        default: return letter;
    }
}

constexpr rune fold_rune(rune letter) {
    if (letter < 0x80) return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
    if (letter >= 0xC0 && letter <= 0xDE) return letter == 0xD7 ? letter : letter + 32;
    if (letter >= 0x410 && letter <= 0x42F) return letter + 32;
    if (letter >= 0x400 && letter <= 0x40F) return letter + 80;
    return fold_stranger(letter);
}

struct decoded {
    rune value = 0;
    std::size_t bytes = 0;  // 0: no character begins here
};

decoded decode(std::string_view text) {
    const auto at = [&](std::size_t place) { return static_cast<unsigned char>(text[place]); };
    const rune lead = at(0);
    const std::size_t bytes = lead < 0x80   ? 1
                              : lead < 0xC2 ? 0
                              : lead < 0xE0 ? 2
                              : lead < 0xF0 ? 3
                                            : 4;
    if (bytes == 0 || bytes > text.size()) return {};
    rune value = bytes == 1 ? lead : lead & (0x7FU >> bytes);
    for (std::size_t next = 1; next < bytes; ++next) {
        if ((at(next) & 0xC0U) != 0x80U) return {};
        value = value << 6 | (at(next) & 0x3FU);
    }
    return {.value = value, .bytes = bytes};
}

// Of what fold_rune() gives: two bytes at most, unless it was not changed.
void append(rune letter, std::string& to) {
    if (letter < 0x80) {
        to += static_cast<char>(letter);
        return;
    }
    to += static_cast<char>(0xC0U | letter >> 6);
    to += static_cast<char>(0x80U | (letter & 0x3FU));
}

}  // namespace

void fold(std::string_view text, std::string& folded) {
    folded.clear();
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        if (byte < 0x80) {
            folded += static_cast<char>(fold_rune(byte));
            text.remove_prefix(1);
            continue;
        }
        const decoded one = decode(text);
        const std::size_t taken = std::max<std::size_t>(one.bytes, 1);
        const rune letter = fold_rune(one.value);
        if (one.bytes == 0 || letter == one.value) {
            folded += text.substr(0, taken);
        } else {
            append(letter, folded);
        }
        text.remove_prefix(taken);
    }
}

bool is_foldable(std::string_view text) {
    while (!text.empty()) {
        const decoded one = decode(text);
        if (one.bytes == 0) return false;
        const bool known = std::ranges::any_of(foldable, [&](const range& each) {
            return one.value >= each.first && one.value <= each.last;
        });
        if (!known) return false;
        text.remove_prefix(one.bytes);
    }
    return true;
}

}  // namespace baudot::router
