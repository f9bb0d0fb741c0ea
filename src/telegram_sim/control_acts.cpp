#include <utility>

#include "telegram_sim/control.hpp"
#include "telegram_sim/control_objects.hpp"
#include "telegram_sim/control_replies.hpp"
#include "telegram_sim/invites.hpp"
#include "telegram_sim/pins.hpp"
#include "telegram_sim/presses.hpp"
#include "telegram_sim/reactions.hpp"
#include "telegram_sim/topics.hpp"

// What people do around messages: topics, pins, presses on buttons, reactions, joining.

namespace baudot::telegram_sim {
namespace {

/// The refusals of Telegram, as sentences of the control API.
result<std::string> outcome(const api_result<void>& of) {
    if (of) return done();
    return fail(errc::invalid_argument, of.error().description);
}

void append_topic(json_writer& json, const topic& what) {
    json.begin_object().field("message_thread_id", std::to_underlying(what.id));
    json.field("name", what.name).field("icon_color", what.icon_color);
    if (!what.icon_emoji.empty()) json.field("icon_custom_emoji_id", what.icon_emoji);
    if (what.creator != user_id{}) json.field("creator", std::to_underlying(what.creator));
    json.field("closed", what.is_closed).field("hidden", what.is_hidden).end_object();
}

void append_press(json_writer& json, const callback_press& what) {
    json.begin_object().field("id", std::to_string(what.id));
    append_time(json, what.date);
    json.field("from", std::to_underlying(what.from)).field("bot", std::to_underlying(what.bot));
    json.field("chat", std::to_underlying(what.chat));
    json.field("message_id", std::to_underlying(what.message)).field("data", what.data);
    if (const auto& answer = what.answer) {
        json.key("answer").begin_object();
        append_time(json, answer->date);
        json.field("text", answer->text).field("show_alert", answer->show_alert);
        json.field("url", answer->url).field("cache_time", answer->cache_time).end_object();
    }
    json.end_object();
}

}  // namespace

control::reply control::topics(request& what, chat& where) {
    if (what.method == "GET") {
        std::string out;
        json_writer json(out);
        json.begin_array();
        if (where.details) {
            for (const topic& each : where.details->topics) append_topic(json, each);
        }
        json.end_array();
        return out;
    }
    if (what.method != "POST") return unknown(what.method, what.query.path());
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    json_fields from(*given, "topic");
    new_topic made{
        .name = from.required_text("name"),
        .icon_color = static_cast<int>(from.integer_between("icon_color", 0, 0, 0xFFFFFF)),
        .icon_emoji = from.text("icon_emoji")};
    const user_id actor = builder_.user_field(from, "from");
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    const auto id =
        add_topic(at_.in(), where, std::move(made),
                  {.actor = actor, .now = at_.timers().wall_now(), .request = at_.next_request()});
    if (!id) return fail(errc::invalid_argument, id.error().description);
    return id_json("message_thread_id", std::to_underlying(*id));
}

control::reply control::one_topic(request& what, chat& where) {
    const message_id which{to_integer(what.path[3]).value_or(0)};
    act_of by{.now = at_.timers().wall_now(), .request = at_.next_request()};
    if (what.method == "DELETE") {
        const auto actor = actor_of(what);
        if (!actor) return std::unexpected(actor.error());
        by.actor = *actor;
        return outcome(delete_topic(at_.in(), where, which, by));
    }
    if (what.method != "PUT") return unknown(what.method, what.query.path());
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    json_fields from(*given, "topic");
    topic_edit changes;
    if (from.has("name")) changes.name = from.text("name");
    if (from.has("icon_emoji")) changes.icon_emoji = from.text("icon_emoji");
    const topic* now = where.find_topic(which);
    const bool closed = from.truth("closed", now && now->is_closed);
    const bool hidden = from.truth("hidden", now && now->is_hidden);
    by.actor = builder_.user_field(from, "from");
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    if (!now) return fail(errc::not_found, "there is no topic " + std::string(what.path[3]));
    const bool hides = hidden != now->is_hidden, closes = closed != now->is_closed;
    auto made = edit_topic(at_.in(), where, which, std::move(changes), by);
    if (made && hides) made = hide_general(at_.in(), where, hidden, by);
    if (made && closes && !(hides && hidden)) {
        made = close_topic(at_.in(), where, which, closed, by);
    }
    return outcome(made);
}

control::reply control::joins(request& what, chat& where) {
    if (what.method != "POST") return unknown(what.method, what.query.path());
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    json_fields from(*given, "join");
    const user_id who = builder_.user_field(from, "user");
    if (!from.has("user")) from.wrong("user", "given");
    const std::string link = from.text("link");
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    return outcome(
        join(at_.in(), where, who, link,
             {.actor = who, .now = at_.timers().wall_now(), .request = at_.next_request()}));
}

control::reply control::part_of_message(request& what, chat& where) {
    const message_id which{to_integer(what.path[3]).value_or(0)};
    if (!at_.in().find_message(where, which)) {
        return fail(errc::not_found, fmt::format("there is no message {}", what.path[3]));
    }
    const wall_time now = at_.timers().wall_now();
    const std::string_view part = what.path[4];
    if (part == "press" && what.method == "POST") return press(what, where, which);
    if (part == "pin" && (what.method == "PUT" || what.method == "DELETE")) {
        const auto actor = actor_of(what);
        if (!actor) return std::unexpected(actor.error());
        const auto change = what.method == "PUT" ? &pin : &unpin;
        change(at_.in(), where, which, *actor, now, at_.next_request());
        return done();
    }
    if (part != "reaction" || what.method != "PUT") {
        return unknown(what.method, what.query.path());
    }
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    json_fields from(*given, "reaction");
    reactions_of made{.who = builder_.user_field(from, "from")};
    for (const boost::json::value* each : from.array("emoji")) {
        const auto* emoji = each->if_string();
        made.what.push_back({.value = emoji ? std::string(*emoji) : std::string{}});
        if (!is_offered(made.what.back()))
            from.wrong("emoji", "a list of emoji that are reactions");
    }
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    const user_id actor = made.who;
    at_.in().react(where, which, std::move(made),
                   {.kind = cause_kind::user_act, .actor = actor, .request = at_.next_request()},
                   now);
    return done();
}

control::reply control::press(request& what, chat& where, message_id which) {
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    json_fields from(*given, "press");
    user_id person = builder_.user_field(from, "from");
    if (where.kind == chat_kind::private_chat) person = user_id{std::to_underlying(where.id)};
    if (person == user_id{}) from.wrong("from", "given");
    constexpr std::int64_t many = 100;
    const button_choice button{
        .data = from.text("data"),
        .row = static_cast<int>(from.integer_between("row", 0, 0, many)),
        .column = static_cast<int>(from.integer_between("column", 0, 0, many))};
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    const auto id = press_button(at_.in(), where, which, button, person, at_.timers().wall_now());
    if (!id) return std::unexpected(id.error());
    std::string out;
    json_writer json(out);
    append_press(json, *at_.in().find_press(*id));
    return out;
}

control::reply control::presses(request& what) {
    if (what.method != "GET" || what.path.size() > 2) {
        return unknown(what.method, what.query.path());
    }
    std::string out;
    json_writer json(out);
    if (what.path.size() == 2) {
        const auto id = static_cast<std::uint64_t>(to_integer(what.path[1]).value_or(0));
        const callback_press* found = at_.in().find_press(id);
        if (!found) return fail(errc::not_found, fmt::format("there is no press {}", what.path[1]));
        append_press(json, *found);
        return out;
    }
    json.begin_array();
    for (const callback_press& each : at_.in().presses()) append_press(json, each);
    json.end_array();
    return out;
}

}  // namespace baudot::telegram_sim
