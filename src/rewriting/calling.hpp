#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <expected>
#include <memory>

#include "async/timer_service.hpp"
#include "http/client.hpp"
#include "rewriting/dialogue.hpp"

namespace baudot::rewriting {

/// Connections to an API that check() accepts: no more than it takes calls, no answer above
/// answer_bytes_max, no redirect followed. errc::invalid_argument: its url or ca_file.
result<std::unique_ptr<http::exchange>> connect(const boost::asio::any_io_executor& shard,
                                                timer_service& timers, const text_api& api);

/// One call, done by `deadline` whatever the other side does. Cancelling closes its connection and
/// throws system_error(operation_aborted).
boost::asio::awaitable<std::expected<text::marked_text, failure>> ask(http::exchange& over,
                                                                      const dialogue& what,
                                                                      time_point deadline);

}  // namespace baudot::rewriting
