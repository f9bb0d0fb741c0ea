#include <array>

#include "telegram_sim/bot_method_parts.hpp"
#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/method_arguments.hpp"
#include "telegram_sim/pins.hpp"

namespace baudot::telegram_sim {
namespace {

struct named_topic {
    chat* where;
    message_id which;
};

/// The topic of message_thread_id; without one, General.
template <bool General>
api_result<named_topic> topic_named(method_call& what) {
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    if (!(*where)->is_forum) return bad_request("the chat is not a forum");
    if (General) return named_topic{*where, general_topic};
    return named_topic{*where, read_message_id(what.args, "message_thread_id")};
}

/// An administrator with the right, or whoever made the topic.
answer may_change(const method_call& what, const named_topic& at, std::string_view verb) {
    if (access::is_admin_with(what.by, *at.where, can_manage_topics)) return {};
    const topic* found = at.where->find_topic(at.which);
    if (found == nullptr || found->creator == what.by.bot) return {};
    return bad_request("not enough rights to " + std::string(verb) + " the topic");
}

answer create(method_call& what, std::string& out) {
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    if (!(*where)->is_forum) return bad_request("the chat is not a forum");
    if (!access::may(what.by, **where, can_manage_topics, may_manage_topics)) {
        return bad_request("not enough rights to create a topic");
    }
    const auto color = what.args.integer("icon_color", 0, -1, 0x1000000);
    const auto made = add_topic(what.at.in(), **where,
                                {.name = std::string(what.args.text("name")),
                                 .icon_color = static_cast<int>(color),
                                 .icon_emoji = std::string(what.args.text("icon_custom_emoji_id"))},
                                act(what));
    if (!made) return std::unexpected(made.error());
    const topic& kept = *(*where)->find_topic(*made);
    json_writer json(out);
    json.begin_object().field("message_thread_id", std::to_underlying(*made));
    json.field("name", kept.name).field("icon_color", kept.icon_color);
    if (!kept.icon_emoji.empty()) json.field("icon_custom_emoji_id", kept.icon_emoji);
    json.end_object();
    return {};
}

template <bool General>
answer edit(method_call& what, std::string& out) {
    const auto at = topic_named<General>(what);
    if (!at) return std::unexpected(at.error());
    if (auto may = may_change(what, *at, "edit"); !may) return may;
    topic_edit changes;
    // An empty name leaves it as it is; an empty icon takes it away.
    if (!what.args.text("name").empty()) changes.name = what.args.text("name");
    if (const auto icon = what.args.find("icon_custom_emoji_id"); icon && !General) {
        changes.icon_emoji = std::string(*icon);
    }
    return done_answer(
        edit_topic(what.at.in(), *at->where, at->which, std::move(changes), act(what)), out);
}

template <bool General, bool Closes>
answer close(method_call& what, std::string& out) {
    const auto at = topic_named<General>(what);
    if (!at) return std::unexpected(at.error());
    if (auto may = may_change(what, *at, "close or open"); !may) return may;
    return done_answer(close_topic(what.at.in(), *at->where, at->which, Closes, act(what)), out);
}

template <bool Hides>
answer hide(method_call& what, std::string& out) {
    const auto at = topic_named<true>(what);
    if (!at) return std::unexpected(at.error());
    if (!access::is_admin_with(what.by, *at->where, can_manage_topics)) {
        return bad_request("not enough rights to close or open the topic");
    }
    return done_answer(hide_general(what.at.in(), *at->where, Hides, act(what)), out);
}

answer remove(method_call& what, std::string& out) {
    const auto at = topic_named<false>(what);
    if (!at) return std::unexpected(at.error());
    if (!access::is_admin_with(what.by, *at->where, can_delete_messages)) {
        return bad_request("not enough rights to delete the topic");
    }
    return done_answer(delete_topic(what.at.in(), *at->where, at->which, act(what)), out);
}

template <bool General>
answer unpin_topic(method_call& what, std::string& out) {
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    if (!(*where)->is_forum) return bad_request("chat doesn't have topics");
    const message_id which =
        General ? general_topic : read_message_id(what.args, "message_thread_id");
    if (auto may = access::may_pin(what.by, **where); !may) return may;
    if (!(*where)->find_topic(which)) return bad_request("TOPIC_ID_INVALID");
    unpin_all(what.at.in(), **where, which, what.by.bot, what.by.now, what.by.request);
    return truth(out);
}

// This world has no stickers of its own to offer as icons.
answer icon_stickers(method_call&, std::string& out) {
    out.append("[]");
    return {};
}

constexpr std::array methods{
    method_entry{"createForumTopic", create},
    method_entry{"editForumTopic", edit<false>},
    method_entry{"closeForumTopic", close<false, true>},
    method_entry{"reopenForumTopic", close<false, false>},
    method_entry{"deleteForumTopic", remove},
    method_entry{"unpinAllForumTopicMessages", unpin_topic<false>},
    method_entry{"editGeneralForumTopic", edit<true>},
    method_entry{"closeGeneralForumTopic", close<true, true>},
    method_entry{"reopenGeneralForumTopic", close<true, false>},
    method_entry{"hideGeneralForumTopic", hide<true>},
    method_entry{"unhideGeneralForumTopic", hide<false>},
    method_entry{"unpinAllGeneralForumTopicMessages", unpin_topic<true>},
    method_entry{"getForumTopicIconStickers", icon_stickers},
};

}  // namespace

std::span<const method_entry> topic_methods() noexcept {
    return methods;
}

}  // namespace baudot::telegram_sim
