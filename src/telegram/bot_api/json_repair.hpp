#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baudot::telegram::bot_api {

// JSON parsers refuse a whole document for one lone surrogate or one broken byte. An answer of
// getUpdates that is refused again and again would stop an account for a day, until Telegram
// drops the update; so a refused answer is repaired, and if that is not enough, read piece by
// piece. Pure; any thread.

/// `json` with U+FFFD for every lone surrogate escape and every byte that is not UTF-8, and
/// spaces for control characters inside strings. Valid JSON stays as it is.
std::string repaired(std::string_view json);

/// The elements of the array that the top-level key "result" holds, as text, found by counting
/// brackets. Nothing when there is no such array or it has no end.
std::optional<std::vector<std::string_view>> result_elements(std::string_view json);

/// The number behind the first "update_id" in `json`.
std::optional<std::int64_t> update_id_in(std::string_view json);

}  // namespace baudot::telegram::bot_api
