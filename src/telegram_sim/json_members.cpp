#include <algorithm>
#include <utility>

#include "telegram_sim/json_parts.hpp"

namespace baudot::telegram_sim {
namespace {

void append_title(json_writer& json, const member& who) {
    if (!who.promotion->custom_title.empty()) {
        json.field("custom_title", who.promotion->custom_title);
    }
}

void append_way_in(json_writer& json, const world& in, const chat& where, const entrance& via) {
    if (via.link.empty() || !where.details) return;
    const auto found = std::ranges::find(where.details->links, via.link, &invite_link::link);
    if (found == where.details->links.end()) return;
    json.key("invite_link");
    append_invite_link(json, in, *found);
}

void append_member_change(json_writer& json, const world& in, const chat& where,
                          const bot_event& event) {
    json.begin_object().key("chat");
    append_chat(json, in, where);
    json.key("from");
    append_user_of(json, in, event.actor);
    json.field("date", unix_seconds(event.date)).key("old_chat_member");
    append_member(json, in, event.bot, where, event.before);
    json.key("new_chat_member");
    append_member(json, in, event.bot, where, event.after);
    append_way_in(json, in, where, event.via);
    if (event.via.by_request) json.field("via_join_request", true);
    json.end_object();
}

void append_join_request(json_writer& json, const world& in, const chat& where,
                         const bot_event& event) {
    json.begin_object().key("chat");
    append_chat(json, in, where);
    json.key("from");
    append_user_of(json, in, event.actor);
    json.field("user_chat_id", std::to_underlying(event.actor));
    json.field("date", unix_seconds(event.date));
    append_way_in(json, in, where, event.via);
    json.end_object();
}

void append_press(json_writer& json, const world& in, const chat& where, const bot_event& event) {
    const callback_press* what = in.find_press(event.press);
    json.begin_object().field("id", std::to_string(event.press)).key("from");
    append_user_of(json, in, event.actor);
    json.key("message");
    if (const message* shown = in.find_message(where, event.message)) {
        append_message(json, in, event.bot, where, *shown);
    } else {  // InaccessibleMessage
        json.begin_object().key("chat");
        append_chat(json, in, where);
        const message_id id = in.shown_id(event.bot, where, event.message);
        json.field("message_id", std::to_underlying(id)).field("date", 0).end_object();
    }
    // The same for all presses in a chat, and not its id.
    const std::string place = std::to_string(std::to_underlying(where.id)) + '/' +
                              std::to_string(std::to_underlying(where.bot));
    const auto instance = static_cast<std::int64_t>(xxh3_128("instance " + place).low);
    json.field("chat_instance", std::to_string(instance)).field("data", what->data);
    json.end_object();
}

void append_reaction(json_writer& json, const reaction& what) {
    using kind = reaction::kind;
    switch (what.type) {
        case kind::emoji: json.field("type", "emoji").field("emoji", what.value); break;
        case kind::custom_emoji:
            json.field("type", "custom_emoji").field("custom_emoji_id", what.value);
            break;
        case kind::paid: json.field("type", "paid"); break;
    }
}

void append_reactions(json_writer& json, std::string_view key, const std::vector<reaction>& all) {
    json.key(key).begin_array();
    for (const reaction& each : all) {
        json.begin_object();
        append_reaction(json, each);
        json.end_object();
    }
    json.end_array();
}

void append_reaction_change(json_writer& json, const world& in, const chat& where,
                            const bot_event& event) {
    json.begin_object().key("chat");
    append_chat(json, in, where);
    const message_id id = in.shown_id(event.bot, where, event.message);
    json.field("message_id", std::to_underlying(id));
    if (event.actor == user_id{}) {
        json.key("actor_chat");
        append_chat(json, in, where);
    } else {
        json.key("user");
        append_user_of(json, in, event.actor);
    }
    json.field("date", unix_seconds(event.date));
    append_reactions(json, "old_reaction", event.was);
    append_reactions(json, "new_reaction", event.now);
    json.end_object();
}

void append_reaction_counts(json_writer& json, const world& in, const chat& where,
                            const bot_event& event) {
    std::vector<std::pair<reaction, int>> counts;
    const message* what = in.find_message(where, event.message);
    for (const reactions_of& actor :
         what ? what->details->reactions : std::vector<reactions_of>{}) {
        for (const reaction& each : actor.what) {
            auto at = std::ranges::find(counts, each, &std::pair<reaction, int>::first);
            if (at == counts.end()) at = counts.insert(at, {each, 0});
            ++at->second;
        }
    }
    json.begin_object().key("chat");
    append_chat(json, in, where);
    json.field("message_id", std::to_underlying(event.message));
    json.field("date", unix_seconds(event.date)).key("reactions").begin_array();
    for (const auto& [each, count] : counts) {
        json.begin_object().key("type").begin_object();
        append_reaction(json, each);
        json.end_object().field("total_count", count).end_object();
    }
    json.end_array().end_object();
}

}  // namespace

void append_permissions(json_writer& json, permissions allowed) {
    for (int i = 0; i < permission_count; ++i) {
        json.field(permission_name(i), (allowed >> i & 1U) != 0);
    }
}

void append_member(json_writer& json, const world& in, user_id viewer, const chat& where,
                   const member& who) {
    json.begin_object().key("user");
    append_user_of(json, in, who.user);
    json.field("status", name(who.status));
    switch (who.status) {
        case member_status::creator:
            json.field("is_anonymous", who.is_anonymous);
            append_title(json, who);
            break;
        case member_status::administrator:
            json.field("can_be_edited", viewer != user_id{} && who.promotion->by == viewer);
            json.field("is_anonymous", who.is_anonymous);
            for (int i = 0; i < admin_right_count; ++i) {
                const admin_rights bit = 1U << i;
                constexpr admin_rights channels_only = can_post_messages | can_edit_messages;
                constexpr admin_rights groups_only = can_pin_messages | can_manage_topics;
                const bool is_channel = where.kind == chat_kind::channel;
                if ((bit & (is_channel ? groups_only : channels_only)) != 0) continue;
                json.field(admin_right_name(i), (who.rights & bit) != 0);
            }
            append_title(json, who);
            break;
        case member_status::restricted:
            json.field("is_member", !who.is_outside);
            append_permissions(json, who.allowed);
            json.field("until_date", who.until);
            break;
        case member_status::kicked: json.field("until_date", who.until); break;
        case member_status::member:
        case member_status::left: break;
    }
    json.end_object();
}

void append_invite_link(json_writer& json, const world& in, const invite_link& which) {
    json.begin_object().field("invite_link", which.link).key("creator");
    append_user_of(json, in, which.creator);
    json.field("creates_join_request", which.creates_join_request);
    json.field("is_primary", which.is_primary).field("is_revoked", which.is_revoked);
    if (!which.name.empty()) json.field("name", which.name);
    if (which.expire_date != 0) json.field("expire_date", which.expire_date);
    if (which.member_limit != 0) json.field("member_limit", which.member_limit);
    json.end_object();
}

bool append_act(json_writer& json, const world& in, const chat& where, const bot_event& event) {
    switch (event.kind) {
        case update_kind::my_chat_member:
        case update_kind::chat_member: append_member_change(json, in, where, event); return true;
        case update_kind::chat_join_request:
            append_join_request(json, in, where, event);
            return true;
        case update_kind::callback_query: append_press(json, in, where, event); return true;
        case update_kind::message_reaction:
            append_reaction_change(json, in, where, event);
            return true;
        case update_kind::message_reaction_count:
            append_reaction_counts(json, in, where, event);
            return true;
        default: return false;
    }
}

}  // namespace baudot::telegram_sim
