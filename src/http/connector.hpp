#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/base_url.hpp"
#include "http/transport.hpp"

namespace baudot::http {

/// Opens connections to one server. On one shard only.
class connector {
public:
    virtual ~connector() = default;

    /// errc::connection_failed for every failure, also when the timeout has passed. Cancelling
    /// throws system_error(operation_aborted).
    virtual boost::asio::awaitable<result<std::unique_ptr<transport>>> open() = 0;
};

/// Over TCP: resolve, connect, and TLS unless `tls` is null.
///
/// One look-up serves everyone who waits for it: the system's resolver answers one question at
/// a time. It cannot be interrupted either, so a wait that is given up leaves it to end alone.
/// The addresses are tried in order, beginning with the one that worked last, each with its
/// share of the time: a dead IPv6 route must not use it up.
std::unique_ptr<connector> make_connector(const boost::asio::any_io_executor& shard,
                                          timer_service& timers, base_url url, duration timeout,
                                          std::unique_ptr<tls_client> tls);

}  // namespace baudot::http
