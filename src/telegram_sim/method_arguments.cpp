#include "telegram_sim/method_arguments.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "telegram_sim/access.hpp"
#include "telegram_sim/json_reader.hpp"
#include "telegram_sim/reply_markup.hpp"
#include "telegram_sim/wire_fields.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

constexpr std::int64_t side_max = 10'000, duration_max_s = 24LL * 3600;
constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();

// Telegram knows the type of a photo whatever the client says; others are as they were named.
std::string mime_type(const uploaded_file& file, media_kind kind) {
    if (kind == media_kind::photo) return "image/jpeg";
    if (!file.content_type.empty()) return std::string(file.content_type);
    switch (kind) {
        case media_kind::video:
        case media_kind::animation: return "video/mp4";
        case media_kind::audio: return "audio/mpeg";
        case media_kind::voice: return "audio/ogg";
        case media_kind::video_note: return "video/mp4";
        default: return "application/octet-stream";
    }
}

int dimension(const params& from, std::string_view field) {
    return static_cast<int>(from.integer(field, 0, 0, side_max));
}

}  // namespace

api_result<text_input> read_text(const params& from, std::string_view field) {
    text_input out;
    out.text = from.text(field);
    const std::string_view entities = from.text(field == "text" ? "entities" : "caption_entities");
    if (!entities.empty()) {
        auto read = read_entities(entities);
        if (!read) return std::unexpected(std::move(read.error()));
        if (!read->empty()) out.entities = std::move(*read);
    }
    auto mode = parse_mode_of(from.text("parse_mode"));
    if (!mode) return std::unexpected(std::move(mode.error()));
    out.mode = *mode;
    return out;
}

api_result<send_options> read_send_options(const params& from) {
    send_options out;
    out.is_silent = from.boolean("disable_notification");
    out.is_protected = from.boolean("protect_content");
    out.thread = read_message_id(from, "message_thread_id");
    if (const auto preview = from.find("link_preview_options"); preview && !preview->empty()) {
        auto read = read_link_preview(*preview);
        if (!read) return std::unexpected(std::move(read.error()));
        out.link_preview = std::move(*read);
    } else if (from.boolean("disable_web_page_preview")) {
        out.link_preview = R"({"is_disabled":true})";
    }
    auto markup = read_reply_markup(from.text("reply_markup"));
    if (!markup) return std::unexpected(std::move(markup.error()));
    out.markup = std::move(*markup);
    out.effect = from.text("message_effect_id");
    if (const auto reply = from.find("reply_parameters"); reply && !reply->empty()) {
        auto read = read_reply_parameters(*reply);
        if (!read) return std::unexpected(std::move(read.error()));
        if (read->message != message_id{}) out.reply = std::move(*read);
    } else if (const message_id to = read_message_id(from, "reply_to_message_id");
               to != message_id{}) {
        out.reply = reply_parameters{};
        out.reply->message = to;
        out.reply->allow_sending_without_reply = from.boolean("allow_sending_without_reply");
    }
    return out;
}

message_id read_message_id(const params& from, std::string_view field) {
    const std::int64_t id = from.integer(field, 0);
    return id > 0 && id <= int32_max ? message_id{id} : message_id{};
}

api_result<media_options> read_media(const params& from, media_kind kind) {
    media_options out;
    out.kind = kind;
    const std::string_view field = name(kind);
    const uploaded_file* file = from.file(field);
    const std::string_view value = from.text(field);
    constexpr std::string_view attach = "attach://";
    if (file == nullptr && value.starts_with(attach)) file = from.file(value.substr(attach.size()));
    if (file != nullptr) {
        out.input = upload{.bytes = std::string(file->bytes),
                           .file_name = std::string(file->name),
                           .mime_type = mime_type(*file, kind)};
    } else if (!value.empty() && !value.starts_with(attach)) {
        out.input = std::string(value);
    } else {
        return bad_request("there is no " + std::string(access::spoken(kind)) + " in the request");
    }
    auto caption = read_text(from, "caption");
    if (!caption) return std::unexpected(std::move(caption.error()));
    if (!caption->text.empty()) out.caption = std::move(*caption);
    out.has_spoiler = from.boolean("has_spoiler");
    out.caption_above = from.boolean("show_caption_above_media");
    out.width = dimension(from, "width");
    out.height = dimension(from, "height");
    if (kind == media_kind::video_note) out.width = out.height = dimension(from, "length");
    out.emoji = from.text("emoji");
    out.duration_s = static_cast<int>(from.integer("duration", 0, 0, duration_max_s));
    out.title = from.text("title");
    out.performer = from.text("performer");
    return out;
}

