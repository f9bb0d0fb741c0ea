#pragma once

#include <string>
#include <string_view>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/topics.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

// Invite links and requests to join: what may become of them, whoever acts; who may is with the
// caller. Errors are 400 in Telegram's words, and change nothing.

/// What createChatInviteLink and editChatInviteLink set.
struct link_terms {
    std::string name{};
    std::int64_t expire_date = 0;
    int member_limit = 0;
    bool creates_join_request = false;
};

api_result<invite_link> add_link(world& in, chat& where, link_terms terms, const act_of& by);
/// Another primary link for the actor; the former is revoked.
invite_link replace_primary_link(world& in, chat& where, const act_of& by);
/// Of a link that the actor made.
api_result<invite_link> edit_link(world& in, chat& where, std::string_view link, link_terms terms,
                                  const act_of& by);
/// After the primary one another takes its place.
api_result<invite_link> revoke_link(world& in, chat& where, std::string_view link,
                                    const act_of& by);

/// A person comes by a link, or through the open door of a public chat: is in, or asks.
api_result<void> join(world& in, chat& where, user_id who, std::string_view link, const act_of& by);
/// Lets in, or sends away.
api_result<void> answer_request(world& in, chat& where, user_id who, bool approve,
                                const act_of& by);

}  // namespace baudot::telegram_sim
