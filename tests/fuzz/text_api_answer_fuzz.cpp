// Any bytes as the answer of a translator, a model or a webhook. The first byte chooses the kind,
// the second the status: what is read is a text of whole characters with valid marks, not empty
// and not too long, and what is not read has a sentence that does not hold the key.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "rewriting/dialogue.hpp"
#include "text/random_text_test.hpp"
#include "text/words.hpp"

namespace {

using namespace baudot;

constexpr std::string_view key = "a-secret-key-1234";
constexpr std::array kinds = {api_kind::libretranslate, api_kind::deepl, api_kind::openai,
                              api_kind::webhook};
constexpr std::array statuses = {200, 200, 200, 200, 201, 301, 400, 401, 429, 456, 503, 0};

std::vector<std::unique_ptr<rewriting::dialogue>> all_dialogues() {
    rewriting::question asked{.what = {.api = "x", .to = "de"}};
    asked.text = text::read_marked({.text = "one two @three <x> &lt; four",
                                    .entities = {{.type = "bold", .offset = 0, .length = 7},
                                                 {.type = "mention", .offset = 8, .length = 6}}});
    std::vector<std::unique_ptr<rewriting::dialogue>> made;
    for (const api_kind kind : kinds) {
        const text_api api{.name = "x",
                           .kind = kind,
                           .url = "http://api.example",
                           .key = std::string(key),
                           .model = "m"};
        made.push_back(
            rewriting::make_dialogue(api, rewriting::endpoint_of(api).value(), asked).value());
    }
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto dialogues = all_dialogues();
    if (size < 2) return 0;
    const http::response answer{
        .status = statuses[data[1] % statuses.size()],
        .body = std::string(reinterpret_cast<const char*>(data) + 2, size - 2)};
    const auto read = dialogues[data[0] % dialogues.size()]->read(answer);
    if (!read) {
        BAUDOT_ASSERT(!read.error().message.empty(), "a failure says what it is");
        BAUDOT_ASSERT(!read.error().message.contains(key), "the key stays secret");
        return 0;
    }
    BAUDOT_ASSERT(read->bytes.size() <= rewriting::text_bytes_max, "a text has a limit");
    BAUDOT_ASSERT(text::can_be_seen(read->bytes), "a text is there");
    BAUDOT_ASSERT(!read->bytes.contains('\0'), "a text has no NUL");
    BAUDOT_ASSERT(text::testing::problem_of(text::write_formatted(*read)).empty(),
                  "marks are valid");
    return 0;
}
