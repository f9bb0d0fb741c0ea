#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.hpp"
#include "model/update.hpp"

namespace baudot::app {

/// Updates of the Bot API, one JSON object a line; `path` - is standard input. Lines that are none
/// are named on standard error, the first ten of them, and passed over; returned is how many.
/// Shows its progress on a terminal, unless standard output is one, too. Blocking.
///
/// errc::not_found: it cannot be opened; errc::io_failed: it cannot be read to its end.
result<std::uint64_t> read_posts(const std::string& path,
                                 const std::function<void(const update&)>& visit);

}  // namespace baudot::app
