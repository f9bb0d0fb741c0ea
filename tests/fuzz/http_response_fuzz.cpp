// Any bytes as answers: the same one comes out wherever the bytes are cut, what is encoded again
// says the same, and a chunked body is the sum of its chunks.
#include <fmt/format.h>

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
constexpr parse_limits limits{.header_bytes_max = 8192, .body_bytes_max = 3000};

struct heard {
    parse_state end{};
    bool is_cut = false;  // the connection had to end for it
    bool keep_alive = false;
    response what;
    std::size_t left = 0;  // bytes behind it
};

heard listen(std::string_view bytes, std::size_t step, bool is_head) {
    heard out;
    response_parser parser(limits, is_head);
    byte_queue queue;
    for_pieces(bytes, step, [&](std::string_view piece) {
        append(queue, piece);
        if (out.end == parse_state::need_more) out.end = parser.parse(queue);
    });
    BAUDOT_ASSERT((out.end == parse_state::failed) == !parser.why().empty(), "a failure says why");
    if (out.end == parse_state::need_more) {
        out.is_cut = true;
        out.end = parser.parse_end();
    }
    if (out.end != parse_state::complete) return out;
    out.keep_alive = parser.keep_alive();
    out.what = parser.take();
    out.left = queue.size();
    BAUDOT_ASSERT(out.what.body.size() <= limits.body_bytes_max, "the limit holds");
    BAUDOT_ASSERT(!is_head || out.what.body.empty(), "an answer to HEAD has no body");
    return out;
}

bool equal(const response& left, const response& right) {
    return left.status == right.status && left.headers == right.headers && left.body == right.body;
}

void send_again(const response& heard_before) {
    response what{.status = heard_before.status, .headers = {}, .body = heard_before.body};
    what.headers = {{"X-First", std::string(find(heard_before.headers, "x-first"))}};
    std::string bytes;
    encode(what, {}, bytes);
    const heard again = listen(bytes, bytes.size(), false);
    const bool has_none = what.status == 204 || what.status == 304;
    if (has_none) what.body.clear();
    BAUDOT_ASSERT(again.end == parse_state::complete && !again.is_cut && again.left == 0,
                  "our own answer is one");
    BAUDOT_ASSERT(again.keep_alive, "and the next may follow");
    BAUDOT_ASSERT(again.what.status == what.status && again.what.body == what.body &&
                      find(again.what.headers, "X-First") == what.headers[0].second,
                  "the same was said");
}

// The bytes as the chunks of a body: lengths and ends of lines from `with`.
void chunked(std::string_view bytes, std::uint8_t with, std::size_t step) {
    std::string encoded = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::size_t length = 1 + with % 7;
    for (std::string_view rest = bytes; !rest.empty(); length = 1 + (length * 5 + with) % 90) {
        const std::string_view chunk = rest.substr(0, length);
        rest.remove_prefix(chunk.size());
        encoded +=
            with & 8 ? fmt::format("{:x}", chunk.size()) : fmt::format("{:04X}", chunk.size());
        if (with & 16) encoded += ";name=\"va\\\"lue\"";
        encoded.append("\r\n").append(chunk).append("\r\n");
    }
    encoded += with & 32 ? "0\r\nX-Trailer: y\r\n\r\n" : "0\r\n\r\n";
    encoded += "HTTP";
    const heard got = listen(encoded, step, false);
    BAUDOT_ASSERT(got.end == parse_state::complete && !got.is_cut, "a chunked answer has an end");
    BAUDOT_ASSERT(got.what.body == bytes, "a body is the sum of its chunks");
    BAUDOT_ASSERT(got.left <= 4, "and what follows it is left");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 2500) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const bool is_head = data[0] % 8 == 7;
    const std::size_t step = 1 + data[1] % 64;
    const heard whole = listen(bytes, bytes.size(), is_head);
    const heard cut = listen(bytes, step, is_head);
    // Garbage may be known as such sooner or later; what is an answer may not depend on it.
    const bool is_one = whole.end == parse_state::complete;
    BAUDOT_ASSERT(is_one == (cut.end == parse_state::complete), "only when the bytes are not cut");
    BAUDOT_ASSERT(equal(whole.what, cut.what), "another answer when the bytes are cut");
    BAUDOT_ASSERT(whole.keep_alive == cut.keep_alive, "another fate of the connection");
    if (is_one && whole.what.status >= 200) send_again(whole.what);
    chunked(bytes, data[0], step);
    return 0;
}
