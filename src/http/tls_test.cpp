#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string>

#include "async/task_group.hpp"
#include "http/client.hpp"

namespace baudot::http {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using namespace std::chrono_literals;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

struct certificate {
    std::string pem;
    std::string key;
};

std::string taken(BIO* memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string text(bytes, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
}

/// Signed by itself, valid from a day ago until `valid_for` from now.
certificate make_certificate(const std::string& names, std::chrono::seconds valid_for) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* made = X509_new();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -86'400 * 2);
    X509_gmtime_adj(X509_getm_notAfter(made), static_cast<long>(valid_for.count()));
    X509_set_pubkey(made, key);
    X509_NAME* name = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(made, name);
    X509_EXTENSION* alternative =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(made, alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(made, key, EVP_sha256());

    BIO* pem = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(pem, made);
    BIO* private_pem = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(private_pem, key, nullptr, nullptr, 0, nullptr, nullptr);
    X509_free(made);
    EVP_PKEY_free(key);
    return {taken(pem), taken(private_pem)};
}

class tls_test : public testing::Test {
protected:
    ~tls_test() override { std::filesystem::remove(ca_file_); }

    /// A server with `own`; the client trusts `trusted` and calls the server `host`. What two
    /// requests in a row are answered.
    result<response> ask(const certificate& own, const certificate& trusted,
                         const std::string& host) {
        std::ofstream(ca_file_) << trusted.pem;
        ssl::context context(ssl::context::tls_server);
        context.use_certificate_chain(asio::buffer(own.pem));
        context.use_private_key(asio::buffer(own.key), ssl::context::pem);
        auto client = make_client(
            io.get_executor(), timers,
            {.base_url = fmt::format("https://{}:{}", host, acceptor_.local_endpoint().port()),
             .ca_file = ca_file_});
        EXPECT_TRUE(client.has_value()) << client.error().message;

        result<response> answered = fail(errc::not_found, "never ran");
        task_group servers(io.get_executor());
        servers.spawn("accept", accept(context, servers));
        auto scenario = [&]() -> asio::awaitable<void> {
            answered = co_await (*client)->send({}, timers.now() + 10s);
            if (answered) answered = co_await (*client)->send({}, timers.now() + 10s);
        };
        asio::co_spawn(io, scenario, [&](std::exception_ptr failure) {
            EXPECT_FALSE(failure);
            client->reset();
            servers.request_stop();
        });
        io.run_for(30s);
        io.restart();
        return answered;
    }

    asio::io_context io{1};
    steady_timers timers;
    int handshakes = 0;
    std::string server_name;  // as the client asked for it
    std::string cut_to;       // not empty: the answer, and then the end without a goodbye

private:
    asio::awaitable<void> accept(ssl::context& context, task_group& servers) {
        for (;;) {
            tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
            servers.spawn("session", serve(std::move(socket), context));
        }
    }

    asio::awaitable<void> serve(tcp::socket socket, ssl::context& context) {
        ssl::stream<tcp::socket> stream(std::move(socket), context);
        const auto [failure] = co_await stream.async_handshake(ssl::stream_base::server, as_tuple);
        if (failure) co_return;
        ++handshakes;
        const char* asked = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
        server_name = asked ? asked : "";
        char bytes[4096];
        for (;;) {
            const auto [ec, count] = co_await stream.async_read_some(asio::buffer(bytes), as_tuple);
            if (ec) co_return;
            const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
            const std::string& sent = cut_to.empty() ? whole : cut_to;
            co_await asio::async_write(stream, asio::buffer(sent), as_tuple);
            if (!cut_to.empty()) co_return;
        }
    }

    tcp::acceptor acceptor_{io, {asio::ip::address_v4::loopback(), 0}};
    const std::string ca_file_ =
        std::filesystem::temp_directory_path() /
        fmt::format("baudot_tls_test_{}.pem", acceptor_.local_endpoint().port());
};

TEST_F(tls_test, a_trusted_certificate_for_the_host_is_accepted_and_the_connection_kept) {
    const certificate good = make_certificate("DNS:localhost", 1h);
    const auto answered = ask(good, good, "localhost");
    ASSERT_TRUE(answered.has_value()) << answered.error().message;
    EXPECT_EQ(answered->body, "hello");
    EXPECT_EQ(handshakes, 1);
    EXPECT_EQ(server_name, "localhost");
}

TEST_F(tls_test, an_address_is_verified_too_and_not_sent_as_a_name) {
    const certificate good = make_certificate("IP:127.0.0.1", 1h);
    ASSERT_TRUE(ask(good, good, "127.0.0.1").has_value());
    EXPECT_EQ(server_name, "");
}

TEST_F(tls_test, a_certificate_for_another_host_is_refused) {
    const certificate other = make_certificate("DNS:example.com,IP:127.0.0.2", 1h);
    for (const std::string host : {"localhost", "127.0.0.1"}) {
        const auto answered = ask(other, other, host);
        ASSERT_FALSE(answered.has_value());
        EXPECT_EQ(answered.error().code, errc::connection_failed);
        EXPECT_NE(answered.error().message.find("certificate"), std::string::npos)
            << answered.error().message;
    }
}

TEST_F(tls_test, an_untrusted_certificate_is_refused) {
    const auto answered = ask(make_certificate("DNS:localhost", 1h),
                              make_certificate("DNS:localhost", 1h), "localhost");
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, errc::connection_failed);
    EXPECT_NE(answered.error().message.find("certificate is not accepted"), std::string::npos);
}

TEST_F(tls_test, an_expired_certificate_is_refused) {
    const certificate expired = make_certificate("DNS:localhost", -1h);
    const auto answered = ask(expired, expired, "localhost");
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, errc::connection_failed);
    EXPECT_NE(answered.error().message.find("expired"), std::string::npos)
        << answered.error().message;
}

TEST_F(tls_test, an_end_without_the_tls_goodbye_does_not_end_a_body) {
    const certificate good = make_certificate("DNS:localhost", 1h);
    cut_to = "HTTP/1.1 200 OK\r\n\r\nhalf of it";
    const auto answered = ask(good, good, "localhost");
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, errc::connection_lost);
}

TEST_F(tls_test, a_missing_certificate_file_is_named) {
    const auto made = make_client(io.get_executor(), timers,
                                  {.base_url = "https://localhost", .ca_file = "/no/such.pem"});
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, errc::invalid_argument);
    EXPECT_NE(made.error().message.find("/no/such.pem"), std::string::npos);
}

}  // namespace
}  // namespace baudot::http
