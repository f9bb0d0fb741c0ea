#include <algorithm>
#include <map>

#include "telegram_sim/access.hpp"
#include "telegram_sim/methods.hpp"
#include "telegram_sim/origin.hpp"
#include "telegram_sim/reply_markup.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::size_t batch_max = 100;
constexpr std::size_t album_max = 10;

/// A quiz is copied by those who know its answer.
bool is_secret(const world& in, const call& by, const message& what) {
    const poll_id* shown = what.what.get<poll_id>();
    if (shown == nullptr) return false;
    const poll* of = in.find_poll(*shown);
    return of->terms.is_quiz && !of->is_known_to(by.bot);
}

api_result<void> may_take(const world& in, const call& by, const chat& from, const message& what,
                          cause_kind how) {
    const std::string verb = how == cause_kind::bot_copy ? "copied" : "forwarded";
    if (what.is_service()) return bad_request("message can't be " + verb);
    if (how == cause_kind::bot_copy && is_secret(in, by, what)) {
        return bad_request("message can't be copied");
    }
    if (!access::is_protected(from, what)) return {};
    // Whether the real server lets a bot copy what is protected is not known (TELEGRAM.md 8).
    if (how == cause_kind::bot_copy) return bad_request("message can't be copied");
    return bad_request("message has protected content and can't be forwarded");
}

/// `what`, as a new message of `to`. Its options are those of `like`.
new_message taken(const world& in, const chat& from, const message& what, const new_message& like) {
    new_message made = like;
    made.what = what.what;
    const bool forwards = made.made_by.kind == cause_kind::bot_forward;
    // A copy has no keyboard but a new one; a forward keeps what anybody may press.
    if (const reply_markup& kept = what.what.more->markup;
        kept.type != reply_markup::kind::none && !(forwards && survives_forwarding(kept))) {
        made.what.more.change().markup = {};
    }
    // Whoever takes a live location along leaves its life behind.
    if (const auto* at = made.what.get<location>(); at != nullptr && at->live_period != 0) {
        location still = *at;
        still.live_period = still.heading = still.proximity_alert_radius = 0;
        made.what.attach(media_kind::location, still);
    }
    made.made_by.from_chat = from.id;
    made.made_by.from_message = what.id;
    if (forwards) made.forwarded = origin_of(in, from, what);
    return made;
}

/// A copy of a poll is a poll of its own: the copier's, open, without votes.
void renew_poll(world& in, const call& by, new_message& made) {
    const poll_id* shown = made.what.get<poll_id>();
    if (shown == nullptr || made.made_by.kind != cause_kind::bot_copy) return;
    poll_terms terms = in.find_poll(*shown)->terms;
    terms.is_closed = false;
    terms.open_period = 0;
    terms.close_date = 0;
    made.what.attach(media_kind::poll, in.add_poll(std::move(terms), by.bot));
}

struct both_chats {
    chat* to;
    const chat* from;
};

api_result<both_chats> open_both(world& in, const call& by, chat_text to, chat_text from) {
    const auto source = access::open(std::as_const(in), by, from);
    if (!source) return std::unexpected(source.error());
    const auto target = access::open(in, by, to, access::right::write);
    if (!target) return std::unexpected(target.error());
    return both_chats{.to = *target, .from = *source};
}

struct one_taken {
    chat* to;
    message_id own;
};

api_result<one_taken> take_one(world& in, const call& by, chat_text to, chat_text from,
                               message_id id, const copy_changes& changes,
                               const send_options& options, cause_kind how) {
    const bool copies = how == cause_kind::bot_copy;
    const auto source = access::open(std::as_const(in), by, from);
    if (!source) return std::unexpected(source.error());
    const auto found = access::find_message(in, by, **source, id, copies ? "copy" : "forward");
    if (!found) return std::unexpected(found.error());
    const auto target = access::open(in, by, to, access::right::write);
    if (!target) return std::unexpected(target.error());
    if (auto may = may_take(in, by, **source, **found, how); !may) {
        return std::unexpected(may.error());
    }
    if (auto may = access::may_send(by, **target, (*found)->what.media); !may) {
        return std::unexpected(may.error());
    }
    const auto like = access::outgoing(in, by, **target, options, how);
    if (!like) return std::unexpected(like.error());
    new_message made = taken(in, **source, **found, *like);
    if (has_caption(made.what.media)) {
        if (changes.caption) {
            auto caption = access::caption_of(*changes.caption);
            if (!caption) return std::unexpected(caption.error());
            made.what.body = std::move(*caption);
        }
        made.what.caption_above = changes.caption_above.value_or(made.what.caption_above);
    }
    if (copies && options.markup.type != reply_markup::kind::none) {
        made.what.more.change().markup = options.markup;
    }
    renew_poll(in, by, made);
    return one_taken{.to = *target, .own = access::append(in, **target, std::move(made))};
}

