#pragma once

// Private to this folder's .cpp files: the only header that shows simdjson.
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "model/message.hpp"

namespace baudot::telegram::bot_api {

namespace dom = simdjson::dom;

/// Field access that takes what is there: a field that is missing or has another type is the
/// default. Whether that is enough is the caller's to say.
std::int64_t integer(const dom::object& from, std::string_view key);
std::string text(const dom::object& from, std::string_view key);
bool flag(const dom::object& from, std::string_view key, bool otherwise = false);
bool has(const dom::object& from, std::string_view key);

chat_kind chat_kind_of(std::string_view type);

/// first_name and last_name, or the title.
std::string title_of(const dom::object& chat);

/// A Bot API Message. False when it has no id or no chat: then it is none.
bool read_message(const dom::object& from, message& to);

}  // namespace baudot::telegram::bot_api
