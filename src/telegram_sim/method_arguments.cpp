#include "telegram_sim/method_arguments.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "telegram_sim/json_reader.hpp"
#include "telegram_sim/reply_markup.hpp"

namespace baudot::telegram_sim {
namespace {

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
        default: return "application/octet-stream";
    }
}

int dimension(const params& from, std::string_view field) {
    return static_cast<int>(from.integer(field, 0, 0, 10'000));
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
        return bad_request("there is no " + std::string(field) + " in the request");
    }
    auto caption = read_text(from, "caption");
    if (!caption) return std::unexpected(std::move(caption.error()));
    if (!caption->text.empty()) out.caption = std::move(*caption);
    out.has_spoiler = from.boolean("has_spoiler");
    out.caption_above = from.boolean("show_caption_above_media");
    out.width = dimension(from, "width");
    out.height = dimension(from, "height");
    out.duration_s = static_cast<int>(from.integer("duration", 0, 0, 24 * 3600));
    out.title = from.text("title");
    out.performer = from.text("performer");
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