api_result<void> check_ids(const std::vector<message_id>& ids) {
    if (ids.empty()) return bad_request("message identifiers are not specified");
    if (ids.size() > batch_max) return bad_request("too many message identifiers specified");
    const bool grows = std::ranges::adjacent_find(ids, std::greater_equal{}) == ids.end();
    if (!grows) return bad_request("message identifiers must be in a strictly increasing order");
    return {};
}

/// New album numbers: those of the source where two parts or more came along; one for all
/// where unrelated files of one kind and sender are forwarded together (TELEGRAM.md 3.1).
std::map<std::int64_t, std::int64_t> new_albums(world& in, const std::vector<const message*>& parts,
                                                cause_kind how) {
    std::map<std::int64_t, int> sizes;
    for (const message* part : parts) ++sizes[part->album];
    std::map<std::int64_t, std::int64_t> albums;
    const bool is_merged =
        how == cause_kind::bot_forward && sizes.size() == 1 && sizes.contains(0) &&
        parts.size() >= 2 && parts.size() <= album_max &&
        (parts[0]->what.media == media_kind::audio ||
         parts[0]->what.media == media_kind::document) &&
        std::ranges::all_of(parts, [&](const message* part) {
            return part->what.media == parts[0]->what.media && part->sender == parts[0]->sender;
        });
    if (is_merged) albums[0] = in.next_album();
    for (const auto& [album, size] : sizes) {
        if (album != 0 && size >= 2) albums[album] = in.next_album();
    }
    return albums;
}

api_result<std::vector<message_id>> take_many(world& in, const call& by, chat_text to,
                                              chat_text from, const std::vector<message_id>& ids,
                                              bool remove_caption, const send_options& options,
                                              cause_kind how) {
    if (auto fine = check_ids(ids); !fine) return std::unexpected(fine.error());
    const auto chats = open_both(in, by, to, from);
    if (!chats) return std::unexpected(chats.error());
    std::vector<const message*> parts;
    for (const message_id id : ids) {
        const auto found = access::find_message(in, by, *chats->from, id, "forward");
        if (!found || !may_take(in, by, *chats->from, **found, how)) continue;
        if (auto may = access::may_send(by, *chats->to, (*found)->what.media); !may) {
            return std::unexpected(may.error());
        }
        parts.push_back(*found);
    }
    if (parts.empty()) return bad_request("there are no messages to forward");
    const auto like = access::outgoing(in, by, *chats->to, options, how);
    if (!like) return std::unexpected(like.error());
    const auto albums = new_albums(in, parts, how);
    // All are made before one is added: adding to the chat that they come from moves them.
    std::vector<new_message> made;
    std::vector<message_id> answers;  // what each answers in its chat: the copy answers the copy
    for (const message* part : parts) {
        const bool is_answer = part->details && part->details->reply;
        const bool is_here = is_answer && part->details->reply->chat == chat_id{};
        answers.push_back(is_here ? part->details->reply->message : message_id{});
        new_message one = taken(in, *chats->from, *part, *like);
        if (remove_caption && has_caption(one.what.media)) one.what.body = {};
        const auto album = albums.find(part->album);
        one.album = album == albums.end() ? 0 : album->second;
        made.push_back(std::move(one));
    }
    std::map<message_id, message_id> copies;
    std::vector<message_id> shown;
    for (std::size_t i = 0; i < made.size(); ++i) {
        const auto answered = copies.find(answers[i]);
        if (answered != copies.end()) made[i].reply = reply_link{.message = answered->second};
        renew_poll(in, by, made[i]);
        const message_id source = made[i].made_by.from_message;
        const message_id own = access::append(in, *chats->to, std::move(made[i]));
        copies[source] = own;
        shown.push_back(in.shown_id(by.bot, *chats->to, own));
    }
    return shown;
}

}  // namespace

api_result<message_id> copy_message(world& in, const call& by, chat_text to, chat_text from,
                                    message_id id, const copy_changes& changes,
                                    const send_options& options) {
    const auto made = take_one(in, by, to, from, id, changes, options, cause_kind::bot_copy);
    if (!made) return std::unexpected(made.error());
    return in.shown_id(by.bot, *made->to, made->own);
}

api_result<sent> forward_message(world& in, const call& by, chat_text to, chat_text from,
                                 message_id id, const send_options& options) {
    const auto made = take_one(in, by, to, from, id, {}, options, cause_kind::bot_forward);
    if (!made) return std::unexpected(made.error());
    return sent{.chat = made->to->id, .own = made->own};
}

api_result<std::vector<message_id>> copy_messages(world& in, const call& by, chat_text to,
                                                  chat_text from,
                                                  const std::vector<message_id>& ids,
                                                  bool remove_caption,
                                                  const send_options& options) {
    return take_many(in, by, to, from, ids, remove_caption, options, cause_kind::bot_copy);
}

api_result<std::vector<message_id>> forward_messages(world& in, const call& by, chat_text to,
                                                     chat_text from,
                                                     const std::vector<message_id>& ids,
                                                     const send_options& options) {
    return take_many(in, by, to, from, ids, false, options, cause_kind::bot_forward);
}

}  // namespace baudot::telegram_sim
