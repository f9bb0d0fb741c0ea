// Any bytes as an answer that no parser took: what a parser takes is left alone, a repair is final,
// and the pieces of a result are those that a parser finds.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "telegram/bot_api/json_repair.hpp"

namespace {

using namespace baudot::telegram::bot_api;
namespace dom = simdjson::dom;

// The first "update_id" that is a whole number, in the order of the text.
bool has_update_id(dom::element in, std::int64_t wanted) {
    if (in.is_object()) {
        for (const auto [key, value] : in.get_object().value_unsafe()) {
            std::int64_t number = 0;
            if (key == "update_id" && value.is_number()) {
                if (value.get(number) != simdjson::SUCCESS || number == wanted) return true;
            }
            if (has_update_id(value, wanted)) return true;
        }
    } else if (in.is_array()) {
        for (const dom::element each : in.get_array().value_unsafe()) {
            if (has_update_id(each, wanted)) return true;
        }
    }
    return false;
}

// Whether the object names "result" once, so that there is one answer to what it is.
std::optional<dom::array> only_result(dom::element root) {
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS) return std::nullopt;
    std::optional<dom::array> found;
    int count = 0;
    for (const auto [key, value] : object) {
        if (key != "result") continue;
        dom::array array;
        if (++count > 1 || value.get(array) != simdjson::SUCCESS) return std::nullopt;
        found = array;
    }
    return found;
}

void check_elements(std::string_view json, dom::array expected) {
    const auto found = result_elements(json);
    if (!found) {
        // A key may be written with escapes, which is not looked for.
        BAUDOT_ASSERT(json.find("\"result\"") == json.npos, "the result was not found");
        return;
    }
    BAUDOT_ASSERT(found->size() == expected.size(), "as many pieces as a parser finds");
    std::size_t at = 0;
    static dom::parser parser;
    for (const dom::element each : expected) {
        dom::element piece;
        BAUDOT_ASSERT(!parser.parse((*found)[at]).get(piece), "a piece is JSON by itself");
        BAUDOT_ASSERT(simdjson::minify(piece) == simdjson::minify(each), "and the one meant");
        ++at;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string json(reinterpret_cast<const char*>(data), size);
    const std::string mended = repaired(json);
    BAUDOT_ASSERT(repaired(mended) == mended, "repaired once is repaired");
    (void)result_elements(mended);
    const auto id = update_id_in(json);
    static dom::parser parser;
    dom::element root;
    if (parser.parse(json).get(root) != simdjson::SUCCESS) {
        if (const auto pieces = result_elements(json)) {
            for (const std::string_view piece : *pieces) {
                BAUDOT_ASSERT(piece.data() >= json.data() && !piece.empty(), "a part of it");
            }
        }
        return 0;
    }
    BAUDOT_ASSERT(mended == json, "valid JSON was changed");
    // A name that ends like it, behind a quote of its own, is nothing that Telegram has.
    const bool is_plain = json.find("\\\"update_id\"") == json.npos;
    BAUDOT_ASSERT(!id || !is_plain || has_update_id(root, *id), "an update id that is not there");
    if (const auto expected = only_result(root)) check_elements(json, *expected);
    return 0;
}
