#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.hpp"
#include "schedule/pacer.hpp"

namespace baudot::app {

/// What a running Baudot says of the limits that it learns, one line of JSON:
///
///     {"limits": [LIMIT...], "more": whether `most` left some out}
///
/// Those of accounts and their classes of methods first, then of chats, those with the most
/// refusals in this hour before the others.
std::string describe_limits(std::vector<limit_view> all, std::size_t most);

/// A table for people, from what describe_limits() made.
std::string table_of_limits(std::string_view description, const settings& read);

}  // namespace baudot::app
