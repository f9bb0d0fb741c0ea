#include "telegram_sim/read_permissions.hpp"

#include <boost/json.hpp>

#include <string>

#include "telegram_sim/wire_fields.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

constexpr permissions media = can_send_audios | can_send_documents | can_send_photos |
                              can_send_videos | can_send_video_notes | can_send_voice_notes;

permissions with_implied(permissions given) {
    if ((given & (can_send_other_messages | can_add_web_page_previews)) != 0) given |= media;
    if ((given & (media | can_send_polls)) != 0) given |= can_send_messages;
    return given;
}

permissions from_old_form(const params& from) {
    permissions out = 0;
    if (from.boolean("can_send_messages")) out |= can_send_messages;
    if (from.boolean("can_send_media_messages")) out |= media;
    if (from.boolean("can_send_other_messages")) out |= can_send_other_messages;
    if (from.boolean("can_add_web_page_previews")) out |= can_add_web_page_previews;
    return with_implied(out);
}

}  // namespace

api_result<permissions> read_permissions(const params& from, bool old_form) {
    const auto given = from.find("permissions");
    if (!given && old_form) return from_old_form(from);
    boost::system::error_code ec;
    const std::string_view text = given.value_or(std::string_view{});
    const json::value whole = json::parse({text.data(), text.size()}, ec);
    if (ec) return bad_request("can't parse permissions JSON object");
    if (!whole.is_object()) return bad_request("object expected as permissions");
    wire_fields fields(whole.get_object());
    permissions out = 0;
    for (int i = 0; i < permission_count; ++i) {
        if (fields.truth(permission_name(i))) out |= 1U << i;
    }
    if (!fields.has("can_manage_topics") && (out & may_pin_messages) != 0) out |= may_manage_topics;
    if (fields.truth("can_send_media_messages")) out |= media;
    if (fields.trouble()) return bad_request("can't parse chat permissions: " + *fields.trouble());
    return from.boolean("use_independent_chat_permissions") ? out : with_implied(out);
}

}  // namespace baudot::telegram_sim
