#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace baudot::http {

/// http://host[:port] or https://host[:port], taken apart. No path: a target is given with
/// each request.
struct base_url {
    std::string host;  // an IPv6 address without its brackets
    std::uint16_t port = 0;
    bool tls = false;
    bool is_address = false;  // the host is an IP address: nothing to resolve, no SNI

    /// Value of the Host header: with brackets, and with the port unless it is the usual one.
    std::string authority() const;
};

/// errc::invalid_argument says what is wrong and how it looks when it is right.
result<base_url> parse_base_url(std::string_view text);

}  // namespace baudot::http
