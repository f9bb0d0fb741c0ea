#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/transport.hpp"

namespace baudot::http {
namespace asio = boost::asio;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

class plain_transport final : public transport {
public:
    explicit plain_transport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    asio::awaitable<transferred> read_some(std::span<char> room) override {
        const auto [ec, count] =
            co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), as_tuple);
        co_return transferred{ec, count};
    }

    asio::awaitable<transferred> write_some(std::string_view bytes) override {
        const auto [ec, count] =
            co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()), as_tuple);
        co_return transferred{ec, count};
    }

    bool knows_what_was_written() const override { return true; }
    asio::ip::tcp::socket& socket() override { return socket_; }

private:
    asio::ip::tcp::socket socket_;
};

}  // namespace

std::unique_ptr<transport> make_plain_transport(asio::ip::tcp::socket socket) {
    return std::make_unique<plain_transport>(std::move(socket));
}

}  // namespace baudot::http
