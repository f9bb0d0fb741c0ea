#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "base/utf16.hpp"
#include "telegram_sim/bot_method_parts.hpp"
#include "telegram_sim/json_objects.hpp"
#include "telegram_sim/read_permissions.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::size_t title_points_max = 128;
constexpr std::size_t description_points_max = 255;
constexpr std::size_t custom_title_points_max = 16;
// A date nearer or farther is for ever (documentation of banChatMember).
constexpr std::int64_t until_min_s = 30;
constexpr std::int64_t until_max_s = 366L * 24 * 3600;

bool has_list(const chat& where) noexcept {
    return where.kind == chat_kind::supergroup || where.kind == chat_kind::channel;
}

std::int64_t until_of(const method_call& what) {
    const std::int64_t until = what.args.integer("until_date", 0);
    const std::int64_t left = until - unix_seconds(what.by.now);
    return left < until_min_s || left > until_max_s ? 0 : until;
}

/// Without blanks at its ends, and cut. Lines stay.
std::string trimmed(std::string_view text, std::size_t points_max) {
    constexpr std::string_view blank = " \n\t\r";
    const auto begin = std::min(text.find_first_not_of(blank), text.size());
    text = text.substr(begin, text.find_last_not_of(blank) + 1 - begin);
    std::size_t bytes = 0;
    for (std::size_t points = 0; bytes < text.size(); ++bytes) {
        const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
        if (begins && ++points > points_max) break;
    }
    return std::string(text.substr(0, bytes));
}

/// Whom it is about, as they are now.
struct target {
    chat* where;
    member who;
};

api_result<target> target_of(method_call& what) {
    const auto id = user_named(what);
    if (!id) return std::unexpected(id.error());
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    if (what.at.in().find_user(*id) == nullptr) return bad_request("user not found");
    const member* as = (*where)->find_member(*id);
    return target{*where, as ? access::as_of(*as, what.by.now)
                             : member{.user = *id, .status = member_status::left}};
}

void set(method_call& what, const target& at, member after) {
    what.at.in().set_member(*at.where, std::move(after), what.by.bot, what.by.now, what.by.request);
}

/// Owners and other people's administrators are safe, and so is the bot from itself.
answer may_restrict(const method_call& what, const target& at) {
    if (at.who.user == what.by.bot) return bad_request("can't restrict self");
    if (!access::is_admin_with(what.by, *at.where, can_restrict_members)) {
        if (at.where->kind == chat_kind::group) return bad_request("CHAT_ADMIN_REQUIRED");
        return bad_request("not enough rights to restrict/unrestrict chat member");
    }
    if (at.who.status == member_status::creator) return bad_request("can't remove chat owner");
    if (at.who.status == member_status::administrator && at.who.promotion->by != what.by.bot) {
        return bad_request("user is an administrator of the chat");
    }
    return {};
}

admin_rights rights_named(const method_call& what, const chat& where) {
    admin_rights out = 0;
    for (int i = 0; i < admin_right_count; ++i) {
        if (what.args.boolean(admin_right_name(i))) out |= 1U << i;
    }
    if (what.args.boolean("can_manage_voice_chats")) out |= can_manage_video_chats;
    const bool is_channel = where.kind == chat_kind::channel;
    out &= ~(is_channel ? admin_rights{can_pin_messages | can_manage_topics}
                        : admin_rights{can_post_messages | can_edit_messages});
    if (out != 0) out |= can_manage_chat;
    return out;
}

answer may_promote(const method_call& what, const target& at, admin_rights wanted) {
    if (at.who.user == what.by.bot) return bad_request("can't promote self");
    if (!access::is_admin_with(what.by, *at.where, can_promote_members)) {
        return bad_request("not enough rights");
    }
    if (at.who.status == member_status::creator) return bad_request("can't remove chat owner");
    if (!is_inside(at.who)) return bad_request("USER_NOT_PARTICIPANT");
    const bool is_others =
        at.who.status == member_status::administrator && at.who.promotion->by != what.by.bot;
    if (is_others) return bad_request("CHAT_ADMIN_REQUIRED");
    if (!access::is_admin_with(what.by, *at.where, wanted)) return bad_request("RIGHT_FORBIDDEN");
    return {};
}

answer promote(method_call& what, std::string& out) {
    const auto at = target_of(what);
    if (!at) return std::unexpected(at.error());
    if (!has_list(*at->where)) {
        return bad_request("method is available for supergroup and channel chats only");
    }
    const bool hides =
        at->where->kind == chat_kind::supergroup && what.args.boolean("is_anonymous");
    admin_rights rights = rights_named(what, *at->where);
    if (hides) rights |= can_manage_chat;
    if (auto may = may_promote(what, *at, rights); !may) return may;
    member after = at->who;
    after.rights = rights;
    after.is_anonymous = hides;
    after.until = 0;
    after.allowed = 0;
    after.status = rights == 0 ? member_status::member : member_status::administrator;
    if (rights == 0) {
        after.promotion = {};
    } else {
        after.promotion.change().by = what.by.bot;
    }
    set(what, *at, std::move(after));
    return truth(out);
}

