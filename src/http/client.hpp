#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/connector.hpp"
#include "http/message.hpp"

namespace baudot::http {

/// One HTTP/1.1 request, one answer. The seam under every protocol of ours: tests and the
/// simulation pass their own.
class exchange {
public:
    virtual ~exchange() = default;

    /// Errors: errc::connection_failed (surely nothing of the request was handled: name
    /// resolution, connect, TLS, or the server closed an idle connection before one byte of the
    /// request was written), errc::connection_lost (bytes were written, no whole answer),
    /// errc::timed_out (bytes were written and the deadline passed; before that it is
    /// connection_failed), errc::bad_answer (not HTTP, or larger than the limit). `message`
    /// names the host, never the target: it may hold a token.
    /// Cancelling closes the connection and throws system_error(operation_aborted).
    virtual boost::asio::awaitable<result<response>> send(request what, time_point deadline) = 0;
};

struct client_options {
    std::string base_url{};                        // http://host[:port] or https://host[:port]
    std::size_t connections_max = 64;              // requests beyond it wait, within their deadline
    std::size_t response_bytes_max = 64 << 20;     // headers and body
    duration idle_max = std::chrono::seconds(55);  // reuse no connection that idled longer
    duration connect_timeout = std::chrono::seconds(10);
    std::string ca_file{};  // PEM; empty: the system's certificates
};

/// A keep-alive pool for one base URL. TLS verifies certificate and host name, always.
/// Never sends a request twice: a retry that is safe only below is not known here.
/// On one shard only. errc::invalid_argument: `base_url` is not understood.
result<std::unique_ptr<exchange>> make_client(const boost::asio::any_io_executor& shard,
                                              timer_service& timers, client_options options);

/// The same pool over connections of any kind: the simulation's run through memory. `base_url` is
/// the name of the host only, for the Host header and for errors.
std::unique_ptr<exchange> make_client(const boost::asio::any_io_executor& shard,
                                      timer_service& timers, client_options options,
                                      std::unique_ptr<connector> connections);

}  // namespace baudot::http
