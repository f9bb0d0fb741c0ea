#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telegram_sim/api_error.hpp"
#include "telegram_sim/entities.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {

// Arguments that are JSON inside text. Errors are 400 in the words of the real server.

/// An array of MessageEntity. Those of unknown type are left out, as Telegram does.
api_result<std::vector<entity>> read_entities(std::string_view json);

/// An array of 1 to 100 message ids, numbers or texts of numbers.
api_result<std::vector<message_id>> read_message_ids(std::string_view json);

api_result<reply_parameters> read_reply_parameters(std::string_view json);

/// An array of names, for allowed_updates. What is not one leaves the choice as it was: absent.
std::optional<std::vector<std::string>> read_names(std::string_view json);

/// link_preview_options: any object, returned without blanks.
api_result<std::string> read_link_preview(std::string_view json);

/// Any array, without blanks. Absent: it is none.
std::optional<std::string> read_json_array(std::string_view json);

}  // namespace baudot::telegram_sim
