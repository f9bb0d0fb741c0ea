#include <utility>

#include "telegram_sim/json_content.hpp"
#include "telegram_sim/json_parts.hpp"
#include "telegram_sim/origin.hpp"

namespace baudot::telegram_sim {
namespace {

void append_quote(json_writer& json, const world& in, const reply_link& reply) {
    if (reply.quote.text.empty()) return;
    json.key("quote").begin_object().field("text", reply.quote.text);
    if (!reply.quote.entities.empty()) {
        json.key("entities");
        append_entities(json, in, reply.quote.entities);
    }
    json.field("position", reply.quote_position);
    if (reply.quote_is_manual) json.field("is_manual", true);
    json.end_object();
}

// ExternalReplyInfo: where it stands is told only of supergroups and channels, whose ids all share.
void append_external(json_writer& json, const world& in, user_id viewer, const chat& where,
                     const message& what) {
    json.key("external_reply").begin_object().key("origin");
    append_origin(json, in, viewer, origin_of(in, where, what));
    if (where.kind == chat_kind::supergroup || where.kind == chat_kind::channel) {
        json.key("chat");
        append_chat(json, in, where);
        json.field("message_id", std::to_underlying(what.id));
    }
    if (has_file(what.what.media))
        append_media(json, in, viewer, what.what);
    else if (what.what.media != media_kind::none)
        append_attachment(json, in, viewer, what.what);
    json.end_object();
}

}  // namespace

void append_origin(json_writer& json, const world& in, user_id viewer,
                   const forward_origin& origin) {
    using kind = forward_origin::kind;
    json.begin_object();
    const std::string& label = origin.name_or_signature;
    switch (origin.type) {
        case kind::user:
            json.field("type", "user").key("sender_user");
            append_user_of(json, in, origin.from_user);
            break;
        case kind::hidden_user:
            json.field("type", "hidden_user").field("sender_user_name", label);
            break;
        case kind::chat:
            json.field("type", "chat").key("sender_chat");
            append_chat_of(json, in, viewer, origin.from_chat);
            if (!label.empty()) json.field("author_signature", label);
            break;
        case kind::channel:
            json.field("type", "channel").key("chat");
            append_chat_of(json, in, viewer, origin.from_chat);
            json.field("message_id", std::to_underlying(origin.from_message));
            if (!label.empty()) json.field("author_signature", label);
            break;
    }
    json.field("date", unix_seconds(origin.date)).end_object();
}

void append_reply(json_writer& json, const world& in, user_id viewer, const chat& where,
                  const message& what) {
    const message_details& more = *what.details;
    if (!more.reply) {
        const bool answers_topic = more.in_topic && more.thread != what.id;
        const message* made = answers_topic ? in.find_message(where, more.thread) : nullptr;
        if (made == nullptr) return;
        json.key("reply_to_message");
        return append_message(json, in, viewer, where, *made, false);
    }
    const reply_link& reply = *more.reply;
    const bool is_here = reply.chat == chat_id{};
    const chat* there = is_here ? &where : in.find_chat(viewer, reply.chat);
    const message* answered = there ? in.find_message(*there, reply.message) : nullptr;
    if (answered == nullptr) return;
    if (is_here) {
        json.key("reply_to_message");
        append_message(json, in, viewer, where, *answered, false);
    } else {
        append_external(json, in, viewer, *there, *answered);
    }
    append_quote(json, in, reply);
}

}  // namespace baudot::telegram_sim
