#include "telegram_sim/topics.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace baudot::telegram_sim {
namespace {

constexpr std::size_t name_points_max = 128;
// The documentation of createForumTopic; the first is what a topic has that names none.
constexpr std::array icon_colors = {7322096, 16766590, 13338331, 9367192, 16749490, 16478047};

// General's own service messages stand in no topic.
message_id thread_of(message_id which) noexcept {
    return which == general_topic ? message_id{} : which;
}

api_result<topic*> find(chat& where, message_id which) {
    if (!where.is_forum) return bad_request("the chat is not a forum");
    if (std::to_underlying(which) <= 0) {
        return bad_request("invalid forum topic identifier specified");
    }
    topic* found = where.find_topic(which);
    if (found == nullptr) return bad_request("TOPIC_ID_INVALID");
    return found;
}

void tell(world& in, chat& where, service what, message_id which, const act_of& by) {
    in.add_service(where, std::move(what), by.actor, by.now, by.request, thread_of(which));
}

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

}  // namespace

std::string clean_name(std::string_view given, std::size_t points_max) {
    std::string out;
    std::size_t points = 0;
    for (const char c : given) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        if (is_blank(c) && (out.empty() || out.back() == ' ')) continue;
        if (begins && ++points > points_max) break;
        out.push_back(is_blank(c) ? ' ' : c);
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

void set_forum(world& in, chat& where, bool on, wall_time now) {
    if (where.is_forum == on) return;
    where.is_forum = on;
    where.make_details().topics.clear();
    if (on) {
        where.make_details().topics.push_back({.id = general_topic, .name = "General"});
        // Its number is that of the message that makes a supergroup, and no other topic's.
        where.last_id = std::max(where.last_id, general_topic);
    }
    in.record(on ? "forum" : "no forum", where.id, {}, {}, now, {});
}

api_result<message_id> add_topic(world& in, chat& where, new_topic what, const act_of& by) {
    if (!where.is_forum) return bad_request("the chat is not a forum");
    what.name = clean_name(what.name, name_points_max);
    if (what.name.empty()) return bad_request("title must be non-empty");
    if (what.icon_color == 0) what.icon_color = icon_colors[0];
    if (std::ranges::find(icon_colors, what.icon_color) == icon_colors.end()) {
        return bad_request("invalid icon color specified");
    }
    const message_id id{std::to_underlying(where.last_id) + 1};
    where.make_details().topics.push_back({.id = id,
                                           .name = what.name,
                                           .icon_color = what.icon_color,
                                           .icon_emoji = what.icon_emoji,
                                           .creator = by.actor});
    tell(in, where,
         {.type = service::kind::forum_topic_created,
          .text = std::move(what.name),
          .icon_color = what.icon_color,
          .icon_emoji = std::move(what.icon_emoji)},
         id, by);
    return id;
}

api_result<void> edit_topic(world& in, chat& where, message_id which, topic_edit what,
                            const act_of& by) {
    const auto found = find(where, which);
    if (!found) return std::unexpected(found.error());
    topic& at = **found;
    if (what.name) {
        *what.name = clean_name(*what.name, name_points_max);
        if (what.name->empty()) return bad_request("title must be non-empty");
    }
    if (!what.name && !what.icon_emoji) return {};
    if (what.icon_emoji && which == general_topic) {
        return bad_request("GENERAL_MODIFY_ICON_FORBIDDEN");
    }
    if (what.name && *what.name == at.name) what.name.reset();
    if (what.icon_emoji && *what.icon_emoji == at.icon_emoji) what.icon_emoji.reset();
    if (!what.name && !what.icon_emoji) return bad_request("TOPIC_NOT_MODIFIED");
    if (what.name) at.name = *what.name;
    if (what.icon_emoji) at.icon_emoji = *what.icon_emoji;
    tell(in, where,
         {.type = service::kind::forum_topic_edited,
          .text = what.name.value_or(std::string{}),
          .icon_emoji = std::move(what.icon_emoji)},
         which, by);
    return {};
}

api_result<void> close_topic(world& in, chat& where, message_id which, bool closed,
                             const act_of& by) {
    const auto found = find(where, which);
    if (!found) return std::unexpected(found.error());
    topic& at = **found;
    if (at.is_closed == closed) return bad_request("TOPIC_NOT_MODIFIED");
    at.is_closed = closed;
    if (!closed) at.is_hidden = false;
    using kind = service::kind;
    tell(in, where, {.type = closed ? kind::forum_topic_closed : kind::forum_topic_reopened}, which,
         by);
    return {};
}

api_result<void> hide_general(world& in, chat& where, bool hidden, const act_of& by) {
    const auto found = find(where, general_topic);
    if (!found) return std::unexpected(found.error());
    topic& at = **found;
    if (at.is_hidden == hidden) return bad_request("TOPIC_NOT_MODIFIED");
    at.is_hidden = hidden;
    if (hidden) at.is_closed = true;
    using kind = service::kind;
    tell(in, where,
         {.type = hidden ? kind::general_forum_topic_hidden : kind::general_forum_topic_unhidden},
         general_topic, by);
    return {};
}

api_result<void> delete_topic(world& in, chat& where, message_id which, const act_of& by) {
    const auto found = find(where, which);
    if (!found) return std::unexpected(found.error());
    if (which == general_topic) return bad_request("TOPIC_ID_INVALID");
    std::erase_if(where.details->topics, [which](const topic& each) { return each.id == which; });
    const cause why{.kind = cause_kind::service, .actor = by.actor, .request = by.request};
    for (const message& each : where.messages) {
        if (each.thread() == which && !each.is_deleted()) in.erase(where, each.id, why, by.now);
    }
    return {};
}

}  // namespace baudot::telegram_sim
