#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <utility>

#include "http/socket_calls.hpp"
#include "http/transport.hpp"

namespace baudot::http {
namespace asio = boost::asio;
namespace ssl = asio::ssl;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

class tls_transport final : public transport {
public:
    tls_transport(asio::ip::tcp::socket socket, ssl::context& context)
        : stream_(std::move(socket), context) {}

    asio::awaitable<transferred> read_some(std::span<char> room) override {
        const auto [ec, count] =
            co_await stream_.async_read_some(asio::buffer(room.data(), room.size()), as_tuple);
        co_return transferred{ec, count};
    }

    asio::awaitable<transferred> write_some(std::string_view bytes) override {
        const auto [ec, count] =
            co_await stream_.async_write_some(asio::buffer(bytes.data(), bytes.size()), as_tuple);
        co_return transferred{ec, count};
    }

    bool knows_what_was_written() const override { return false; }
    void cancel() override { cancel_waits(socket()); }
    void finish() override { shut_down(socket()); }
    void close() override { close_socket(socket()); }
    bool is_silent() override { return has_nothing_to_read(socket()); }
    void watch(std::function<void()> call) override { wait_for_read(socket(), std::move(call)); }

    ssl::stream<asio::ip::tcp::socket>& stream() { return stream_; }

private:
    asio::ip::tcp::socket& socket() { return stream_.next_layer(); }

    ssl::stream<asio::ip::tcp::socket> stream_;
};

class verifying_client final : public tls_client {
public:
    verifying_client(std::string host, bool is_address)
        : host_(std::move(host)), is_address_(is_address), context_(ssl::context::tls_client) {
        context_.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                             ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                             ssl::context::no_tlsv1_1);
        context_.set_verify_mode(ssl::verify_peer);
        // An idle connection gives its 34 kB of record buffers back.
        SSL_CTX_set_mode(context_.native_handle(), SSL_MODE_RELEASE_BUFFERS);
    }

    boost::system::error_code load(const std::string& ca_file) {
        boost::system::error_code ec;
        if (ca_file.empty()) {
            context_.set_default_verify_paths(ec);
        } else {
            context_.load_verify_file(ca_file, ec);
        }
        return ec;
    }

    asio::awaitable<result<std::unique_ptr<transport>>> handshake(
        asio::ip::tcp::socket socket) override {
        auto made = std::make_unique<tls_transport>(std::move(socket), context_);
        auto& stream = made->stream();
        boost::system::error_code ec;
        stream.set_verify_callback(ssl::host_name_verification(host_), ec);
        const bool named =
            is_address_ || SSL_set_tlsext_host_name(stream.native_handle(), host_.c_str()) == 1;
        if (ec || !named) co_return fail(errc::connection_failed, refusal("cannot be set up"));

        const auto [failure] = co_await stream.async_handshake(ssl::stream_base::client, as_tuple);
        if (!failure) co_return std::move(made);
        const long verdict = SSL_get_verify_result(stream.native_handle());
        if (verdict != X509_V_OK) {
            co_return fail(errc::connection_failed,
                           refusal(fmt::format("the certificate is not accepted: {}",
                                               X509_verify_cert_error_string(verdict))));
        }
        co_return fail(errc::connection_failed, refusal(failure.message()));
    }

private:
    std::string refusal(std::string_view why) const {
        return fmt::format("TLS with {} failed: {}", host_, why);
    }

    const std::string host_;
    const bool is_address_;
    ssl::context context_;
};

}  // namespace

result<std::unique_ptr<tls_client>> make_tls_client(std::string host, bool is_address,
                                                    const std::string& ca_file) {
    auto made = std::make_unique<verifying_client>(std::move(host), is_address);
    if (const auto ec = made->load(ca_file)) {
        return fail(errc::invalid_argument,
                    fmt::format("cannot load the certificates of {}: {}",
                                ca_file.empty() ? "the system" : ca_file, ec.message()));
    }
    return made;
}

}  // namespace baudot::http
