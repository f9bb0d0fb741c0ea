#include "http/base_url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace baudot::http {

std::string base_url::authority() const {
    const std::string shown = host.find(':') == host.npos ? host : fmt::format("[{}]", host);
    const std::uint16_t usual = tls ? 443 : 80;
    return port == usual ? shown : fmt::format("{}:{}", shown, port);
}

result<base_url> parse_base_url(std::string_view text) {
    const auto refuse = [&](std::string_view why) {
        return fail(errc::invalid_argument,
                    fmt::format("'{}' is not a base URL: {}; it looks like "
                                "https://api.telegram.org or http://127.0.0.1:8081",
                                text, why));
    };
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed) return refuse(parsed.error().message());
    const bool tls = parsed->scheme_id() == boost::urls::scheme::https;
    if (!tls && parsed->scheme_id() != boost::urls::scheme::http) {
        return refuse("the scheme is neither http nor https");
    }
    if (parsed->has_userinfo()) return refuse("it holds a user name");
    if (parsed->has_query() || parsed->has_fragment()) return refuse("it holds a query");
    if (!parsed->encoded_path().empty() && parsed->encoded_path() != "/") {
        return refuse("it holds a path");
    }
    // Decoded it could be anything, the end of a line of the request too.
    if (parsed->encoded_host().find('%') != parsed->encoded_host().npos) {
        return refuse("the host is written with '%'");
    }
    const std::string host = parsed->host_address();
    if (host.empty()) return refuse("the host is missing");
    std::uint16_t port = tls ? 443 : 80;
    if (parsed->has_port()) {
        // Not port_number(): Boost 1.81 takes it modulo 65536.
        const std::string_view digits(parsed->port().data(), parsed->port().size());
        const auto [end, ec] = std::from_chars(digits.begin(), digits.end(), port);
        if (ec != std::errc{} || end != digits.end() || port == 0) {
            return refuse("the port is not in 1..65535");
        }
    }
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(host, not_an_address);
    return base_url{.host = host, .port = port, .tls = tls, .is_address = !not_an_address};
}

}  // namespace baudot::http
