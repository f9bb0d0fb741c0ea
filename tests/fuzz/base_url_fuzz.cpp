// Any text as the address of a server: what is accepted can be written again, and nothing in it
// can begin a line or a field of its own in the requests that name it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "http/base_url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using baudot::http::parse_base_url;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto url = parse_base_url(text);
    if (!url) {
        BAUDOT_ASSERT(url.error().code == baudot::errc::invalid_argument, "a wrong text");
        return 0;
    }
    BAUDOT_ASSERT(!url->host.empty() && url->port != 0, "a host and a port");
    BAUDOT_ASSERT(std::ranges::all_of(url->host,
                                      [](char each) {
                                          return static_cast<unsigned char>(each) > 0x20 &&
                                                 each != 0x7f && each != '/' && each != '@';
                                      }),
                  "a host is one word");
    const auto again = parse_base_url((url->tls ? "https://" : "http://") + url->authority());
    BAUDOT_ASSERT(again, "what was accepted can be written again");
    BAUDOT_ASSERT(again->host == url->host && again->port == url->port && again->tls == url->tls &&
                      again->is_address == url->is_address,
                  "and means the same");
    return 0;
}
