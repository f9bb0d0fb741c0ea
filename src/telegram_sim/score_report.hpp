#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "telegram_sim/score.hpp"

namespace baudot::telegram_sim {

/// Expected copies, a JSON object a line (the grammar: score.hpp). errc::invalid_argument names
/// the line.
result<expectation> read_expectation(std::string_view lines);

/// For programs. `named_max` bounds each list of copies; the counts are always whole.
std::string score_json(const score& of, std::size_t named_max);

/// For people: a row a chat, the totals, and the first few of what is wrong.
std::string score_table(const score& of);

}  // namespace baudot::telegram_sim
