// Any bytes as the requests of one connection: the same ones come out wherever the bytes are cut,
// and what is sent again says the same.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "http/codec.hpp"
#include "http_pieces.hpp"

namespace {

using namespace baudot;
using namespace baudot::http;

// No head reaches its limit: a little beyond it, pieces may pass where the whole does not.
constexpr parse_limits limits{.header_bytes_max = 8192, .body_bytes_max = 200};

struct heard {
    std::string requests;
    parse_state end{};
};

// What encode() adds by itself, or what says how the body travels.
bool is_framing(std::string_view name) {
    constexpr std::array<std::string_view, 6> names = {
        "host", "content-length", "transfer-encoding", "connection", "proxy-connection", "upgrade"};
    return std::ranges::any_of(names, [&](std::string_view each) {
        return std::ranges::equal(each, name, [](char left, char right) {
            return left == (right >= 'A' && right <= 'Z' ? right + 32 : right);
        });
    });
}

std::string text_of(const request& what) {
    std::string text = what.method + '\1' + what.target + '\1';
    for (const auto& [name, value] : what.headers) {
        if (!is_framing(name)) text.append(name).append(1, '\2').append(value).append(1, '\1');
    }
    return text + what.body + '\3';
}

void send_again(request what) {
    std::erase_if(what.headers, [](const auto& each) { return is_framing(each.first); });
    std::string bytes;
    BAUDOT_ASSERT(is_sendable(what), "what was parsed can be sent");
    BAUDOT_ASSERT(!encode(what, "h", bytes), "a small body goes with the headers");
    request_parser parser({.header_bytes_max = 4096, .body_bytes_max = 4096});
    byte_queue queue;
    append(queue, bytes);
    BAUDOT_ASSERT(parser.parse(queue) == parse_state::complete, "our own request is one");
    BAUDOT_ASSERT(queue.empty(), "and nothing is behind it");
    BAUDOT_ASSERT(text_of(parser.take()) == text_of(what), "the same was said");
}

heard listen(std::string_view bytes, std::size_t step, bool sends_again) {
    heard out;
    request_parser parser(limits);
    byte_queue queue;
    for_pieces(bytes, step, [&](std::string_view piece) {
        append(queue, piece);
        while (out.end != parse_state::failed) {
            out.end = parser.parse(queue);
            if (out.end != parse_state::complete) break;
            out.requests += parser.keep_alive() ? '+' : '-';
            out.requests += parser.version() == 10 ? '0' : '1';
            request taken = parser.take();
            BAUDOT_ASSERT(taken.body.size() <= limits.body_bytes_max, "the limit holds");
            out.requests += text_of(taken);
            if (sends_again) send_again(std::move(taken));
        }
    });
    if (out.end == parse_state::failed) {
        const int status = parser.error_status();
        BAUDOT_ASSERT(status == 400 || status == 413 || status == 431, "a failure has a status");
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 4096) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const heard whole = listen(bytes, bytes.size(), true);
    const heard cut = listen(bytes, 1 + data[0] % 64, false);
    // Garbage may be known as such sooner or later; what is a request may not depend on it.
    BAUDOT_ASSERT(whole.requests == cut.requests, "other requests when the bytes are cut");
    return 0;
}
