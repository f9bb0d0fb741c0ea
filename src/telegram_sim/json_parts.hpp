#pragma once

#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {

// Parts of objects that more than one file writes. Included by json_*.cpp only.

/// The chat as `viewer` names it, also one that is gone.
void append_chat_of(json_writer& json, const world& in, user_id viewer, chat_id id);

/// MessageOrigin.
void append_origin(json_writer& json, const world& in, user_id viewer,
                   const forward_origin& origin);

/// reply_to_message, external_reply and quote, as far as `what` has them. A message in a topic
/// that answers nothing else answers the one that made the topic.
void append_reply(json_writer& json, const world& in, user_id viewer, const chat& where,
                  const message& what);

void append_permissions(json_writer& json, permissions allowed);

/// Of an event that is no message: true, and its object is written. False: it is one.
bool append_act(json_writer& json, const world& in, const chat& where, const bot_event& event);

}  // namespace baudot::telegram_sim
