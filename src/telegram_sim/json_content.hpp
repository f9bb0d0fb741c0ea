#pragma once

#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

// What a message shows, as fields of a Message; and polls, which also stand alone.

/// A file and what is shown with it. No caption.
void append_media(json_writer& json, const world& in, user_id viewer, const content& what);
void append_content(json_writer& json, const world& in, user_id viewer, const content& what);
/// The object of what is neither text nor file, under its name.
void append_attachment(json_writer& json, const world& in, user_id viewer, const content& what);
/// Poll: the answers of a quiz only for who may know them. `description` is part of a message.
void append_poll(json_writer& json, const world& in, user_id viewer, const poll& of,
                 bool in_message = false);
/// PollAnswer: what `who` voted for last.
void append_poll_answer(json_writer& json, const world& in, const poll& of, user_id who);

}  // namespace baudot::telegram_sim