namespace {

api_result<media_options> read_input_media(const params& from, const json::value& given,
                                           bool for_album) {
    const auto wrong = [](const std::string& why) {
        return bad_request("can't parse InputMedia: " + why);
    };
    if (!given.is_object()) return wrong("expected an Object");
    wire_fields fields(given.get_object());
    media_options out;
    text_input caption{.text = fields.text("caption")};
    auto mode = parse_mode_of(fields.text("parse_mode"));
    if (!mode) return wrong("Unsupported parse_mode");
    caption.mode = *mode;
    if (const json::value* entities = fields.find("caption_entities")) {
        auto read = read_entities(json::serialize(*entities));
        if (!read) return std::unexpected(std::move(read.error()));
        if (!read->empty()) caption.entities = std::move(*read);
    }
    if (!caption.text.empty()) out.caption = std::move(caption);
    out.caption_above = fields.truth("show_caption_above_media");
    out.has_spoiler = fields.truth("has_spoiler");
    const std::string media = fields.text("media");
    constexpr std::string_view attach = "attach://";
    const uploaded_file* file = media.starts_with(attach)
                                    ? from.file(std::string_view(media).substr(attach.size()))
                                    : nullptr;
    if (file == nullptr && (media.empty() || media.starts_with(attach))) {
        return wrong("media not found");
    }
    const std::string type = fields.required_text("type");
    if (fields.trouble()) return wrong(*fields.trouble());
    if (for_album && type == "animation") {
        return wrong("type \"animation\" can't be used in sendMediaGroup");
    }
    const auto kind = media_kind_of(type);
    if (!kind || !has_caption(*kind) || *kind == media_kind::voice) {
        return wrong("type \"" + type + "\" is unsupported");
    }
    out.kind = *kind;
    if (file != nullptr) {
        out.input = upload{.bytes = std::string(file->bytes),
                           .file_name = std::string(file->name),
                           .mime_type = mime_type(*file, *kind)};
    } else {
        out.input = media;
    }
    const auto bounded = [&fields](std::string_view key, std::int64_t high) {
        return static_cast<int>(std::clamp<std::int64_t>(fields.integer(key), 0, high));
    };
    out.width = bounded("width", side_max);
    out.height = bounded("height", side_max);
    out.duration_s = bounded("duration", duration_max_s);
    out.title = fields.text("title");
    out.performer = fields.text("performer");
    if (fields.trouble()) return wrong(*fields.trouble());
    return out;
}

}  // namespace

api_result<media_options> read_input_media(const params& from) {
    const std::string_view text = from.text("media");
    if (text.empty()) return bad_request("parameter \"media\" is required");
    boost::system::error_code ec;
    const json::value given = json::parse({text.data(), text.size()}, ec);
    if (ec) return bad_request("can't parse input media JSON object");
    return read_input_media(from, given, false);
}

api_result<std::vector<media_options>> read_media_group(const params& from) {
    const std::string_view text = from.text("media");
    if (text.empty()) return bad_request("parameter \"media\" is required");
    boost::system::error_code ec;
    const json::value given = json::parse({text.data(), text.size()}, ec);
    if (ec) return bad_request("can't parse media JSON object");
    if (!given.is_array()) return bad_request("expected an Array of InputMedia");
    std::vector<media_options> out;
    for (const json::value& each : given.get_array()) {
        auto one = read_input_media(from, each, true);
        if (!one) return std::unexpected(std::move(one.error()));
        out.push_back(std::move(*one));
    }
    return out;
}

update_queue::request read_get_updates(const params& from) {
    return {.offset = from.integer("offset", 0, -int32_max, int32_max),
            .limit = from.integer("limit", 100),
            .timeout_s = from.integer("timeout", 0),
            .allowed = read_allowed_updates(from)};
}

std::optional<update_mask> read_allowed_updates(const params& from) {
    const auto allowed = from.find("allowed_updates");
    if (!allowed || allowed->empty()) return std::nullopt;
    const auto names = read_names(*allowed);
    if (!names) return std::nullopt;
    update_mask mask = 0;
    for (std::string each : *names) {
        std::ranges::transform(each, each.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        if (const auto kind = update_kind_of(each)) mask |= bit(*kind);
    }
    return mask == 0 ? default_updates : mask;  // an empty list: back to the default
}

std::uint64_t upload_bytes(const params& from) noexcept {
    std::uint64_t sum = 0;
    for (const uploaded_file& each : from.files()) sum += each.bytes.size();
    return sum;
}

}  // namespace baudot::telegram_sim
