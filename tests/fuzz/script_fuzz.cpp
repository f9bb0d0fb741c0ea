// A script: whatever it is, it ends within its limits, says the same when it is run again, and what
// it makes of a text is a text of whole characters with entities that are nested, in order, not
// empty and inside of it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "script/program.hpp"

namespace {

using namespace baudot;

constexpr script::limits small{.steps = 20'000,
                               .memory = 2U << 20,
                               .block = 128U << 10,
                               .time = std::chrono::milliseconds(500),
                               .source = 16U << 10};

bool begins_character(const std::string& text, std::size_t at) {
    return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

void judge(const script::new_text& made) {
    BAUDOT_ASSERT(is_valid_utf8(made.text), "characters are whole");
    if (!made.entities) return;
    std::vector<std::size_t> ends{made.text.size()};
    std::size_t last = 0;
    for (const auto& each : *made.entities) {
        BAUDOT_ASSERT(each.begin >= last && each.begin < each.end,
                      "they are in order, and not empty");
        last = each.begin;
        while (ends.size() > 1 && ends.back() <= each.begin) ends.pop_back();
        BAUDOT_ASSERT(each.end <= ends.back(), "they are nested, and inside of the text");
        BAUDOT_ASSERT(
            begins_character(made.text, each.begin) && begins_character(made.text, each.end),
            "no character is torn");
        ends.push_back(each.end);
    }
}

/// What a run says, in one text; empty: the clock stopped it, and may do so elsewhere next time.
template <class Said>
std::string said(const Said& what) {
    if (what) return "done";
    return what.error().ends_with(" ms") ? std::string() : what.error();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const script_source source{.code = {reinterpret_cast<const char*>(data), size}, .file = {}};
    const auto program = script::program::compile(source, small);
    if (!program) {
        BAUDOT_ASSERT(!program.error().message.empty(), "it is said why");
        return 0;
    }
    const message post{
        .chat = chat_id{-1001234567890},
        .kind = chat_kind::channel,
        .chat_title = "News",
        .id = message_id{7},
        .date = 1'700'000'000,
        .text = {.text = "Слово #tag https://a.example/x 🚀 (12 USD)", .entities = {}}};
    const message_entity tag{.type = "hashtag"};
    const message_entity bold{.type = "bold"};
    const std::vector<script::span_entity> entities{{.begin = 0, .end = 15, .what = &bold},
                                                    {.begin = 11, .end = 15, .what = &tag}};
    const script::subject of{.post = post, .text = post.text.text, .entities = entities};
    const auto first = program->holds(of);
    const auto second = program->holds(of);
    if (!said(first).empty() && !said(second).empty()) {
        BAUDOT_ASSERT(first == second, "it says the same again");
    }
    const auto made = program->change(of);
    if (made && *made) judge(**made);
    if (!said(first).empty() && !said(made).empty() && !first) {
        BAUDOT_ASSERT(!made && made.error() == first.error(), "it fails alike whatever is asked");
    }
    return 0;
}
