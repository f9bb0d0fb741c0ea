#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/message.hpp"

namespace baudot::http {

/// What a handler decides about a request. `drop`: close the connection without an answer (a
/// fault, for tests of clients).
struct answer {
    response what{};
    bool drop = false;
};

/// Runs on the server's shard; may suspend. Cancelled when the client closes the connection
/// while it waits (a long poll whose client has left must end), and at stop(). A client that
/// closes only its own direction counts as one that left. An exception is a 500.
using handler = std::function<boost::asio::awaitable<answer>(request)>;

struct server_options {
    std::string address = "127.0.0.1";  // loopback unless told otherwise
    std::uint16_t port = 0;             // 0: the system chooses; see server::port()
    std::size_t connections_max = 4096;
    std::size_t body_bytes_max = 64 << 20;  // beyond: 413
    std::size_t header_bytes_max = 64 << 10;
    duration idle_max = std::chrono::seconds(75);
};

/// HTTP/1.1, keep-alive, no TLS. Constructed listening. On one shard only.
class server {
public:
    virtual ~server() = default;
    virtual std::uint16_t port() const = 0;

    /// Serves until stop(). Own it in a task_group.
    virtual boost::asio::awaitable<void> run() = 0;

    /// Stops accepting, cancels the handlers, closes the connections; run() returns then.
    virtual void stop() = 0;
};

/// errc::in_use when another program has the port; errc::invalid_argument for an address that
/// is none; errc::io_failed otherwise.
result<std::unique_ptr<server>> make_server(const boost::asio::any_io_executor& shard,
                                            timer_service& timers, server_options options,
                                            handler handle);

}  // namespace baudot::http
