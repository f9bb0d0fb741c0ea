#pragma once

#include <string>
#include <utility>

#include "telegram_sim/bot_methods.hpp"

// Methods of bot_methods.cpp, which has the table, that send and change what is more than text;
// and what both files share.

namespace baudot::telegram_sim {

using bot_answer = api_result<void>;

inline auto failed(api_error& why) {
    return std::unexpected(std::move(why));
}

/// The message of a send or edit, as the calling bot sees it.
bot_answer message_answer(method_call& what, api_result<sent>& done, std::string& out);
/// Inline messages are not in this world, so a chat and a message must be named.
api_result<message_id> message_to_edit(const method_call& what);

bot_answer send_any_file(method_call& what, media_kind kind, std::string& out);
template <media_kind Kind>
bot_answer send_file(method_call& what, std::string& out) {
    return send_any_file(what, Kind, out);
}
bot_answer send_any_place(method_call& what, media_kind kind, std::string& out);
template <media_kind Kind>
bot_answer send_place(method_call& what, std::string& out) {
    return send_any_place(what, Kind, out);
}
bot_answer send_album(method_call& what, std::string& out);
bot_answer throw_dice(method_call& what, std::string& out);
bot_answer send_one_poll(method_call& what, std::string& out);
bot_answer stop_one_poll(method_call& what, std::string& out);
bot_answer edit_media(method_call& what, std::string& out);
bot_answer move_live_location(method_call& what, std::string& out);
bot_answer stop_live_location(method_call& what, std::string& out);

}  // namespace baudot::telegram_sim
