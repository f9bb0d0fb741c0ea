#include "telegram_sim/rights.hpp"

#include <array>

namespace baudot::telegram_sim {

std::string_view name(member_status status) noexcept {
    constexpr std::array<std::string_view, 6> names = {"creator",    "administrator", "member",
                                                       "restricted", "left",          "kicked"};
    return names[static_cast<std::size_t>(status)];
}

std::string_view admin_right_name(int bit) noexcept {
    constexpr std::array<std::string_view, admin_right_count> names = {
        "can_manage_chat",        "can_post_messages",    "can_edit_messages",
        "can_delete_messages",    "can_restrict_members", "can_promote_members",
        "can_change_info",        "can_invite_users",     "can_pin_messages",
        "can_manage_video_chats", "can_manage_topics",    "can_post_stories",
        "can_edit_stories",       "can_delete_stories"};
    return names[static_cast<std::size_t>(bit)];
}

std::string_view permission_name(int bit) noexcept {
    constexpr std::array<std::string_view, permission_count> names = {
        "can_send_messages",         "can_send_audios",  "can_send_documents",
        "can_send_photos",           "can_send_videos",  "can_send_video_notes",
        "can_send_voice_notes",      "can_send_polls",   "can_send_other_messages",
        "can_add_web_page_previews", "can_change_info",  "can_invite_users",
        "can_pin_messages",          "can_manage_topics"};
    return names[static_cast<std::size_t>(bit)];
}

}  // namespace baudot::telegram_sim
