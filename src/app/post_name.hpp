#pragma once

#include <optional>
#include <string_view>

#include "base/ids.hpp"
#include "model/rule_set.hpp"

namespace baudot::app {

/// A message as people name it.
struct post_name {
    chat_reference chat;  // names are in lower case
    message_id message{};
};

/// A link to it (t.me/name/5, t.me/c/1234567890/5), or its chat as a configuration writes it, a
/// slash and its number. None: it is neither.
std::optional<post_name> parse_post_name(std::string_view text);

}  // namespace baudot::app
