#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.hpp"
#include "model/message.hpp"

namespace baudot::text {

/// What a header or a footer may name.
enum class variable : std::uint8_t { source, username, link, author, date, time, id };

std::optional<variable> variable_named(std::string_view name) noexcept;

/// All names, for people.
std::string names_of_variables();

/// What it is for this post, on one line and without characters that would change the direction or
/// the look of the text around it. None: the post has no such thing, as a private group has no
/// links.
std::optional<std::string> value_of(variable which, const message& post, const time_zone& zone);

/// https://t.me/... of the post; none where messages have no links: in private chats and basic
/// groups.
std::optional<std::string> link_of(const message& post);

}  // namespace baudot::text
