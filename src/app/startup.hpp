#pragma once

#include <cstddef>
#include <vector>

#include "app/settings.hpp"
#include "app/survey.hpp"
#include "base/error.hpp"
#include "engine/roster.hpp"
#include "model/rule_set.hpp"
#include "observe/log.hpp"

namespace baudot::app {

/// Every chat that the routes name, sources and destinations.
std::vector<chat_reference> chats_of(const settings& from);

/// Of these the destinations to which links may lead (own_links).
std::vector<chat_reference> named_chats_of(const settings& from);

/// The routes with ids for names.
///
/// A name that no account can see is errc::not_found. While the token of some account is refused,
/// that account may be the one that sees it: then the chat is left out and the log says so, and
/// the other routes work. A route without a source is left out; one without a destination is not,
/// so that what it takes does not go to the `other` of routes beside it.
result<rule_set> resolve_routes(const settings& from, const findings& found,
                                const observe::logger& log);

/// Whether Telegram refused the account's token. It is out of the roster, its deliveries wait.
bool is_lost(const findings& found, std::size_t account);

/// errc::unauthorized when every account is lost; else names those that are, in the log.
result<void> judge_accounts(const findings& found, const observe::logger& log);

/// What the accounts may do, for the planner. A chat that an account cannot see, or that Telegram
/// says nothing about, is one in which it can do nothing.
engine::roster make_roster(const findings& found);

/// A line in the log for each destination that no account can post to.
void tell_unreachable(const rule_set& rules, const engine::roster& can, const observe::logger& log);

}  // namespace baudot::app
