#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

#include "http/socket_calls.hpp"
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
    void cancel() override { cancel_waits(socket_); }
    void finish() override { shut_down(socket_); }
    void close() override { close_socket(socket_); }
    bool is_silent() override { return has_nothing_to_read(socket_); }
    void watch(std::function<void()> call) override { wait_for_read(socket_, std::move(call)); }

private:
    asio::ip::tcp::socket socket_;
};

}  // namespace

std::unique_ptr<transport> make_plain_transport(asio::ip::tcp::socket socket) {
    return std::make_unique<plain_transport>(std::move(socket));
}

}  // namespace baudot::http
