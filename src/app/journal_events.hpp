#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::app {

/// Every event of the journal in `directory`, in order. Read without a lock, so also beside a
/// running Baudot. Returned is how many are of a newer program and were passed over. Shows its
/// progress on a terminal. Blocking.
///
/// errc::not_found: no journal there; errc::corrupt: it is damaged, and the message says where.
result<std::uint64_t> read_events(const std::string& directory,
                                  const std::function<void(sequence, const event&)>& visit);

/// Tells on standard error how many were passed over.
void tell_unknown_events(std::uint64_t count);

}  // namespace baudot::app
