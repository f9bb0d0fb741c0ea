#include "telegram_sim/json_objects.hpp"

#include <utility>

#include "telegram_sim/json_content.hpp"
#include "telegram_sim/json_parts.hpp"
#include "telegram_sim/pins.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr bool is_group(chat_kind kind) noexcept {
    return kind == chat_kind::group || kind == chat_kind::supergroup;
}

// Telegram's own account that stands for an administrator who hides.
void append_anonymous_administrator(json_writer& json) {
    json.begin_object().field("id", 1087968824).field("is_bot", true).field("first_name", "Group");
    json.field("username", "GroupAnonymousBot").end_object();
}

}  // namespace

void append_chat_of(json_writer& json, const world& in, user_id viewer, chat_id id) {
    if (const chat* which = in.find_chat(viewer, id)) return append_chat(json, in, *which);
    json.begin_object().field("id", std::to_underlying(id)).field("type", name(kind_of(id)));
    json.end_object();
}

namespace {

void append_topic_change(json_writer& json, const service& what) {
    json.begin_object();
    if (!what.text.empty()) json.field("name", what.text);
    const bool is_new = what.type == service::kind::forum_topic_created;
    if (is_new) json.field("icon_color", what.icon_color);
    const bool has_icon = what.icon_emoji && !(is_new && what.icon_emoji->empty());
    if (has_icon) json.field("icon_custom_emoji_id", *what.icon_emoji);
    json.end_object();
}

// The message itself, without the one it answers; only its id once it is deleted.
void append_pinned(json_writer& json, const world& in, user_id viewer, const chat& where,
                   message_id id) {
    const message* what = in.find_message(where, id);
    if (what != nullptr) return append_message(json, in, viewer, where, *what, false);
    json.begin_object().key("chat");
    append_chat(json, in, where);
    json.field("message_id", std::to_underlying(in.shown_id(viewer, where, id)));
    json.field("date", 0).end_object();
}

void append_service(json_writer& json, const world& in, user_id viewer, const chat& where,
                    const service& what) {
    using kind = service::kind;
    json.key(name(what.type));
    switch (what.type) {
        case kind::new_chat_members:
            json.begin_array();
            for (const user_id who : what.users) append_user_of(json, in, who);
            json.end_array();
            break;
        case kind::left_chat_member:
            append_user_of(json, in, what.users.empty() ? user_id{} : what.users.front());
            break;
        case kind::new_chat_title: json.value(what.text); break;
        case kind::migrate_to_chat_id:
        case kind::migrate_from_chat_id: json.value(std::to_underlying(what.chat)); break;
        case kind::pinned_message: append_pinned(json, in, viewer, where, what.message); break;
        case kind::forum_topic_created:
        case kind::forum_topic_edited: append_topic_change(json, what); break;
        case kind::forum_topic_closed:
        case kind::forum_topic_reopened:
        case kind::general_forum_topic_hidden:
        case kind::general_forum_topic_unhidden: json.begin_object().end_object(); break;
    }
}

void append_sender(json_writer& json, const world& in, const chat& where, const message& what) {
    if (where.kind == chat_kind::channel || what.sender == user_id{}) {
        if (is_group(where.kind)) {
            json.key("from");
            append_anonymous_administrator(json);
        }
        json.key("sender_chat");
        append_chat(json, in, where);
        return;
    }
    json.key("from");
    append_user_of(json, in, what.sender);
}

}  // namespace

