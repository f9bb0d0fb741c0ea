#pragma once

#include <boost/json/array.hpp>

#include <cstddef>
#include <functional>
#include <string_view>

namespace baudot::app {

/// What of the rules is not the same, as rules_changed::text has them: objects with `route`, `how`
/// (changed, added, removed) and `keys`. `has_unknown_chats`: of a route of `now`, by its place,
/// whether its chats are to be left out, because some only stand for names.
boost::json::array rule_changes(std::string_view then, std::string_view now,
                                const std::function<bool(std::size_t)>& has_unknown_chats);

}  // namespace baudot::app
