#include <algorithm>
#include <array>
#include <chrono>

#include "telegram_sim/access.hpp"
#include "telegram_sim/attachments.hpp"
#include "telegram_sim/image_size.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {
namespace {

// TELEGRAM.md 4: what the cloud server takes.
constexpr std::size_t photo_bytes_max = 10 << 20;
constexpr int photo_sides_max = 10'000;  // width and height together
constexpr int photo_ratio_max = 20;
constexpr std::size_t album_max = 10;
constexpr int sticker_side = 512;

std::string_view usual_mime(media_kind kind) noexcept {
    constexpr std::array<std::string_view, file_kinds> types = {"",
                                                                "image/jpeg",
                                                                "video/mp4",
                                                                "video/mp4",
                                                                "audio/mpeg",
                                                                "audio/ogg",
                                                                "application/octet-stream",
                                                                "video/mp4",
                                                                "image/webp"};
    return types[static_cast<std::size_t>(kind)];
}

/// In "can't use file of type Photo as Video".
std::string_view type_name(media_kind kind) noexcept {
    constexpr std::array<std::string_view, file_kinds> names = {
        "None",      "Photo",    "Video",     "Animation", "Audio",
        "VoiceNote", "Document", "VideoNote", "Sticker"};
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

// What it is can be told by how it begins: gzip of an animated one, Matroska of a video.
void describe_sticker(std::string_view bytes, file& described) {
    if (bytes.starts_with("\x1F\x8B"))
        described.mime_type = "application/x-tgsticker";
    else if (bytes.starts_with("\x1A\x45\xDF\xA3"))
        described.mime_type = "video/webm";
    else
        described.mime_type = "image/webp";
    described.width = described.height = sticker_side;
}

/// What may stand together: photos and videos, or audio alone, or documents alone.
api_result<void> check_album(const std::vector<media_options>& parts) {
    if (parts.empty()) return bad_request("there are no messages to send");
    if (parts.size() > album_max) return bad_request("too many messages to send as an album");
    const media_options& first = parts.front();
    for (const media_options& part : parts) {
        for (const media_kind alone : {media_kind::audio, media_kind::document}) {
            if ((part.kind == alone) == (first.kind == alone)) continue;
            return bad_request(alone == media_kind::audio
                                   ? "audio can't be mixed with other media types"
                                   : "document can't be mixed with other media types");
        }
        if (part.caption_above != first.caption_above) {
            return bad_request(
                "parameter show_caption_above_media must be the same for all messages");
        }
    }
    return {};
}

api_result<file_index> take_upload(world& in, media_options& what, upload& given) {
    if (given.bytes.empty()) return bad_request("file must be non-empty");
    if (given.bytes.size() > in.files().limits().upload_max) {
        return std::unexpected(api_error{.code = 413, .description = "Request Entity Too Large"});
    }
    file described{.kind = what.kind,
                   .width = what.width,
                   .height = what.height,
                   .duration_s = what.duration_s,
                   .file_name = std::move(given.file_name),
                   .mime_type = std::move(given.mime_type),
                   .title = std::move(what.title),
                   .performer = std::move(what.performer),
                   .emoji = std::move(what.emoji)};
    if (described.mime_type.empty() || described.mime_type == "application/octet-stream") {
        described.mime_type = usual_mime(what.kind);
    }
    if (what.kind == media_kind::photo) {
        if (auto fine = check_photo(given, described); !fine) return std::unexpected(fine.error());
    }
    if (what.kind == media_kind::sticker) describe_sticker(given.bytes, described);
    return in.files().add(std::move(described), std::move(given.bytes));
}

api_result<file_index> take_name(const world& in, const call& by, const media_options& what,
                                 const std::string& given) {
    if (given.empty()) {
        return bad_request("there is no " + std::string(access::spoken(what.kind)) +
                           " in the request");
    }
    if (given.starts_with("http://") || given.starts_with("https://")) {
        if (what.kind == media_kind::video_note) {
            return bad_request("sending video notes by a URL is unsupported");
        }
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
    return access::send(in, by, **where, {.body = std::move(*body)}, options);
}

api_result<content> access::media_content(world& in, const call& by, media_options what) {
    content out{
        .media = what.kind, .has_spoiler = what.has_spoiler, .caption_above = what.caption_above};
    if (what.caption && has_caption(what.kind)) {
        auto parsed = access::caption_of(*what.caption);
        if (!parsed) return std::unexpected(parsed.error());
        out.body = std::move(*parsed);
    }
    auto* bytes = std::get_if<upload>(&what.input);
    const auto taken = bytes ? take_upload(in, what, *bytes)
                             : take_name(in, by, what, std::get<std::string>(what.input));
    if (!taken) return std::unexpected(taken.error());
    out.file = *taken;
    return out;
}

api_result<sent> send_media(world& in, const call& by, chat_text to, media_options what,
                            const send_options& options) {
    const auto where = access::open(in, by, to, access::right::write);
    if (!where) return std::unexpected(where.error());
    if (auto may = access::may_send(by, **where, what.kind); !may) {
        return std::unexpected(may.error());
    }
    auto made = access::media_content(in, by, std::move(what));
    if (!made) return std::unexpected(made.error());
    return access::send(in, by, **where, std::move(*made), options);
}

api_result<std::vector<sent>> send_media_group(world& in, const call& by, chat_text to,
                                               std::vector<media_options> parts,
                                               const send_options& options) {
    const auto where = access::open(in, by, to, access::right::write);
    if (!where) return std::unexpected(where.error());
    if (auto fits = check_album(parts); !fits) return std::unexpected(fits.error());
    std::vector<new_message> made;
    const std::int64_t album = parts.size() > 1 ? in.next_album() : 0;
    for (media_options& part : parts) {
        if (auto may = access::may_send(by, **where, part.kind); !may) {
            return std::unexpected(may.error());
        }
        auto one = access::outgoing(in, by, **where, options, cause_kind::bot_method);
        if (!one) return std::unexpected(one.error());
        auto shown = access::media_content(in, by, std::move(part));
        if (!shown) return std::unexpected(shown.error());
        one->what = std::move(*shown);
        one->album = album;
        made.push_back(std::move(*one));
    }
    std::vector<sent> out;
    for (new_message& one : made) {
        const message_id own = access::append(in, **where, std::move(one));
        out.push_back({.chat = (*where)->id, .own = own});
    }
    return out;
}

api_result<sent> send_attachment(world& in, const call& by, chat_text to, media_kind kind,
                                 attachment what, const send_options& options) {
    const auto where = access::open(in, by, to, access::right::write);
    if (!where) return std::unexpected(where.error());
    if (auto may = access::may_send(by, **where, kind); !may) return std::unexpected(may.error());
    content shown;
    shown.attach(kind, std::move(what));
    return access::send(in, by, **where, std::move(shown), options);
}

api_result<sent> send_dice(world& in, const call& by, chat_text to, std::string_view emoji,
                           const send_options& options) {
    const std::string base = emoji.empty() ? "🎲" : plain_emoji(emoji);
    const int sides = sides_of(base);
    if (sides == 0) return bad_request("EMOTICON_INVALID");
    return send_attachment(in, by, to, media_kind::dice, dice{base, in.roll(sides)}, options);
}

}  // namespace baudot::telegram_sim