std::int64_t unix_seconds(wall_time when) noexcept {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

void append_user(json_writer& json, const user& who) {
    json.begin_object().field("id", std::to_underlying(who.id)).field("is_bot", who.is_bot);
    json.field("first_name", who.first_name);
    if (!who.last_name.empty()) json.field("last_name", who.last_name);
    if (!who.username.empty()) json.field("username", who.username);
    if (!who.language_code.empty()) json.field("language_code", who.language_code);
    json.end_object();
}

void append_user_of(json_writer& json, const world& in, user_id id) {
    if (const user* who = in.find_user(id)) return append_user(json, *who);
    json.begin_object().field("id", std::to_underlying(id)).field("is_bot", false);
    json.field("first_name", "Deleted Account").end_object();
}

void append_me(json_writer& json, const user& bot) {
    json.begin_object().field("id", std::to_underlying(bot.id)).field("is_bot", true);
    json.field("first_name", bot.first_name).field("username", bot.username);
    json.field("can_join_groups", bot.can_join_groups);
    json.field("can_read_all_group_messages", !bot.privacy_mode);
    json.field("supports_inline_queries", false).field("can_connect_to_business", false);
    json.field("has_main_web_app", false).end_object();
}

void append_chat(json_writer& json, const world& in, const chat& which) {
    json.begin_object().field("id", std::to_underlying(which.id));
    if (which.kind == chat_kind::private_chat) {
        if (const user* who = in.find_user(user_id{std::to_underlying(which.id)})) {
            json.field("first_name", who->first_name);
            if (!who->last_name.empty()) json.field("last_name", who->last_name);
            if (!who->username.empty()) json.field("username", who->username);
        }
    } else {
        json.field("title", which.title);
        if (!which.username.empty()) json.field("username", which.username);
    }
    json.field("type", name(which.kind));
    if (which.is_forum) json.field("is_forum", true);
    json.end_object();
}

void append_full_chat(json_writer& json, const world& in, user_id viewer, const chat& which) {
    std::string brief;
    json_writer short_form(brief);
    append_chat(short_form, in, which);
    brief.pop_back();  // its closing bracket: more fields follow
    json.raw(brief);
    if (!which.username.empty()) {
        json.key("active_usernames").begin_array().value(which.username).end_array();
    }
    if (which.details && !which.details->description.empty()) {
        json.field("description", which.details->description);
    }
    if (is_group(which.kind)) {
        json.key("permissions").begin_object();
        append_permissions(json, which.allowed);
        json.end_object();
    }
    if (which.details) {
        for (const invite_link& each : which.details->links) {
            const bool is_own = each.creator == viewer && each.is_primary && !each.is_revoked;
            if (is_own) json.field("invite_link", each.link);
        }
    }
    if (which.is_protected) json.field("has_protected_content", true);
    if (const message* pinned = newest_pinned(in, which)) {
        json.key("pinned_message");
        append_message(json, in, viewer, which, *pinned, false);
    }
    if (which.slow_mode_s > 0) json.field("slow_mode_delay", which.slow_mode_s);
    json.key("accepted_gift_types").begin_object();
    for (const char* gift : {"unlimited_gifts", "limited_gifts", "unique_gifts",
                             "premium_subscription", "gifts_from_channels"}) {
        json.field(gift, false);
    }
    json.end_object().field("accent_color_id", 0).field("max_reaction_count", 11).end_object();
}

void append_entities(json_writer& json, const world& in, const std::vector<entity>& entities) {
    json.begin_array();
    for (const entity& each : entities) {
        json.begin_object().field("type", name(each.kind));
        json.field("offset", each.offset).field("length", each.length);
        switch (each.kind) {
            case entity_kind::text_link: json.field("url", each.argument); break;
            case entity_kind::pre:
                if (!each.argument.empty()) json.field("language", each.argument);
                break;
            case entity_kind::custom_emoji: json.field("custom_emoji_id", each.argument); break;
            case entity_kind::text_mention:
                json.key("user");
                append_user_of(json, in, each.user);
                break;
            default: break;
        }
        json.end_object();
    }
    json.end_array();
}

void append_message(json_writer& json, const world& in, user_id viewer, const chat& where,
                    const message& what, bool with_reply) {
    const message_id shown = in.shown_id(viewer, where, what.id);
    json.begin_object().field("message_id", std::to_underlying(shown));
    append_sender(json, in, where, what);
    const message_details* more = what.details.get();
    if (more && !more->author_signature.empty()) {
        json.field("author_signature", more->author_signature);
    }
    json.key("chat");
    append_chat(json, in, where);
    json.field("date", unix_seconds(what.date));
    if (what.is_edited()) json.field("edit_date", unix_seconds(more->edited));
    if (more && more->forwarded) {
        json.key("forward_origin");
        append_origin(json, in, viewer, *more->forwarded);
    }
    if (more && more->thread != message_id{}) {
        json.field("message_thread_id", std::to_underlying(more->thread));
        if (more->in_topic) json.field("is_topic_message", true);
    }
    if (more && with_reply) append_reply(json, in, viewer, where, what);
    if (what.album != 0) json.field("media_group_id", std::to_string(what.album));
    if (what.is_protected || where.is_protected) json.field("has_protected_content", true);
    if (more && !more->effect.empty()) json.field("effect_id", more->effect);
    if (what.is_service())
        append_service(json, in, viewer, where, *more->service);
    else
        append_content(json, in, viewer, what.what);
    json.end_object();
}

rendered_update render(const world& in, const bot_event& event) {
    rendered_update out{.kind = event.kind, .object = {}};
    if (event.kind == update_kind::poll || event.kind == update_kind::poll_answer) {
        json_writer json(out.object);
        const poll* of = in.find_poll(event.poll);
        if (event.kind == update_kind::poll)
            append_poll(json, in, event.bot, *of);
        else
            append_poll_answer(json, in, *of, event.actor);
        return out;
    }
    const chat* where = in.find_chat(event.bot, event.chat);
    if (where == nullptr) return out;
    json_writer json(out.object);
    if (append_act(json, in, *where, event)) return out;
    const message* what = in.find_message(*where, event.message);
    if (what == nullptr || what->is_deleted()) return out;
    out.object.reserve(512 + what->what.body.text.size());
    append_message(json, in, event.bot, *where, *what);
    return out;
}

bool looks_the_same_to_all(const chat& where, const message& what) noexcept {
    const bool one_numbering =
        where.kind == chat_kind::channel || where.kind == chat_kind::supergroup;
    // To a message that may hold media.
    const bool refers = what.details && (what.details->reply || what.is_service());
    const bool is_personal = has_file(what.what.media) || what.what.media == media_kind::poll;
    return one_numbering && !is_personal && !refers;
}

}  // namespace baudot::telegram_sim
