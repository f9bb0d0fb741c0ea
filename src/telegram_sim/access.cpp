#include "telegram_sim/access.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "telegram_sim/markup.hpp"

namespace baudot::telegram_sim::access {
namespace {

/// `<kind> chat` in the errors of Telegram.
std::string kind_text(const chat& where) {
    return std::string(name(where.kind)) + " chat";
}

api_result<chat_id> id_of(const world& in, chat_text text) {
    if (text.empty()) return bad_request("chat_id is empty");
    if (text.starts_with('@')) {
        const auto found = in.find_username(text);
        // A bot cannot address people by name.
        if (!found || std::to_underlying(*found) > 0) return bad_request("chat not found");
        return *found;
    }
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || number == 0) {
        return bad_request("chat not found");
    }
    return chat_id{number};
}

api_result<void> check_private(const world& in, const call& by, const chat* found, chat_id id,
                               right wanted) {
    const user_id person{std::to_underlying(id)};
    const user* who = in.find_user(person);
    if (!who) return bad_request("chat not found");
    if (wanted != right::write) {
        if (!found && person != by.bot) return bad_request("chat not found");
        return {};
    }
    if (person == by.bot) return forbidden("the bot can't send messages to the bot");
    if (who->is_bot) return forbidden("bots can't send messages to bots");
    if (who->is_deactivated) return forbidden("user is deactivated");
    if (!found) return forbidden("bot can't initiate conversation with a user");
    if (found->is_blocked) return forbidden("bot was blocked by the user");
    return {};
}

api_result<void> check_group(const call& by, const chat& where, right wanted) {
    if (where.migrated_to != chat_id{} && wanted != right::read) {
        return std::unexpected(
            api_error{.code = 400,
                      .description = "Bad Request: group chat was upgraded to a supergroup chat",
                      .migrate_to_chat = where.migrated_to});
    }
    const member* as = membership(by, where);
    if (as && as_of(*as, by.now).status == member_status::kicked) {
        return forbidden("bot was kicked from the " + kind_text(where));
    }
    if (where.is_deactivated && where.migrated_to == chat_id{}) {
        return forbidden("the group chat was deleted");
    }
    if (as && is_inside(*as)) return {};
    const bool is_public = !where.username.empty();
    if (!as && !is_public) return bad_request("chat not found");
    if (is_public && wanted == right::read) return {};
    return forbidden("bot is not a member of the " + kind_text(where));
}

struct content_right {
    permission bit;
    std::string_view plural;
};

content_right right_for(media_kind what) noexcept {
    switch (what) {
        case media_kind::none: return {can_send_messages, "text messages"};
        case media_kind::photo: return {can_send_photos, "photos"};
        case media_kind::video: return {can_send_videos, "videos"};
        case media_kind::animation: return {can_send_other_messages, "animations"};
        case media_kind::audio: return {can_send_audios, "music"};
        case media_kind::voice: return {can_send_voice_notes, "voice notes"};
        case media_kind::document: return {can_send_documents, "documents"};
        case media_kind::video_note: return {can_send_video_notes, "video notes"};
        case media_kind::sticker: return {can_send_other_messages, "stickers"};
        case media_kind::location: return {can_send_messages, "locations"};
        case media_kind::venue: return {can_send_messages, "venues"};
        case media_kind::contact: return {can_send_messages, "contacts"};
        case media_kind::dice: return {can_send_other_messages, "dice"};
        case media_kind::poll: return {can_send_polls, "polls"};
    }
    return {can_send_messages, "text messages"};
}

/// Of a member that is no administrator.
permissions permissions_of(const call& by, const chat& where, const member& as) noexcept {
    const bool restricted = as_of(as, by.now).status == member_status::restricted;
    return restricted ? where.allowed & as.allowed : where.allowed;
}

}  // namespace

const member* membership(const call& by, const chat& where) noexcept {
    return where.find_member(by.bot);
}

member as_of(member what, wall_time now) noexcept {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (what.until == 0 || what.until > seconds) return what;
    if (what.status == member_status::kicked) {
        what.status = member_status::left;
    } else if (what.status == member_status::restricted) {
        what.status = what.is_outside ? member_status::left : member_status::member;
    }
    return what;
}

bool is_admin_with(const call& by, const chat& where, admin_rights wanted) noexcept {
    const member* as = membership(by, where);
    if (!as) return false;
    if (as->status == member_status::creator) return true;
    return as->status == member_status::administrator && (as->rights & wanted) == wanted;
}

bool may(const call& by, const chat& where, admin_rights right, permissions allowed) noexcept {
    if (is_admin_with(by, where, right)) return true;
    const member* as = membership(by, where);
    const bool is_group = where.kind == chat_kind::group || where.kind == chat_kind::supergroup;
    if (!is_group || !as || !is_inside(*as)) return false;
    return (permissions_of(by, where, *as) & allowed) == allowed;
}

api_result<void> may_pin(const call& by, const chat& where) {
    const bool allowed =
        where.kind == chat_kind::private_chat ||
        (where.kind == chat_kind::channel ? is_admin_with(by, where, can_edit_messages)
                                          : may(by, where, can_pin_messages, may_pin_messages));
    if (allowed) return {};
    return bad_request("not enough rights to manage pinned messages in the chat");
}

