// Any text with marks, as the local Telegram reads it: entities lie inside of the text and end
// where characters do, the server's repair of them is final and leaves them nested, and a text
// whose marks are escaped says what it said.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "telegram_sim/markup.hpp"

using namespace baudot;
using namespace baudot::telegram_sim;

namespace {

using parser = api_result<formatted_text> (*)(std::string_view);

void inside(const formatted_text& what) {
    for (const entity& each : what.entities) {
        BAUDOT_ASSERT(each.offset >= 0 && each.length > 0, "an entity has a place");
        const auto from = static_cast<std::size_t>(each.offset);
        const auto to = from + static_cast<std::size_t>(each.length);
        BAUDOT_ASSERT(byte_of_utf16(what.text, from) != std::string::npos, "it begins in the text");
        BAUDOT_ASSERT(byte_of_utf16(what.text, to) != std::string::npos, "and ends in it");
    }
}

void nested(const std::vector<entity>& entities) {
    for (std::size_t at = 1; at < entities.size(); ++at) {
        BAUDOT_ASSERT(entities[at - 1].offset <= entities[at].offset, "in order");
    }
    for (const entity& left : entities) {
        for (const entity& right : entities) {
            const auto end = left.offset + left.length;
            const bool starts_inside = right.offset > left.offset && right.offset < end;
            BAUDOT_ASSERT(!starts_inside || right.offset + right.length <= end, "none cross");
        }
    }
}

void repair(const formatted_text& what, bool find) {
    const auto once = normalise(what, find);
    BAUDOT_ASSERT(once, "what a parser made is accepted");
    BAUDOT_ASSERT(is_valid_utf8(once->text), "the text is one");
    inside(*once);
    nested(once->entities);
    if (once->entities.size() == entities_max) return;  // what was left out is not there twice
    const auto twice = normalise(*once, find);
    BAUDOT_ASSERT(twice && *twice == *once, "repaired once is repaired");
}

std::string escaped(std::string_view text, parser how) {
    const std::string_view marks = how == parse_markdown_v2 ? "_*[]()~`>#+-=|{}.!\\" : "_*`[";
    std::string out;
    for (const char each : text) {
        if (how == parse_html) {
            if (each == '<' || each == '>' || each == '&' || each == '"') {
                out += each == '<'   ? "&lt;"
                       : each == '>' ? "&gt;"
                       : each == '&' ? "&amp;"
                                     : "&quot;";
                continue;
            }
        } else if (marks.find(each) != marks.npos) {
            out.push_back('\\');
        }
        out.push_back(each);
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 2000) return 0;
    constexpr parser parsers[] = {parse_html, parse_markdown_v2, parse_markdown};
    const parser parse = parsers[data[0] % 3];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto read = parse(text);
    BAUDOT_ASSERT(read || (read.error().code == 400 && !read.error().description.empty()),
                  "a refusal is 400, and says why");
    if (!is_valid_utf8(text)) return 0;  // refused before it is parsed
    if (read) {
        BAUDOT_ASSERT(is_valid_utf8(read->text), "marks do not tear characters");
        inside(*read);
        repair(*read, false);
        repair(*read, true);
    }
    // A backslash before anything but a mark is a backslash in the old mode.
    if (parse == parse_markdown && text.find('\\') != text.npos) return 0;
    const auto plain = parse(escaped(text, parse));
    BAUDOT_ASSERT(plain && plain->text == text && plain->entities.empty(), "it says what it said");
    return 0;
}
