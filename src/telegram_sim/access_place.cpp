#include "telegram_sim/access.hpp"
#include "telegram_sim/quotes.hpp"

namespace baudot::telegram_sim::access {
namespace {

/// What is answered: a message of the same or another chat.
struct target {
    const chat* where;
    const message* what;
};

/// Nothing: it is not there, and may be left out.
api_result<std::optional<target>> target_of(const world& in, const call& by, const chat& to,
                                            const reply_parameters& wanted) {
    const chat* where = &to;
    if (!wanted.chat.empty()) {
        const auto other = open(in, by, wanted.chat);
        if (!other) return std::unexpected(other.error());
        where = *other;
    }
    const auto found = find_message(in, by, *where, wanted.message, "be replied");
    if (found) {
        // How Telegram words it is not known.
        if (where != &to && is_protected(*where, **found)) {
            return bad_request("CHAT_FORWARDS_RESTRICTED");
        }
        return target{.where = where, .what = *found};
    }
    if (wanted.allow_sending_without_reply && where == &to) return std::nullopt;
    return std::unexpected(found.error());
}

api_result<void> add_quote(reply_link& link, const message& what, const reply_parameters& wanted) {
    std::optional<quote_found> found;
    if (!wanted.quote.text.empty()) {
        const auto quote = body_of(wanted.quote, false);
        if (!quote) return std::unexpected(quote.error());
        found = find_quote(what.what.body, *quote, wanted.quote_position, true);
        if (!found) return bad_request("QUOTE_TEXT_INVALID");
        link.quote_is_manual = true;
    } else if (link.chat != chat_id{}) {
        found = quote_beginning(what.what.body);
    }
    if (!found) return {};
    link.quote = std::move(found->text);
    link.quote_position = found->position;
    return {};
}

/// The thread that the call names, if there is one in the chat.
api_result<message_id> named_thread(const world& in, const chat& to, message_id wanted) {
    if (wanted == message_id{}) return wanted;
    const bool exists =
        to.is_forum ? wanted != general_topic && to.find_topic(wanted) != nullptr
                    : to.kind == chat_kind::supergroup && in.find_message(to, wanted) != nullptr;
    if (!exists) return bad_request("message thread not found");
    return wanted;
}

}  // namespace

bool may_write_in(const call& by, const chat& to, message_id thread) noexcept {
    const topic* where = to.find_topic(thread == message_id{} ? general_topic : thread);
    return where == nullptr || !where->is_closed || where->creator == by.bot ||
           is_admin_with(by, to, can_manage_topics);
}

api_result<place> place_of(const world& in, const call& by, const chat& to,
                           const send_options& options) {
    const auto thread = named_thread(in, to, options.thread);
    if (!thread) return std::unexpected(thread.error());
    place out{.thread = *thread, .reply = {}};
    if (options.reply) {
        const auto found = target_of(in, by, to, *options.reply);
        if (!found) return std::unexpected(found.error());
        if (*found) {
            const target& at = **found;
            const message_id theirs = at.what->thread();
            reply_link link{.message = at.what->id};
            if (at.where != &to) link.chat = at.where->id;
            if (at.where == &to && to.is_forum && *thread == message_id{}) out.thread = theirs;
            // Across topics a reply is as one across chats.
            if (at.where == &to && to.is_forum && out.thread != theirs) link.chat = to.id;
            if (auto quoted = add_quote(link, *at.what, *options.reply); !quoted) {
                return std::unexpected(quoted.error());
            }
            out.reply = std::move(link);
        }
    } else if (*thread != message_id{} && !to.is_forum) {
        out.reply = reply_link{.message = *thread};
    }
    if (!may_write_in(by, to, out.thread)) return bad_request("TOPIC_CLOSED");
    return out;
}

}  // namespace baudot::telegram_sim::access
