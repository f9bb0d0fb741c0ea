#include "telegram_sim/json_reader.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "telegram_sim/params.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

constexpr std::size_t message_ids_max = 100;

std::optional<json::value> parse(std::string_view text) {
    boost::system::error_code ec;
    json::value parsed = json::parse({text.data(), text.size()}, ec);
    if (ec) return std::nullopt;
    return parsed;
}

// Numbers arrive as numbers or, from clients that make everything a text, as texts.
std::optional<std::int64_t> integer(const json::value* value) {
    if (value == nullptr) return std::nullopt;
    if (const auto* number = value->if_int64()) return *number;
    if (const auto* text = value->if_string()) return to_integer({text->data(), text->size()});
    return std::nullopt;
}

std::string text_of(const json::object& in, std::string_view key) {
    const json::value* value = in.if_contains({key.data(), key.size()});
    if (value == nullptr) return {};
    if (const auto* text = value->if_string()) return {text->data(), text->size()};
    if (const auto* number = value->if_int64()) return std::to_string(*number);
    return {};
}

bool truth(const json::object& in, std::string_view key) {
    const json::value* value = in.if_contains({key.data(), key.size()});
    if (value == nullptr) return false;
    if (const auto* yes = value->if_bool()) return *yes;
    return false;
}

std::int32_t narrow(std::int64_t wide) noexcept {
    constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp(wide, low, high));
}

api_result<std::optional<entity>> read_entity(const json::value& value) {
    const json::object* fields = value.if_object();
    if (fields == nullptr) {
        return bad_request("can't parse MessageEntity: expected an Object");
    }
    const auto kind = entity_kind_of(text_of(*fields, "type"));
    if (!kind) return std::nullopt;
    const auto offset = integer(fields->if_contains("offset"));
    const auto length = integer(fields->if_contains("length"));
    if (!offset || !length) {
        return bad_request("can't parse MessageEntity: can't find field \"" +
                           std::string(offset ? "length" : "offset") + "\"");
    }
    entity out{.kind = *kind, .offset = narrow(*offset), .length = narrow(*length), .argument = {}};
    switch (*kind) {
        case entity_kind::text_link: out.argument = text_of(*fields, "url"); break;
        case entity_kind::pre: out.argument = text_of(*fields, "language"); break;
        case entity_kind::custom_emoji: out.argument = text_of(*fields, "custom_emoji_id"); break;
        case entity_kind::text_mention:
            if (const auto* who = fields->if_contains("user"); who && who->is_object()) {
                const auto id = integer(who->as_object().if_contains("id"));
                if (id) out.user = user_id{*id};
            }
            break;
        default: break;
    }
    return out;
}

}  // namespace

api_result<std::vector<entity>> read_entities(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed) return bad_request("can't parse entities JSON object");
    std::vector<entity> out;
    if (!parsed->is_array()) return out;  // ignored by Telegram, too
    for (const json::value& each : parsed->as_array()) {
        auto one = read_entity(each);
        if (!one) return std::unexpected(std::move(one.error()));
        if (*one) out.push_back(std::move(**one));
    }
    return out;
}

api_result<std::vector<message_id>> read_message_ids(std::string_view text) {
    if (text.empty()) return bad_request("message identifiers are not specified");
    const auto parsed = parse(text);
    if (!parsed) return bad_request("can't parse message identifiers JSON object");
    if (!parsed->is_array()) return bad_request("expected an Array of message identifiers");
    if (parsed->as_array().size() > message_ids_max) {
        return bad_request("too many message identifiers specified");
    }
    std::vector<message_id> out;
    for (const json::value& each : parsed->as_array()) {
        const auto id = integer(&each);
        if (!id) return bad_request("message identifier is not a Number");
        if (*id <= 0) return bad_request("invalid message identifier specified");
        out.push_back(message_id{*id});
    }
    if (out.empty()) return bad_request("message identifiers are not specified");
    return out;
}

api_result<reply_parameters> read_reply_parameters(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed) return bad_request("can't parse reply parameters JSON object");
    if (!parsed->is_object()) {
        return bad_request("object expected as reply parameters");
    }
    const json::object& fields = parsed->as_object();
    reply_parameters out;
    if (const auto id = integer(fields.if_contains("message_id"))) out.message = message_id{*id};
    out.chat = text_of(fields, "chat_id");
    out.allow_sending_without_reply = truth(fields, "allow_sending_without_reply");
    out.quote.text = text_of(fields, "quote");
    const auto mode = parse_mode_of(text_of(fields, "quote_parse_mode"));
    if (!mode) return std::unexpected(mode.error());
    out.quote.mode = *mode;
    if (const auto* entities = fields.if_contains("quote_entities")) {
        auto read = read_entities(json::serialize(*entities));
        if (!read) return std::unexpected(std::move(read.error()));
        if (!read->empty()) out.quote.entities = std::move(*read);
    }
    if (const auto at = integer(fields.if_contains("quote_position"))) {
        out.quote_position = narrow(*at);
    }
    return out;
}

std::optional<std::vector<std::string>> read_names(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed || !parsed->is_array()) return std::nullopt;
    std::vector<std::string> out;
    for (const json::value& each : parsed->as_array()) {
        const auto* one = each.if_string();
        if (one == nullptr) return std::nullopt;
        out.emplace_back(one->data(), one->size());
    }
    return out;
}

api_result<std::string> read_link_preview(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed) return bad_request("can't parse link preview options JSON object");
    if (!parsed->is_object()) return bad_request("object expected as link preview options");
    std::string written = json::serialize(*parsed);
    if (!parse(written)) return bad_request("can't parse link preview options JSON object");
    return written;
}

std::optional<std::string> read_json_array(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed || !parsed->is_array()) return std::nullopt;
    std::string written = json::serialize(*parsed);
    if (!parse(written)) return std::nullopt;  // a number beyond all numbers
    return written;
}

}  // namespace baudot::telegram_sim
