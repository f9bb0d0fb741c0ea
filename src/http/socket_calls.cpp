#include "http/socket_calls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <utility>

namespace baudot::http {
namespace asio = boost::asio;
using asio::ip::tcp;

void cancel_waits(tcp::socket& of) {
    boost::system::error_code ignored;
    of.cancel(ignored);
}

void shut_down(tcp::socket& of) {
    boost::system::error_code ignored;
    of.shutdown(tcp::socket::shutdown_send, ignored);
}

void close_socket(tcp::socket& of) {
    boost::system::error_code ignored;
    of.close(ignored);
}

bool has_nothing_to_read(tcp::socket& of) {
    boost::system::error_code ec;
    if (!of.non_blocking()) of.non_blocking(true, ec);
    char unasked = 0;
    of.receive(asio::buffer(&unasked, 1), tcp::socket::message_peek, ec);
    return ec == asio::error::would_block;
}

void wait_for_read(tcp::socket& of, std::function<void()> call) {
    of.async_wait(tcp::socket::wait_read,
                  [call = std::move(call)](const boost::system::error_code& ec) {
                      if (!ec) call();
                  });
}

}  // namespace baudot::http
