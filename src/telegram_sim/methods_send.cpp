#include <algorithm>
#include <array>
#include <chrono>

#include "telegram_sim/access.hpp"
#include "telegram_sim/image_size.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {
namespace {

// TELEGRAM.md 4: what the cloud server takes.
constexpr std::size_t upload_bytes_max = 50 << 20;
constexpr std::size_t photo_bytes_max = 10 << 20;
constexpr int photo_sides_max = 10'000;  // width and height together
constexpr int photo_ratio_max = 20;

std::string_view usual_mime(media_kind kind) noexcept {
    constexpr std::array<std::string_view, 7> types = {"",
                                                       "image/jpeg",
                                                       "video/mp4",
                                                       "video/mp4",
                                                       "audio/mpeg",
                                                       "audio/ogg",
                                                       "application/octet-stream"};
    return types[static_cast<std::size_t>(kind)];
}

/// In "can't use file of type Photo as Video".
std::string_view type_name(media_kind kind) noexcept {
    constexpr std::array<std::string_view, 7> names = {"None",  "Photo",     "Video",   "Animation",
                                                       "Audio", "VoiceNote", "Document"};
    return names[static_cast<std::size_t>(kind)];
}

api_result<void> check_photo(const upload& what, file& described) {
    if (what.bytes.size() > photo_bytes_max) {
        return bad_request("file of size " + std::to_string(what.bytes.size()) +
                           " bytes is too big for a photo; the maximum size is " +
                           std::to_string(photo_bytes_max) + " bytes");
    }
    const auto size = find_image_size(what.bytes);
    if (!size) return bad_request("IMAGE_PROCESS_FAILED");
    const int longer = std::max(size->width, size->height);
    const int shorter = std::min(size->width, size->height);
    if (longer > photo_sides_max - shorter || longer / photo_ratio_max > shorter) {
        return bad_request("PHOTO_INVALID_DIMENSIONS");
    }
    described.width = size->width;
    described.height = size->height;
    return {};
}

api_result<file_index> take_upload(world& in, media_options& what, upload& given) {
    if (given.bytes.empty()) return bad_request("file must be non-empty");
    if (given.bytes.size() > upload_bytes_max) {
        return std::unexpected(api_error{.code = 413, .description = "Request Entity Too Large"});
    }
    file described{.kind = what.kind,
                   .width = what.width,
                   .height = what.height,
                   .duration_s = what.duration_s,
                   .file_name = std::move(given.file_name),
                   .mime_type = std::move(given.mime_type),
                   .title = std::move(what.title),
                   .performer = std::move(what.performer)};
    if (described.mime_type.empty() || described.mime_type == "application/octet-stream") {
        described.mime_type = usual_mime(what.kind);
    }
    if (what.kind == media_kind::photo) {
        if (auto fine = check_photo(given, described); !fine) return std::unexpected(fine.error());
    }
    return in.files().add(std::move(described), std::move(given.bytes));
}

api_result<file_index> take_name(const world& in, const call& by, const media_options& what,
                                 const std::string& given) {
    if (given.empty()) {
        return bad_request("there is no " + std::string(name(what.kind)) + " in the request");
    }
    if (given.starts_with("http://") || given.starts_with("https://")) {
        return bad_request("failed to get HTTP URL content: this server fetches nothing");
    }
    const auto found = in.files().find(by.bot, given);
    if (!found) return bad_request("wrong file identifier/HTTP URL specified");
    const media_kind kind = in.files().get(*found).kind;
    if (kind != what.kind) {
        return bad_request("can't use file of type " + std::string(type_name(kind)) + " as " +
                           std::string(type_name(what.kind)));
    }
    return *found;
}

}  // namespace

api_result<parse_mode> parse_mode_of(std::string_view name) {
    const auto is = [&](std::string_view wanted) {
        return std::ranges::equal(name, wanted, [](char left, char right) {
            return (left >= 'A' && left <= 'Z' ? left + 32 : left) == right;
        });
    };
    if (name.empty() || is("none")) return parse_mode::none;
    if (is("html")) return parse_mode::html;
    if (is("markdownv2")) return parse_mode::markdown_v2;
    if (is("markdown")) return parse_mode::markdown;
    return bad_request("unsupported parse_mode");
}

api_result<sent> send_message(world& in, const call& by, chat_text to, const text_input& text,
                              const send_options& options) {
    auto body = access::text_of(text);
    if (!body) return std::unexpected(body.error());
    const auto where = access::open(in, by, to, access::right::write);
    if (!where) return std::unexpected(where.error());
    if (auto may = access::may_send(by, **where, media_kind::none); !may) {
        return std::unexpected(may.error());
    }
    auto made = access::outgoing(in, by, **where, options, cause_kind::bot_method);
    if (!made) return std::unexpected(made.error());
    made->what.body = std::move(*body);
    access::add_details(made->what, options);
    return sent{.chat = (*where)->id, .own = access::append(in, **where, std::move(*made))};
}

api_result<sent> send_media(world& in, const call& by, chat_text to, media_options what,
                            const send_options& options) {
    formatted_text caption;
    if (what.caption) {
        auto parsed = access::caption_of(*what.caption);
        if (!parsed) return std::unexpected(parsed.error());
        caption = std::move(*parsed);
    }
    const auto where = access::open(in, by, to, access::right::write);
    if (!where) return std::unexpected(where.error());
    if (auto may = access::may_send(by, **where, what.kind); !may) {
        return std::unexpected(may.error());
    }
    auto made = access::outgoing(in, by, **where, options, cause_kind::bot_method);
    if (!made) return std::unexpected(made.error());
    auto* bytes = std::get_if<upload>(&what.input);
    const auto taken = bytes ? take_upload(in, what, *bytes)
                             : take_name(in, by, what, std::get<std::string>(what.input));
    if (!taken) return std::unexpected(taken.error());
    made->what = {.body = std::move(caption),
                  .media = what.kind,
                  .has_spoiler = what.has_spoiler,
                  .caption_above = what.caption_above,
                  .file = *taken};
    access::add_details(made->what, options);
    return sent{.chat = (*where)->id, .own = access::append(in, **where, std::move(*made))};
}

}  // namespace baudot::telegram_sim
