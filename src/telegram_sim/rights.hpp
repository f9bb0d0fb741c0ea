#pragma once

#include <cstdint>
#include <string_view>

namespace baudot::telegram_sim {

/// ChatMember.status in the Bot API.
enum class member_status : unsigned char {
    creator,
    administrator,
    member,
    restricted,
    left,
    kicked,
};
std::string_view name(member_status status) noexcept;

constexpr bool is_inside(member_status status) noexcept {
    return status <= member_status::restricted;
}

/// A set of admin_right.
using admin_rights = std::uint32_t;

/// Bits, named as the fields of ChatMemberAdministrator.
enum admin_right : admin_rights {
    can_manage_chat = 1U << 0,
    can_post_messages = 1U << 1,  // channels
    can_edit_messages = 1U << 2,  // channels
    can_delete_messages = 1U << 3,
    can_restrict_members = 1U << 4,
    can_promote_members = 1U << 5,
    can_change_info = 1U << 6,
    can_invite_users = 1U << 7,
    can_pin_messages = 1U << 8,  // groups
    can_manage_video_chats = 1U << 9,
    can_manage_topics = 1U << 10,  // groups
    can_post_stories = 1U << 11,
    can_edit_stories = 1U << 12,
    can_delete_stories = 1U << 13,
};
inline constexpr int admin_right_count = 14;
inline constexpr admin_rights all_rights = (1U << admin_right_count) - 1;

/// "can_post_messages" for bit 1, and so on.
std::string_view admin_right_name(int bit) noexcept;

/// A set of permission.
using permissions = std::uint32_t;

/// Bits, named as the fields of ChatPermissions.
enum permission : permissions {
    can_send_messages = 1U << 0,
    can_send_audios = 1U << 1,
    can_send_documents = 1U << 2,
    can_send_photos = 1U << 3,
    can_send_videos = 1U << 4,
    can_send_video_notes = 1U << 5,
    can_send_voice_notes = 1U << 6,
    can_send_polls = 1U << 7,
    can_send_other_messages = 1U << 8,  // animations, stickers
    can_add_web_page_previews = 1U << 9,
    may_change_info = 1U << 10,
    may_invite_users = 1U << 11,
    may_pin_messages = 1U << 12,
    may_manage_topics = 1U << 13,
};
inline constexpr int permission_count = 14;
inline constexpr permissions all_permissions = (1U << permission_count) - 1;

/// "can_send_messages" for bit 0, "can_change_info" for bit 10, and so on.
std::string_view permission_name(int bit) noexcept;

}  // namespace baudot::telegram_sim
