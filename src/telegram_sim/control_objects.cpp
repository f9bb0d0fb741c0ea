#include "telegram_sim/control_objects.hpp"

#include <fmt/format.h>

#include <utility>

#include "telegram_sim/json_content.hpp"
#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {
namespace {

void append_cause(json_writer& json, const cause& why) {
    json.key("cause").begin_object().field("kind", name(why.kind));
    if (why.actor != user_id{}) json.field("actor", std::to_underlying(why.actor));
    json.field("request", why.request);
    if (why.from_chat != chat_id{}) {
        json.field("from_chat", std::to_underlying(why.from_chat));
        json.field("from_message", std::to_underlying(why.from_message));
    }
    json.end_object();
}

void append_content(json_writer& json, const world& in, const content& what) {
    json.field("text", what.body.text);
    if (!what.body.entities.empty()) {
        json.key("entities");
        append_entities(json, in, what.body.entities);
    }
    if (what.more->markup.type != reply_markup::kind::none) {
        json.key("reply_markup").raw(what.more->markup.json);
    }
    if (what.media != media_kind::none && !what.file) {
        json.key("media").begin_object().field("type", name(what.media));
        append_attachment(json, in, user_id{}, what);
        json.end_object();
        return;
    }
    if (!what.file) return;
    const file& file = in.files().get(*what.file);
    json.key("media").begin_object().field("type", name(what.media));
    json.field("unique_id", in.files().unique_id(*what.file)).field("size", file.size);
    json.field("path", in.files().path(*what.file));
    if (!file.file_name.empty()) json.field("file_name", file.file_name);
    if (what.has_spoiler) json.field("spoiler", true);
    if (what.caption_above) json.field("caption_above", true);
    json.end_object();
}

void append_reactions(json_writer& json, const reactions_of& what) {
    json.begin_object().field("from", std::to_underlying(what.who)).key("emoji").begin_array();
    for (const reaction& each : what.what) json.value(each.value);
    json.end_array().end_object();
}

void append_more(json_writer& json, const world& in, const chat_details& more) {
    json.key("pinned").begin_array();
    for (const message_id each : more.pinned) json.value(std::to_underlying(each));
    json.end_array().key("links").begin_array();
    for (const invite_link& each : more.links) append_invite_link(json, in, each);
    json.end_array().key("join_requests").begin_array();
    for (const join_request& each : more.requests) json.value(std::to_underlying(each.user));
    json.end_array();
}

void append_method(json_writer& json, const method_count& of) {
    json.begin_object().field("requests", of.requests).field("ok", of.ok);
    json.field("refused", of.refused).field("rejected", of.rejected).field("failed", of.failed);
    json.field("unanswered", of.unanswered).end_object();
}

}  // namespace

void append_time(json_writer& json, wall_time when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(seconds - day);
    json.field(
        "time",
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    time.hours().count(), time.minutes().count(), time.seconds().count(),
                    (when - seconds).count()));
    json.field("unix_us", when.time_since_epoch().count());
}

void append_control_chat(json_writer& json, const world& in, const chat& which, bool whole) {
    json.begin_object().field("id", std::to_underlying(which.id));
    json.field("type", name(which.kind)).field("title", which.title);
    if (!which.username.empty()) json.field("username", which.username);
    if (which.bot != user_id{}) json.field("bot", std::to_underlying(which.bot));
    if (which.is_blocked) json.field("blocked", true);
    if (which.is_protected) json.field("protected", true);
    if (which.is_forum) json.field("forum", true);
    if (which.is_deactivated) json.field("deactivated", true);
    if (which.migrated_to != chat_id{}) {
        json.field("migrated_to", std::to_underlying(which.migrated_to));
    }
    json.field("messages", which.messages.size());
    json.field("last_message_id", std::to_underlying(which.last_id));
    if (whole) {
        json.key("members").begin_array();
        for (const member& each : which.members) append_member(json, in, user_id{}, which, each);
        json.end_array();
        if (which.details) append_more(json, in, *which.details);
    }
    json.end_object();
}

