// Any bytes as JSON inside an argument of the local Telegram: it is read or refused with 400, and
// what was read is the same when it is written and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "telegram_sim/json_reader.hpp"
#include "telegram_sim/json_writer.hpp"

using namespace baudot;
using namespace baudot::telegram_sim;

namespace {

template <class Value>
bool refused_with_400(const api_result<Value>& read) {
    if (read) return false;
    BAUDOT_ASSERT(read.error().code == 400, "a refusal is 400");
    BAUDOT_ASSERT(read.error().description.starts_with("Bad Request: "), "in the server's words");
    return true;
}

std::string to_json(const std::vector<entity>& entities) {
    std::string out;
    json_writer json(out);
    json.begin_array();
    for (const entity& each : entities) {
        json.begin_object().field("type", name(each.kind));
        json.field("offset", each.offset).field("length", each.length);
        json.field("url", each.argument).field("language", each.argument);
        json.field("custom_emoji_id", each.argument);
        if (each.user != user_id{}) {
            json.key("user").begin_object().field("id", std::to_underlying(each.user)).end_object();
        }
        json.end_object();
    }
    json.end_array();
    return out;
}

void entities(std::string_view text) {
    const auto read = read_entities(text);
    if (refused_with_400(read)) return;
    const auto again = read_entities(to_json(*read));
    BAUDOT_ASSERT(again && *again == *read, "the same entities");
}

void message_ids(std::string_view text) {
    const auto read = read_message_ids(text);
    if (refused_with_400(read)) return;
    BAUDOT_ASSERT(!read->empty() && read->size() <= 100, "between one and a hundred");
    std::string out;
    json_writer json(out);
    json.begin_array();
    for (const message_id each : *read) {
        BAUDOT_ASSERT(each > message_id{}, "ids are positive");
        json.value(std::to_string(std::to_underlying(each)));
    }
    json.end_array();
    const auto again = read_message_ids(out);
    BAUDOT_ASSERT(again && *again == *read, "the same ids, also as texts");
}

void names(std::string_view text) {
    const auto read = read_names(text);
    if (!read) return;
    std::string out;
    json_writer json(out);
    json.begin_array();
    for (const std::string& each : *read) json.value(each);
    json.end_array();
    const auto again = read_names(out);
    BAUDOT_ASSERT(again && *again == *read, "the same names");
}

// Fractions are not read to the last digit; they, and what is too large, are written with an E.
bool is_exact(std::string_view json) {
    return json.find_first_of("eE") == json.npos;
}

void verbatim(std::string_view text) {
    if (const auto read = read_json_array(text)) {
        const auto again = read_json_array(*read);
        BAUDOT_ASSERT(again && (!is_exact(*read) || again == read), "an array stays as it is");
    }
    const auto options = read_link_preview(text);
    if (refused_with_400(options)) return;
    const auto again = read_link_preview(*options);
    BAUDOT_ASSERT(again && (!is_exact(*options) || again == options), "an object stays as it is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    entities(text);
    message_ids(text);
    names(text);
    verbatim(text);
    const auto reply = read_reply_parameters(text);
    (void)refused_with_400(reply);
    return 0;
}
