#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "telegram_sim/world.hpp"

// The Bot API, as functions: values in; a value or Telegram's own error out. Limits and faults
// are not here (gate.hpp decides before and after). On an error nothing has changed.
// What a method changed for other bots is in world::take_events().
// The texts of errors: TELEGRAM.md 2.4; methods_errors_test.cpp holds them as a table.

namespace baudot::telegram_sim {

/// Who calls, and when.
struct call {
    user_id bot{};
    wall_time now{};
    std::uint64_t request = 0;  // the door's number of it; recorded as cause
};

/// A chat as a parameter: "-100123", "42" or "@name". Empty: "chat_id is empty".
using chat_text = std::string_view;

enum class parse_mode : unsigned char { none, html, markdown_v2, markdown };
/// As the parameter: "" or "HTML", "MarkdownV2", "Markdown" in any case.
/// Error 400: "unsupported parse_mode".
api_result<parse_mode> parse_mode_of(std::string_view name);

/// A text as it came: to be parsed, or with its entities. Entities win over the mode.
struct text_input {
    std::string text;
    parse_mode mode = parse_mode::none;
    std::optional<std::vector<entity>> entities;
};

struct reply_parameters {
    message_id message{};
    std::string chat;  // empty: the same
    bool allow_sending_without_reply = false;
    text_input quote;
    std::optional<int> quote_position;
};

struct send_options {
    bool is_silent = false;
    bool is_protected = false;
    std::string link_preview;  // JSON of link_preview_options
    reply_markup markup;
    std::string effect;  // message_effect_id
    std::optional<reply_parameters> reply;
    message_id thread{};  // message_thread_id; 0: none
};

/// A message, in the caller's view of the chat; `own` finds it in the world.
struct sent {
    chat_id chat{};
    message_id own{};
};

/// Multipart bytes with the file's name.
struct upload {
    std::string bytes, file_name, mime_type;
};
/// A parameter such as "photo": bytes, or a file_id or URL.
using file_input = std::variant<upload, std::string>;

struct media_options {
    media_kind kind = media_kind::document;
    file_input input;
    std::optional<text_input> caption;
    bool has_spoiler = false;
    bool caption_above = false;
    int width = 0, height = 0, duration_s = 0;
    std::string title, performer, emoji;
};

// Sending.
api_result<sent> send_message(world& in, const call& by, chat_text to, const text_input& text,
                              const send_options& options = {});
api_result<sent> send_media(world& in, const call& by, chat_text to, media_options what,
                            const send_options& options = {});
/// 1 to 10 parts; one alone is no album. In order. All or nothing.
api_result<std::vector<sent>> send_media_group(world& in, const call& by, chat_text to,
                                               std::vector<media_options> parts,
                                               const send_options& options = {});
/// A location, venue or contact, whole.
api_result<sent> send_attachment(world& in, const call& by, chat_text to, media_kind kind,
                                 attachment what, const send_options& options = {});
/// One of six emoji; none: a die.
api_result<sent> send_dice(world& in, const call& by, chat_text to, std::string_view emoji,
                           const send_options& options = {});
api_result<sent> send_poll(world& in, const call& by, chat_text to, poll_terms terms,
                           const send_options& options = {});

/// What copyMessage may change. Caption of media only.
struct copy_changes {
    std::optional<text_input> caption;
    std::optional<bool> caption_above;
};
/// The id is in the caller's view, as copyMessage answers it.
api_result<message_id> copy_message(world& in, const call& by, chat_text to, chat_text from,
                                    message_id id, const copy_changes& changes = {},
                                    const send_options& options = {});
api_result<sent> forward_message(world& in, const call& by, chat_text to, chat_text from,
                                 message_id id, const send_options& options = {});
/// 1 to 100 ids that strictly increase; what cannot be copied is skipped, and the answer is
/// shorter without saying which. Nothing left: an error.
api_result<std::vector<message_id>> copy_messages(world& in, const call& by, chat_text to,
                                                  chat_text from,
                                                  const std::vector<message_id>& ids,
                                                  bool remove_caption,
                                                  const send_options& options = {});
api_result<std::vector<message_id>> forward_messages(world& in, const call& by, chat_text to,
                                                     chat_text from,
                                                     const std::vector<message_id>& ids,
                                                     const send_options& options = {});

// Changing.
/// An edit shows the inline keyboard that it names, and none when it names none.
api_result<sent> edit_message_text(world& in, const call& by, chat_text where, message_id id,
                                   const text_input& text, std::string link_preview = {},
                                   reply_markup markup = {});
api_result<sent> edit_message_caption(world& in, const call& by, chat_text where, message_id id,
                                      const text_input& caption,
                                      std::optional<bool> caption_above = {},
                                      reply_markup markup = {});
api_result<sent> edit_message_reply_markup(world& in, const call& by, chat_text where,
                                           message_id id, reply_markup markup);
/// A text becomes media, too. Inside an album the kind may change only between photo and video.
api_result<sent> edit_message_media(world& in, const call& by, chat_text where, message_id id,
                                    media_options what, reply_markup markup = {});
/// A live location moves; without one it stops for good. Its period stays where `live_period` of
/// the new one is 0.
api_result<sent> edit_message_live_location(world& in, const call& by, chat_text where,
                                            message_id id, std::optional<location> now_at,
                                            reply_markup markup = {});
/// Of the bot's own poll. The message's keyboard becomes `markup`.
api_result<poll_id> stop_poll(world& in, const call& by, chat_text where, message_id id,
                              reply_markup markup = {});

api_result<void> delete_message(world& in, const call& by, chat_text where, message_id id);
/// 1 to 100; those that are not found are skipped.
api_result<void> delete_messages(world& in, const call& by, chat_text where,
                                 const std::vector<message_id>& ids);

// Files. `path` is what follows /file/bot<token>/.
struct file_answer {
    file_index index{};
    std::string file_id, unique_id, path;
    std::uint64_t size = 0;
};
api_result<file_answer> get_file(const world& in, const call& by, std::string_view file_id);
/// nullptr: 404.
std::shared_ptr<const std::string> download(const world& in, const call& by, std::string_view path);

// Chats.
api_result<const chat*> get_chat(const world& in, const call& by, chat_text which);
api_result<member> get_chat_member(const world& in, const call& by, chat_text which, user_id who);
/// Without other bots, as Telegram answers.
api_result<std::vector<member>> get_chat_administrators(const world& in, const call& by,
                                                        chat_text which);
api_result<int> get_chat_member_count(const world& in, const call& by, chat_text which);
api_result<void> leave_chat(world& in, const call& by, chat_text which);

/// For the gate, before the act: the chat that a parameter names, if there is one.
std::optional<chat_id> resolve(const world& in, user_id bot, chat_text which);

}  // namespace baudot::telegram_sim
