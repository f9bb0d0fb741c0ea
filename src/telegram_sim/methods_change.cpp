#include <chrono>

#include "telegram_sim/access.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr auto delete_age_max = std::chrono::hours(48);  // TELEGRAM.md 3.4
constexpr std::size_t delete_batch_max = 100;

bool is_own(const call& by, const message& what) noexcept {
    return what.made_by.actor == by.bot && what.made_by.kind != cause_kind::service;
}

api_result<void> may_edit(const call& by, const chat& where, const message& what) {
    const bool is_forward = what.details && what.details->forwarded;
    const bool others =
        where.kind == chat_kind::channel && access::is_admin_with(by, where, can_edit_messages);
    if (what.is_service() || is_forward || !(is_own(by, what) || others)) {
        return bad_request("message can't be edited");
    }
    if (where.kind == chat_kind::channel && !others &&
        !access::is_admin_with(by, where, can_post_messages)) {
        return bad_request("need administrator rights in the channel chat");
    }
    return {};
}

struct editable {
    chat* where;
    const message* what;
};

api_result<editable> open_edit(world& in, const call& by, chat_text where, message_id id) {
    const auto to = access::open(in, by, where, access::right::write);
    if (!to) return std::unexpected(to.error());
    const auto found = access::find_message(in, by, **to, id, "edit");
    if (!found) return std::unexpected(found.error());
    if (auto may = may_edit(by, **to, **found); !may) return std::unexpected(may.error());
    return editable{.where = *to, .what = *found};
}

api_result<sent> revise(world& in, const call& by, const editable& at, content changed,
                        reply_markup markup) {
    if (auto fits = access::may_show_inline(markup); !fits) return std::unexpected(fits.error());
    if (changed.more->markup != markup) changed.more.change().markup = std::move(markup);
    if (changed == at.what->what) {
        return bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message");
    }
    const message_id own = at.what->id;
    in.revise(*at.where, own, std::move(changed),
              {.kind = cause_kind::bot_method, .actor = by.bot, .request = by.request}, by.now);
    return sent{.chat = at.where->id, .own = own};
}

/// TELEGRAM.md 3.4 and the documentation of deleteMessage.
api_result<void> may_delete(const call& by, const chat& where, const message& what) {
    const bool made_topic =
        what.is_service() && what.details->service->type == service::kind::forum_topic_created;
    if (made_topic) return bad_request("message can't be deleted");
    const bool is_young = by.now - what.date < delete_age_max;
    const bool has_ids_of_its_own =
        where.kind == chat_kind::supergroup || where.kind == chat_kind::channel;
    if (has_ids_of_its_own && access::is_admin_with(by, where, can_delete_messages)) return {};
    bool may = where.kind == chat_kind::private_chat;
    if (where.kind == chat_kind::channel) {
        may = is_own(by, what) && access::is_admin_with(by, where, can_post_messages);
    } else if (!may) {
        may = is_own(by, what) ||
              (where.kind == chat_kind::group && access::is_admin_with(by, where, 0));
    }
    if (!may) return bad_request("message can't be deleted");
    if (!is_young) return bad_request("message can't be deleted for everyone");
    return {};
}

cause deleted_by(const call& by) {
    return {.kind = cause_kind::bot_method, .actor = by.bot, .request = by.request};
}

}  // namespace

api_result<sent> edit_message_text(world& in, const call& by, chat_text where, message_id id,
                                   const text_input& text, std::string link_preview,
                                   reply_markup markup) {
    auto body = access::text_of(text);
    if (!body) return std::unexpected(body.error());
    const auto at = open_edit(in, by, where, id);
    if (!at) return std::unexpected(at.error());
    if (at->what->what.media != media_kind::none) {
        return bad_request("there is no text in the message to edit");
    }
    content changed = at->what->what;
    changed.body = std::move(*body);
    if (changed.more->link_preview != link_preview) {
        changed.more.change().link_preview = std::move(link_preview);
    }
    return revise(in, by, *at, std::move(changed), std::move(markup));
}

api_result<sent> edit_message_caption(world& in, const call& by, chat_text where, message_id id,
                                      const text_input& caption, std::optional<bool> caption_above,
                                      reply_markup markup) {
    auto body = access::caption_of(caption);
    if (!body) return std::unexpected(body.error());
    const auto at = open_edit(in, by, where, id);
    if (!at) return std::unexpected(at.error());
    if (!has_caption(at->what->what.media)) {
        return bad_request("there is no caption in the message to edit");
    }
    content changed = at->what->what;
    changed.body = std::move(*body);
    changed.caption_above = caption_above.value_or(changed.caption_above);
    return revise(in, by, *at, std::move(changed), std::move(markup));
}

