#pragma once

#include <string_view>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/content.hpp"

namespace baudot::telegram_sim {

/// The argument reply_markup: InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove or
/// ForceReply. Empty text, and an object that says nothing, are none. Errors are 400 in the words
/// of the real server; what depends on the chat is checked where the message goes.
api_result<reply_markup> read_reply_markup(std::string_view json);

/// Whether messages of one's own that others forward keep their keyboard: one of links alone does.
bool survives_forwarding(const reply_markup& markup);

}  // namespace baudot::telegram_sim
