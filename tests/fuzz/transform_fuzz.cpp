// Lines of steps, a line "%", lines of entities, a line "%", and a text: whatever they are, a chain
// of transforms leaves a text of whole characters with entities that are nested, in order, not
// empty and inside of it; so do the messages that it is split into, which lose no character but
// blanks.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "text/fit.hpp"
#include "text/own_links.hpp"
#include "text/random_text_test.hpp"
#include "text/transform.hpp"

namespace {

using namespace baudot;

std::string_view take(std::string_view& from, char until) {
    const std::string_view taken = from.substr(0, from.find(until));
    from.remove_prefix(std::min(from.size(), taken.size() + 1));
    return taken;
}

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// "p:(a)|\1", "w:find|with", "l0:with", "h1:<b>{source}</b>", "s:bold", "o1:", "c:"
transform_step step_of(std::string_view line) {
    const std::string_view kind = take(line, ':');
    const char variant = kind.size() > 1 ? kind[1] : '0';
    switch (kind.empty() ? ' ' : kind[0]) {
        case 'l':
        case 'm':
        case 't': {
            using thing = rewrite_step::thing;
            const auto what = kind[0] == 'l'   ? thing::links
                              : kind[0] == 'm' ? thing::mentions
                                               : thing::hashtags;
            const auto how = static_cast<rewrite_step::action>((variant - '0') & 1);
            if (line.empty()) return {.what = rewrite_step{.what = what, .how = how}};
            return {.what = rewrite_step{.what = what,
                                         .how = rewrite_step::action::replace,
                                         .with = to_valid_utf8(line)}};
        }
        case 'h':
            return {.what = add_step{.where = static_cast<add_step::place>((variant - '0') & 1),
                                     .html = to_valid_utf8(line)}};
        case 'o':
            return {.what = own_links_step{static_cast<own_links::action>((variant - '0') & 3),
                                           to_valid_utf8(line)}};
        case 's': return {.what = style_step{std::string(line)}};
        case 'c': return {.what = strip_caption_step{}};
        default: {
            const std::string_view find = take(line, '|');
            return {.what = replace_step{{{.find = to_valid_utf8(find),
                                           .with = to_valid_utf8(line),
                                           .is_pattern = kind.starts_with('p'),
                                           .whole_words = kind.starts_with('w'),
                                           .ignore_case = variant == '1'}}}};
        }
    }
}

std::string squeezed(std::string_view text) {
    std::string made;
    for (const char each : text) {
        if (!text::is_blank(each)) made += each;
    }
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 8192) return 0;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    transform_steps steps;
    while (!rest.empty() && !rest.starts_with('%') && steps.size() < 8) {
        steps.push_back(step_of(take(rest, '\n')));
    }
    take(rest, '\n');
    message post{.chat = chat_id{-1'001'234'567'890},
                 .chat_title = "A & <b>",
                 .chat_username = "news",
                 .content = content_kind::photo};
    while (!rest.empty() && !rest.starts_with('%') && post.text.entities.size() < 50) {
        std::string_view line = take(rest, '\n');
        message_entity& entity = post.text.entities.emplace_back();
        entity.type = take(line, ' ');
        entity.offset = number(take(line, ' '));
        entity.length = number(take(line, ' '));
        entity.url = line;
    }
    take(rest, '\n');
    post.text.text = rest;
    text::marked_text marked = text::read_marked(post.text);
    // What comes crossed goes crossed; only nested ones have to stay so.
    const bool is_nested = text::testing::problem_of(text::write_formatted(marked)).empty();
    const auto ready = text::transform::compile(steps);
    if (!ready) return 0;
    if (ready->apply({.post = post}, marked).is != text::applied::state::done) return 0;
    const auto check = [&](const formatted_text& made) {
        const std::string problem = text::testing::problem_of(made);
        BAUDOT_ASSERT(problem.empty() || (!is_nested && problem.ends_with("crosses another")),
                      "entities stay valid");
    };
    const formatted_text written = text::write_formatted(marked);
    check(written);
    if (marked.own) {
        // Of every second post there is a copy.
        const auto copy = [](message_id which) -> std::optional<std::string> {
            if (std::to_underlying(which) % 2 == 0) return std::nullopt;
            return "https://t.me/copies/" + std::to_string(std::to_underlying(which));
        };
        const std::size_t units_max = std::max<std::size_t>(100, utf16_length(written.text));
        const formatted_text led = text::lead_to_copies(written, *marked.own, units_max, copy);
        check(led);
        BAUDOT_ASSERT(!text::has_own_links(led), "every link is dealt with");
        BAUDOT_ASSERT(utf16_length(led.text) <= units_max, "no text becomes too long");
    } else {
        BAUDOT_ASSERT(!text::has_own_links(written), "what is marked has its policy");
    }
    std::string all;
    for (const formatted_text& each : text::fit(marked, true, long_text_policy::split)) {
        check(each);
        BAUDOT_ASSERT(utf16_length(each.text) <= text::text_units_max, "a part fits");
        all += each.text;
    }
    BAUDOT_ASSERT(squeezed(all) == squeezed(marked.bytes), "nothing is lost");
    for (const formatted_text& each : text::fit(marked, true, long_text_policy::cut)) check(each);
    return 0;
}
