#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace baudot::http {

struct transferred {
    boost::system::error_code failure;
    std::size_t bytes = 0;
};

/// A connected stream of bytes: a socket, TLS over one, or in the simulation a pair of buffers.
/// Destroying it closes at once, without a TLS goodbye: a connection that is given up has nothing
/// to say.
///
/// Cancelling an operation ends it with operation_aborted in `failure`; the stream is of no use
/// after that.
class transport {
public:
    virtual ~transport() = default;
    virtual boost::asio::awaitable<transferred> read_some(std::span<char> room) = 0;
    virtual boost::asio::awaitable<transferred> write_some(std::string_view bytes) = 0;

    /// True when a write that failed, or never ended, surely put nothing on the wire. TLS cannot
    /// say that: a record may have left before the failure.
    virtual bool knows_what_was_written() const = 0;

    /// Ends what waits on the stream, a watch too; bytes that have arrived are still delivered.
    virtual void cancel() = 0;

    /// No more bytes from here; the other side sees the end.
    virtual void finish() = 0;

    /// At once, in both directions.
    virtual void close() = 0;

    /// Surely open, and nothing has arrived that was not read.
    virtual bool is_silent() = 0;

    /// Calls once when there is something to read, be it the end; never after cancel().
    virtual void watch(std::function<void()> call) = 0;
};

std::unique_ptr<transport> make_plain_transport(boost::asio::ip::tcp::socket socket);

/// TLS on the client's side, made once per client: loading certificates takes milliseconds.
class tls_client {
public:
    virtual ~tls_client() = default;

    /// Handshake with verification of the certificate chain and of `host` in it. Consumes the
    /// socket. The error says why the certificate was not accepted.
    virtual boost::asio::awaitable<result<std::unique_ptr<transport>>> handshake(
        boost::asio::ip::tcp::socket socket) = 0;
};

/// errc::invalid_argument: `ca_file` cannot be read. `is_address`: no SNI for it (RFC 6066).
result<std::unique_ptr<tls_client>> make_tls_client(std::string host, bool is_address,
                                                    const std::string& ca_file);

}  // namespace baudot::http
