#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <functional>

namespace baudot::http {

// What a transport over a socket does with it, apart from moving bytes (transport.hpp). A failure
// means that the connection is gone, which the next read or write says.

void cancel_waits(boost::asio::ip::tcp::socket& of);
void shut_down(boost::asio::ip::tcp::socket& of);
void close_socket(boost::asio::ip::tcp::socket& of);

/// Peeks. Makes the socket non-blocking, which asio's operations do not mind.
bool has_nothing_to_read(boost::asio::ip::tcp::socket& of);

void wait_for_read(boost::asio::ip::tcp::socket& of, std::function<void()> call);

}  // namespace baudot::http
