#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

#include "app/explanation.hpp"
#include "app/named_chats.hpp"
#include "app/post_history.hpp"
#include "model/outcome.hpp"

namespace baudot::app {

/// What the rules of the configuration say to the post now; null: its content is not known.
boost::json::value explain_rules(const explained_post& what, const post_history& history,
                                 named_chats& names);

/// `key` gets the id (null: it only stands for a name), and `key`_name what it is called.
void put_chat(boost::json::object& to, std::string_view key, chat_id chat,
              const named_chats& names);

/// `why` with its meaning and what helps; null where there is none.
void put_reason(boost::json::object& to, reject_class why);

}  // namespace baudot::app
