// Lines of entities, a line "%", a text, a line "%", and answers with a line "%" between them: a
// text that comes back as it went is unchanged; whatever else comes back, its marks are valid, and
// without something that is put back no more characters are there than came.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "rewriting/tagged_text.hpp"
#include "text/random_text_test.hpp"

namespace {

using namespace baudot;

std::string_view take(std::string_view& from, std::string_view until) {
    const std::string_view taken = from.substr(0, from.find(until));
    from.remove_prefix(std::min(from.size(), taken.size() + until.size()));
    return taken;
}

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 8192) return 0;
    const auto layout =
        (data[0] & 1U) != 0 ? rewriting::tag_layout::lines : rewriting::tag_layout::whole;
    const std::size_t entries_max = 1 + (data[0] >> 1U) % 4;
    std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::string_view entities = take(rest, "%\n");
    formatted_text what{.text = to_valid_utf8(take(rest, "\n%\n")), .entities = {}};
    while (!entities.empty() && what.entities.size() < 50) {
        std::string_view line = take(entities, "\n");
        message_entity& entity = what.entities.emplace_back();
        entity.type = take(line, " ");
        entity.offset = number(take(line, " "));
        entity.length = number(line);
    }
    const text::marked_text marked = text::read_marked(what);
    const rewriting::tagged_text tagged(marked, layout, entries_max);
    const auto same = tagged.read(tagged.entries());
    BAUDOT_ASSERT(same && text::write_formatted(*same) == text::write_formatted(marked),
                  "what comes back as it went is unchanged");
    std::vector<std::string> answers;
    for (std::size_t left = tagged.entries().size(); left > 0; --left) {
        answers.push_back(to_valid_utf8(take(rest, "\n%\n")));
    }
    const auto read = tagged.read(answers);
    if (!read || read->bytes == marked.bytes) return 0;
    BAUDOT_ASSERT(text::testing::problem_of(text::write_formatted(*read)).empty(),
                  "marks are valid");
    return 0;
}
