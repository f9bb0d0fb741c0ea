#pragma once

#include <boost/json/object.hpp>

#include <span>
#include <string_view>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/poll.hpp"
#include "telegram_sim/wire_fields.hpp"

namespace baudot::telegram_sim {

// Locations, venues, contacts, dice and polls are described by fields of the same names wherever
// they come from: the arguments of a method, the object inside a Message, or the control API.
// Errors are 400 in the words of the real server.

/// Arguments as an object; those that are JSON inside text are parsed.
/// "can't parse options JSON object".
api_result<boost::json::object> as_object(const params& from);

/// On the map, and live by the rules, if it is.
api_result<location> read_location(wire_fields& from);
api_result<attachment> read_attachment(media_kind kind, const boost::json::object& from);
api_result<poll_terms> read_poll(const boost::json::object& from);

/// When a poll ends, said either way, becomes a date; one that is closed at once has no end.
void settle_end(poll_terms& terms, wall_time now);

/// The fields that are looked at.
std::span<const std::string_view> fields_of(media_kind kind) noexcept;

/// The sides of a die: 6, 5 or 64. 0: it is none.
int sides_of(std::string_view emoji) noexcept;
/// Without the selector that asks for a picture.
std::string plain_emoji(std::string_view emoji);

}  // namespace baudot::telegram_sim