answer restrict(method_call& what, std::string& out) {
    const auto allowed = read_permissions(what.args, true);
    if (!allowed) return std::unexpected(allowed.error());
    const auto at = target_of(what);
    if (!at) return std::unexpected(at.error());
    if (at->where->kind != chat_kind::supergroup) {
        return bad_request("method is available only for supergroups");
    }
    if (auto may = may_restrict(what, *at); !may) return may;
    member after{.user = at->who.user};
    after.is_outside = !is_inside(at->who);
    after.allowed = *allowed;
    after.until = until_of(what);
    after.status = member_status::restricted;
    if (*allowed == all_permissions) {  // no restriction is left
        after = {.user = at->who.user,
                 .status = after.is_outside ? member_status::left : member_status::member};
    }
    set(what, *at, after);
    return truth(out);
}

answer ban(method_call& what, std::string& out) {
    const auto at = target_of(what);
    if (!at) return std::unexpected(at.error());
    if (at->where->kind == chat_kind::private_chat) {
        return bad_request("can't ban members in private chats");
    }
    if (auto may = may_restrict(what, *at); !may) return may;
    // A basic group keeps no list of the banned: a person is merely out. A bot is told "kicked".
    const user* who = what.at.in().find_user(at->who.user);
    const bool keeps = at->where->kind != chat_kind::group || who->is_bot;
    member after{.user = at->who.user,
                 .status = keeps ? member_status::kicked : member_status::left};
    if (keeps) after.until = until_of(what);
    set(what, *at, after);
    return truth(out);
}

answer unban(method_call& what, std::string& out) {
    const auto at = target_of(what);
    if (!at) return std::unexpected(at.error());
    if (!has_list(*at->where)) {
        return bad_request("method is available for supergroup and channel chats only");
    }
    const bool is_banned = at->who.status == member_status::kicked;
    if (what.args.boolean("only_if_banned") && !is_banned) return truth(out);
    if (auto may = may_restrict(what, *at); !may) return may;
    if (at->who.status != member_status::left) {
        set(what, *at, {.user = at->who.user, .status = member_status::left});
    }
    return truth(out);
}

answer set_custom_title(method_call& what, std::string& out) {
    const auto at = target_of(what);
    if (!at) return std::unexpected(at.error());
    if (at->where->kind != chat_kind::supergroup) {
        return bad_request("method is available only for supergroups");
    }
    if (at->who.status == member_status::creator) {
        return bad_request("only creator can edit their custom title");
    }
    if (at->who.status != member_status::administrator) {
        return bad_request("user is not an administrator");
    }
    if (at->who.promotion->by != what.by.bot) {
        return bad_request("not enough rights to change custom title of the user");
    }
    const std::string title = clean_name(what.args.text("custom_title"), title_points_max);
    if (code_points(title) > custom_title_points_max) return bad_request("ADMIN_RANK_INVALID");
    member after = at->who;
    after.promotion.change().custom_title = title;
    set(what, *at, std::move(after));
    return truth(out);
}

api_result<chat*> chat_to_describe(method_call& what, std::string_view part) {
    const auto where = chat_to_change(what);
    if (!where) return where;
    if ((*where)->kind == chat_kind::private_chat) {
        return bad_request("can't change private chat " + std::string(part));
    }
    if (!access::may(what.by, **where, can_change_info, may_change_info)) {
        return bad_request("not enough rights to change chat " + std::string(part));
    }
    return where;
}

answer set_title(method_call& what, std::string& out) {
    const auto where = chat_to_describe(what, "title");
    if (!where) return std::unexpected(where.error());
    std::string title = clean_name(what.args.text("title"), title_points_max);
    if (title.empty()) return bad_request("title must be non-empty");
    if (title != (*where)->title) {
        what.at.in().set_title(**where, std::move(title), what.by.bot, what.by.now,
                               what.by.request);
    }
    return truth(out);
}

answer set_description(method_call& what, std::string& out) {
    const auto where = chat_to_describe(what, "description");
    if (!where) return std::unexpected(where.error());
    std::string text = trimmed(what.args.text("description"), description_points_max);
    std::string& kept = (*where)->make_details().description;
    if (text == kept) return bad_request("chat description is not modified");
    kept = std::move(text);
    what.at.in().record("description", (*where)->id, {}, kept, what.by.now,
                        {.actor = what.by.bot, .request = what.by.request});
    return truth(out);
}

answer set_permissions(method_call& what, std::string& out) {
    const auto allowed = read_permissions(what.args, false);
    if (!allowed) return std::unexpected(allowed.error());
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    const chat_kind kind = (*where)->kind;
    if (kind == chat_kind::private_chat || kind == chat_kind::channel) {
        return bad_request("can't change " + std::string(name(kind)) + " chat permissions");
    }
    if (!access::is_admin_with(what.by, **where, can_restrict_members)) {
        return bad_request("not enough rights to change chat permissions");
    }
    what.at.in().set_default_permissions(**where, *allowed);
    what.at.in().record("permissions", (*where)->id, {}, std::to_string(*allowed), what.by.now,
                        {.actor = what.by.bot, .request = what.by.request});
    return truth(out);
}

constexpr std::array methods{
    method_entry{"promoteChatMember", promote},
    method_entry{"restrictChatMember", restrict},
    method_entry{"banChatMember", ban},
    method_entry{"unbanChatMember", unban},
    method_entry{"setChatAdministratorCustomTitle", set_custom_title},
    method_entry{"setChatPermissions", set_permissions},
    method_entry{"setChatTitle", set_title},
    method_entry{"setChatDescription", set_description},
};

}  // namespace

std::span<const method_entry> member_methods() noexcept {
    return methods;
}

}  // namespace baudot::telegram_sim
