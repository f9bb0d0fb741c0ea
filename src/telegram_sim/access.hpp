#pragma once

#include <string>
#include <string_view>

#include "telegram_sim/methods.hpp"

// What the methods share: finding chats and messages as a bot names them, rights, texts.
// Included by what makes methods only.

namespace baudot::telegram_sim::access {

enum class right : unsigned char {
    read,          // the chat and its messages
    read_members,  // who is in it
    write,         // send or change something there
};

/// The chat that `text` names, if the bot may use it so.
api_result<chat*> open(world& in, const call& by, chat_text text, right wanted);
api_result<const chat*> open(const world& in, const call& by, chat_text text,
                             right wanted = right::read);

/// Whether the bot may send that kind of content to a chat it has opened for writing.
api_result<void> may_send(const call& by, const chat& to, media_kind what);

/// The bot's membership; absent in private chats and where it never was.
const member* membership(const call& by, const chat& where) noexcept;
bool is_admin_with(const call& by, const chat& where, admin_rights wanted) noexcept;
/// What a membership is now: a ban or restriction that ran out is none. Nobody is told of it.
member as_of(member what, wall_time now) noexcept;
/// As an administrator with the right, or in a group as everybody there may.
bool may(const call& by, const chat& where, admin_rights right, permissions allowed) noexcept;

/// Pin and unpin: in private chats always, in channels with can_edit_messages.
api_result<void> may_pin(const call& by, const chat& where);

/// Neither copied nor forwarded, whoever asks.
inline bool is_protected(const chat& where, const message& what) noexcept {
    return where.is_protected || what.is_protected;
}

/// A message by the id that the bot sees. `purpose` completes "message to ... not found".
api_result<const message*> find_message(const world& in, const call& by, const chat& where,
                                        message_id shown, std::string_view purpose);

/// Parsed and normalised; `find`: with what stands in the text by itself.
api_result<formatted_text> body_of(const text_input& input, bool find = true);
/// And not too long.
api_result<formatted_text> text_of(const text_input& input);
api_result<formatted_text> caption_of(const text_input& input);

/// Of edits, and of channels: no keyboard but an inline one. "inline keyboard expected".
api_result<void> may_show_inline(const reply_markup& markup);

/// The keyboard and link preview of `options`, as part of `what`.
void add_details(content& what, const send_options& options);

/// Where in a chat a message goes, and what it answers.
struct place {
    message_id thread{};
    std::optional<reply_link> reply{};
};
api_result<place> place_of(const world& in, const call& by, const chat& to,
                           const send_options& options);
/// False: the topic is closed to the bot. 0: the General topic, where there are topics.
bool may_write_in(const call& by, const chat& to, message_id thread) noexcept;

/// A message as the bot sends it: sender, signature, protection, reply. No content yet.
api_result<new_message> outgoing(world& in, const call& by, const chat& to,
                                 const send_options& options, cause_kind kind);

/// "video note" in "there is no video note in the request"; other kinds as they are named.
std::string_view spoken(media_kind kind) noexcept;

/// File and caption, ready to be sent: an upload becomes a file of the world.
api_result<content> media_content(world& in, const call& by, media_options what);

/// Adds a message with that content, as `options` say.
api_result<sent> send(world& in, const call& by, chat& to, content what,
                      const send_options& options);

/// Adds it. The world refuses only what cannot be.
message_id append(world& in, chat& to, new_message what);

}  // namespace baudot::telegram_sim::access
