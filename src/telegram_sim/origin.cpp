#include "telegram_sim/origin.hpp"

namespace baudot::telegram_sim {

forward_origin origin_of(const world& in, const chat& where, const message& what) {
    if (what.details && what.details->forwarded) return *what.details->forwarded;
    const std::string signature = what.details ? what.details->author_signature : std::string();
    forward_origin origin{.date = what.date};
    if (where.kind == chat_kind::channel) {
        origin.type = forward_origin::kind::channel;
        origin.from_chat = where.id;
        origin.from_message = what.id;
        origin.name_or_signature = signature;
    } else if (what.sender == user_id{}) {
        origin.type = forward_origin::kind::chat;
        origin.from_chat = where.id;
        origin.name_or_signature = signature;
    } else if (in.find_user(what.sender)) {
        origin.type = forward_origin::kind::user;
        origin.from_user = what.sender;
    } else {
        origin.type = forward_origin::kind::hidden_user;
        origin.name_or_signature = signature;
    }
    return origin;
}

}  // namespace baudot::telegram_sim