api_result<chat*> open(world& in, const call& by, chat_text text, right wanted) {
    const auto id = id_of(in, text);
    if (!id) return std::unexpected(id.error());
    chat* found = in.find_chat(by.bot, *id);
    const bool is_private = std::to_underlying(*id) > 0;
    if (!is_private && !found) return bad_request("chat not found");
    const auto allowed =
        is_private ? check_private(in, by, found, *id, wanted) : check_group(by, *found, wanted);
    if (!allowed) return std::unexpected(allowed.error());
    if (!found) return bad_request("chat not found");
    return found;
}

api_result<const chat*> open(const world& in, const call& by, chat_text text, right wanted) {
    const auto id = id_of(in, text);
    if (!id) return std::unexpected(id.error());
    const chat* found = in.find_chat(by.bot, *id);
    if (!found) return bad_request("chat not found");
    const auto allowed = std::to_underlying(*id) > 0 ? check_private(in, by, found, *id, wanted)
                                                     : check_group(by, *found, wanted);
    if (!allowed) return std::unexpected(allowed.error());
    return found;
}

api_result<void> may_send(const call& by, const chat& to, media_kind what) {
    if (to.kind == chat_kind::private_chat) return {};
    if (to.kind == chat_kind::channel) {
        if (is_admin_with(by, to, can_post_messages)) return {};
        return bad_request("need administrator rights in the channel chat");
    }
    const member* as = membership(by, to);
    if (!as || as->status <= member_status::administrator) return {};
    const content_right needed = right_for(what);
    if (permissions_of(by, to, *as) & needed.bit) return {};
    return bad_request("not enough rights to send " + std::string(needed.plural) + " to the chat");
}

api_result<const message*> find_message(const world& in, const call& by, const chat& where,
                                        message_id shown, std::string_view purpose) {
    if (shown == message_id{}) return bad_request("message identifier is not specified");
    const message* found = in.find_message(where, in.own_id(by.bot, where, shown));
    if (!found) return bad_request("message to " + std::string(purpose) + " not found");
    return found;
}

api_result<formatted_text> body_of(const text_input& input, bool find) {
    // Before the markup is read, whose errors quote it.
    if (!is_valid_utf8(input.text)) return bad_request("strings must be encoded in UTF-8");
    formatted_text raw{.text = input.text};
    if (input.entities) {
        raw.entities = *input.entities;
    } else if (input.mode != parse_mode::none) {
        auto parsed = input.mode == parse_mode::html          ? parse_html(input.text)
                      : input.mode == parse_mode::markdown_v2 ? parse_markdown_v2(input.text)
                                                              : parse_markdown(input.text);
        if (!parsed) return parsed;
        raw = std::move(*parsed);
    }
    return normalise(std::move(raw), find);
}

api_result<formatted_text> text_of(const text_input& input) {
    auto body = body_of(input);
    if (!body) return body;
    if (body->text.empty()) return bad_request("message text is empty");
    if (code_points(body->text) > text_points_max) return bad_request("message is too long");
    return body;
}

api_result<formatted_text> caption_of(const text_input& input) {
    auto body = body_of(input);
    if (body && code_points(body->text) > caption_points_max) {
        return bad_request("message caption is too long");
    }
    return body;
}

std::string_view spoken(media_kind kind) noexcept {
    return kind == media_kind::video_note ? "video note" : name(kind);
}

api_result<void> may_show_inline(const reply_markup& markup) {
    using kind = reply_markup::kind;
    if (markup.type == kind::none || markup.type == kind::inline_keyboard) return {};
    return bad_request("inline keyboard expected");
}

void add_details(content& what, const send_options& options) {
    if (options.markup == what.more->markup && options.link_preview == what.more->link_preview) {
        return;
    }
    content_details& more = what.more.change();
    more.markup = options.markup;
    more.link_preview = options.link_preview;
}

api_result<new_message> outgoing(world& in, const call& by, const chat& to,
                                 const send_options& options, cause_kind kind) {
    if (to.kind == chat_kind::channel) {
        if (auto fits = may_show_inline(options.markup); !fits) {
            return std::unexpected(fits.error());
        }
    }
    new_message made;
    made.made_by = {.kind = kind, .actor = by.bot, .request = by.request};
    made.date = by.now;
    made.is_silent = options.is_silent;
    made.is_protected = options.is_protected;
    if (!options.effect.empty() && to.kind != chat_kind::private_chat) {
        return bad_request("can't use message effects in the chat");
    }
    made.effect = options.effect;
    const member* as = membership(by, to);
    const bool as_chat = to.kind == chat_kind::channel || (as && as->is_anonymous);
    if (!as_chat) made.sender = by.bot;
    if (to.kind == chat_kind::channel && to.sign_messages) {
        made.author_signature = in.find_user(by.bot)->first_name;
    }
    auto place = place_of(in, by, to, options);
    if (!place) return std::unexpected(place.error());
    made.thread = place->thread;
    made.reply = std::move(place->reply);
    return made;
}

api_result<sent> send(world& in, const call& by, chat& to, content what,
                      const send_options& options) {
    auto made = outgoing(in, by, to, options, cause_kind::bot_method);
    if (!made) return std::unexpected(made.error());
    add_details(what, options);
    made->what = std::move(what);
    return sent{.chat = to.id, .own = append(in, to, std::move(*made))};
}

message_id append(world& in, chat& to, new_message what) {
    const auto id = in.add(to, std::move(what));
    BAUDOT_ASSERT(id, "a message without an id of its own always has room");
    return *id;
}

}  // namespace baudot::telegram_sim::access
