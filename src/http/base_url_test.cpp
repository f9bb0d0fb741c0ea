#include "http/base_url.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace baudot::http {
namespace {

TEST(base_url_test, urls_are_taken_apart) {
    const auto shown = [](std::string_view text) {
        const auto url = parse_base_url(text);
        if (!url) return std::string("refused");
        return fmt::format("{} {} {} {} {}", url->tls ? "tls" : "plain", url->host, url->port,
                           url->is_address ? "address" : "name", url->authority());
    };
    EXPECT_EQ(shown("https://api.telegram.org"), "tls api.telegram.org 443 name api.telegram.org");
    EXPECT_EQ(shown("http://127.0.0.1:8081/"), "plain 127.0.0.1 8081 address 127.0.0.1:8081");
    EXPECT_EQ(shown("http://[::1]:80"), "plain ::1 80 address [::1]");
    EXPECT_EQ(shown("https://h:80"), "tls h 80 name h:80");
    for (const auto* bad : {"", "api.telegram.org", "ftp://h", "http://", "http://h/path",
                            "http://u:p@h", "http://h?q", "http://h:0", "http://h:99999",
                            "http://a%0d%0aX:b", "http://a%2fb", "http://[fe80::1%25lo]"}) {
        EXPECT_EQ(shown(bad), "refused") << bad;
    }
}

}  // namespace
}  // namespace baudot::http
