#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/random.hpp"
#include "text/random_text_test.hpp"

// Answers that no API would give: for the tests and the fuzzer.

namespace baudot::rewriting::testing {

struct mangled {
    std::string html;
    std::string text;  // what of it is text, where no tag puts something back
};

inline std::string random_tag(random_source& random, std::size_t marks) {
    const std::size_t id = random.below(marks + 6);
    switch (random.below(9)) {
        case 0:
        case 1: return fmt::format("<span id=\"{}\">", id);
        case 2:
        case 3: return "</span>";
        case 4: return fmt::format("<code id=\"{}\" translate=\"no\">", id);
        case 5: return "</code>";
        case 6: return random.chance(0.5) ? "<b>" : "</b>";
        case 7: return fmt::format("<code id='{}'/>", id);
        default: return "<!-- x -->";
    }
}

inline mangled mangled_answer(random_source& random, std::size_t marks) {
    mangled made;
    for (std::size_t left = random.below(30); left > 0; --left) {
        if (random.chance(0.5)) {
            made.html += random_tag(random, marks);
            continue;
        }
        const std::string piece = random.chance(0.2) ? "<&>" : text::testing::random_piece(random);
        made.text += piece;
        for (const char each : piece) {
            made.html += each == '<' ? "&lt;" : each == '&' ? "&amp;" : std::string(1, each);
        }
    }
    return made;
}

}  // namespace baudot::rewriting::testing
