#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace baudot::telegram::bot_api {

/// The account that a bot token belongs to: the number before its colon. errc::invalid_argument
/// when `token` has not the form of one (digits, a colon, about 35 of A-Z a-z 0-9 _ -); the
/// message says what is wrong and never shows the token.
result<account_id> account_of_token(std::string_view token);

/// `text` with every occurrence of the token, or of its secret half, replaced.
std::string without_token(std::string text, std::string_view token);

}  // namespace baudot::telegram::bot_api