void append_history(json_writer& json, const world& in, const message& what) {
    json.begin_object().field("message_id", std::to_underlying(what.id));
    append_time(json, what.date);
    if (what.sender != user_id{}) json.field("sender", std::to_underlying(what.sender));
    append_cause(json, what.made_by);
    if (what.album != 0) json.field("album", std::to_string(what.album));
    if (what.is_protected) json.field("protected", true);
    if (what.is_silent) json.field("silent", true);
    append_content(json, in, what.what);
    if (const message_details* more = what.details.get()) {
        if (more->forwarded) {
            json.key("forwarded").begin_object();
            append_time(json, more->forwarded->date);
            json.field("chat", std::to_underlying(more->forwarded->from_chat));
            json.field("user", std::to_underlying(more->forwarded->from_user));
            json.field("message", std::to_underlying(more->forwarded->from_message)).end_object();
        }
        if (more->thread != message_id{}) json.field("topic", std::to_underlying(more->thread));
        if (const auto& reply = more->reply) {
            json.field("reply_to", std::to_underlying(reply->message));
            if (reply->chat != chat_id{}) json.field("reply_chat", std::to_underlying(reply->chat));
            if (!reply->quote.text.empty()) json.field("quote", reply->quote.text);
        }
        if (!more->reactions.empty()) {
            json.key("reactions").begin_array();
            for (const reactions_of& each : more->reactions) append_reactions(json, each);
            json.end_array();
        }
        if (more->service) json.field("service", name(more->service->type));
        if (!more->earlier.empty()) {
            json.key("edited").begin_object();
            append_time(json, more->edited);
            append_cause(json, more->edited_by);
            json.end_object().key("earlier").begin_array();
            for (const version& each : more->earlier) {
                json.begin_object();
                append_time(json, each.since);
                append_cause(json, each.made_by);
                append_content(json, in, each.what);
                json.end_object();
            }
            json.end_array();
        }
        if (more->deleted) {
            json.key("deleted").begin_object();
            append_time(json, more->deleted->at);
            append_cause(json, more->deleted->made_by);
            json.end_object();
        }
    }
    json.end_object();
}

void append_bot(json_writer& json, local_telegram& at, const user& bot) {
    const auto line = at.line(bot.id);
    json.begin_object().field("id", std::to_underlying(bot.id)).field("username", bot.username);
    json.field("token", bot.token);
    json.field("pending", line->updates.pending(at.timers().now()));
    json.field("pending_bytes", line->updates.bytes()).field("dropped", line->updates.dropped());
    json.field("polling", line->wake.waiting() > 0);
    if (const auto& hook = line->hook) {
        json.key("webhook").begin_object().field("url", hook->with.url);
        json.field("delivered", hook->delivered).field("failed", hook->failed);
        json.field("under_way", hook->schedule.under_way()).end_object();
    }
    json.end_object();
}

void append_stats(json_writer& json, local_telegram& at) {
    json.begin_object();
    append_time(json, at.timers().wall_now());
    json.field("requests", at.requests()).field("updates", at.published());
    json.field("chats", at.in().chat_count()).field("messages", at.in().message_count());
    json.field("files", at.in().files().size());
    json.field("file_bytes", at.in().files().bytes_held());
    std::uint64_t early = 0;
    for (const auto& each : at.rules().limits().early()) early += each.count;
    const std::uint64_t paid = at.rules().limits().paid();
    json.field("paid_messages", paid).field("stars", static_cast<double>(paid) / 10);
    json.field("before_wait_over", early).key("methods").begin_object();
    for (const auto& [method, count] : at.counts()) {
        json.key(method);
        append_method(json, count);
    }
    json.end_object().end_object();
}

void append_faults(json_writer& json, const fault_source& faults) {
    json.begin_array();
    for (const auto& each : faults.list()) {
        json.begin_object().field("id", std::to_underlying(each.number));
        json.field("kind", name(each.what.kind)).field("probability", each.what.probability);
        if (each.what.times) json.field("times", *each.what.times);
        if (each.what.bot) json.field("bot", std::to_underlying(*each.what.bot));
        if (each.what.chat) json.field("chat", std::to_underlying(*each.what.chat));
        if (!each.what.method.empty()) json.field("method", each.what.method);
        json.field("fired", each.fired).end_object();
    }
    json.end_array();
}

void append_progress(json_writer& json, const replay::progress& of) {
    json.field("lines", of.lines).field("posted", of.posted).field("edited", of.edited);
    json.field("skipped", of.skipped).field("bytes", of.bytes);
    json.field("bytes_total", of.bytes_total).field("done", of.done);
    if (!of.last_trouble.empty()) json.field("last_trouble", of.last_trouble);
}

}  // namespace baudot::telegram_sim
