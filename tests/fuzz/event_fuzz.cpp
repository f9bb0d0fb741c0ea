// Any bytes as an event of the journal: what is understood is written again as the same event, for
// ever by the same bytes, and can be shown to people and scripts.
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "model/codec.hpp"
#include "model/print.hpp"

using namespace baudot;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto type = static_cast<event_type>(data[0]);
    const auto first = decode_event(type, {reinterpret_cast<const char*>(data) + 1, size - 1});
    if (!first) {
        const errc why = first.error().code;
        BAUDOT_ASSERT(why == errc::corrupt || why == errc::unsupported_version, "refused for that");
        return 0;
    }
    BAUDOT_ASSERT(type_of(*first) == type, "an event of its type");
    std::string bytes;
    encode(*first, bytes);
    const auto second = decode_event(type, bytes);
    BAUDOT_ASSERT(second, "what was written can be read");
    BAUDOT_ASSERT(*second == *first, "and is the same event");
    std::string again = "kept";
    encode(*second, again);
    BAUDOT_ASSERT(again == "kept" + bytes, "by the same bytes, behind what was there");

    const std::string line = to_text(*first);
    BAUDOT_ASSERT(is_valid_utf8(line), "people can read it");
    BAUDOT_ASSERT(std::ranges::none_of(line, [](char each) { return each == '\n' || each == 27; }),
                  "on one line, and it steers no terminal");
    static simdjson::dom::parser parser;
    const std::string json = to_json(*first);
    BAUDOT_ASSERT(!parser.parse(json).error(), "scripts can read it");
    BAUDOT_ASSERT(json.find('\n') == json.npos, "a line each");
    return 0;
}