api_result<sent> edit_message_reply_markup(world& in, const call& by, chat_text where,
                                           message_id id, reply_markup markup) {
    const auto at = open_edit(in, by, where, id);
    if (!at) return std::unexpected(at.error());
    return revise(in, by, *at, at->what->what, std::move(markup));
}

api_result<sent> edit_message_media(world& in, const call& by, chat_text where, message_id id,
                                    media_options what, reply_markup markup) {
    const auto at = open_edit(in, by, where, id);
    if (!at) return std::unexpected(at.error());
    const media_kind old = at->what->what.media;
    if (old != media_kind::none && !(has_caption(old) && old != media_kind::voice)) {
        return bad_request("message media can't be edited");
    }
    if (at->what->album != 0 && old != what.kind) {
        if (what.kind == media_kind::animation) {
            return bad_request("message content type can't be used in an album");
        }
        const auto is_seen = [](media_kind kind) {
            return kind == media_kind::photo || kind == media_kind::video;
        };
        if (!is_seen(old) || !is_seen(what.kind)) {
            return bad_request("can't change media type in the album");
        }
    }
    auto changed = access::media_content(in, by, std::move(what));
    if (!changed) return std::unexpected(changed.error());
    return revise(in, by, *at, std::move(*changed), std::move(markup));
}

api_result<sent> edit_message_live_location(world& in, const call& by, chat_text where,
                                            message_id id, std::optional<location> now_at,
                                            reply_markup markup) {
    const auto at = open_edit(in, by, where, id);
    if (!at) return std::unexpected(at.error());
    const auto* old = at->what->what.get<location>();
    if (old == nullptr || old->live_period == 0) {
        return bad_request("there is no live location in the message to edit");
    }
    const auto end = at->what->date + std::chrono::seconds(old->live_period);
    if (old->live_period != live_for_ever && by.now >= end) {
        return bad_request("message can't be edited");
    }
    location made = now_at.value_or(*old);
    if (!now_at)
        made.live_period = made.heading = made.proximity_alert_radius = 0;
    else if (made.live_period == 0)
        made.live_period = old->live_period;
    content changed = at->what->what;
    changed.attach(media_kind::location, made);
    return revise(in, by, *at, std::move(changed), std::move(markup));
}

api_result<poll_id> stop_poll(world& in, const call& by, chat_text where, message_id id,
                              reply_markup markup) {
    const auto to = access::open(in, by, where, access::right::write);
    if (!to) return std::unexpected(to.error());
    const auto found = access::find_message(in, by, **to, id, "stop");
    if (!found) return bad_request("message with poll to stop not found");
    const poll_id* shown = (*found)->what.get<poll_id>();
    if (shown == nullptr) return bad_request("message is not a poll");
    const poll* of = in.find_poll(*shown);
    if (of->owner != by.bot || ((*found)->details && (*found)->details->forwarded)) {
        return bad_request("poll can't be stopped");
    }
    if (of->terms.is_closed) return bad_request("poll has already been closed");
    if (auto fits = access::may_show_inline(markup); !fits) return std::unexpected(fits.error());
    const poll_id stopped = *shown;
    if ((*found)->what.more->markup != markup) {
        content changed = (*found)->what;
        changed.more.change().markup = std::move(markup);
        in.revise(**to, (*found)->id, std::move(changed),
                  {.kind = cause_kind::bot_method, .actor = by.bot, .request = by.request}, by.now);
    }
    in.close_poll(stopped, by.now);
    return stopped;
}

api_result<void> delete_message(world& in, const call& by, chat_text where, message_id id) {
    const auto to = access::open(in, by, where, access::right::write);
    if (!to) return std::unexpected(to.error());
    const auto found = access::find_message(in, by, **to, id, "delete");
    if (!found) return std::unexpected(found.error());
    if (auto may = may_delete(by, **to, **found); !may) return may;
    in.erase(**to, (*found)->id, deleted_by(by), by.now);
    return {};
}

api_result<void> delete_messages(world& in, const call& by, chat_text where,
                                 const std::vector<message_id>& ids) {
    if (ids.empty()) return bad_request("message identifiers are not specified");
    if (ids.size() > delete_batch_max) {
        return bad_request("too many message identifiers specified");
    }
    const auto to = access::open(in, by, where, access::right::write);
    if (!to) return std::unexpected(to.error());
    std::vector<message_id> wanted;
    for (const message_id id : ids) {
        const auto found = access::find_message(in, by, **to, id, "delete");
        if (!found) continue;
        if (auto may = may_delete(by, **to, **found); !may) return may;
        wanted.push_back((*found)->id);
    }
    for (const message_id own : wanted) {
        if (in.find_message(**to, own)) in.erase(**to, own, deleted_by(by), by.now);
    }
    return {};
}

}  // namespace baudot::telegram_sim
