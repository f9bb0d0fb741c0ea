// Beast 1.81 asserts that the last chunk comes in at least five bytes when it comes in pieces; it
// may come in four ("0", CR, LF, CR). What it then does is right, and a stranger's bytes end no
// program.
#define BOOST_DISABLE_ASSERTS

#include "http/codec.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace baudot::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

// Trust in a Content-Length that nothing has confirmed yet.
constexpr std::uint64_t reserve_max = 1 << 20;

// Beast's parser filling our message directly, without its field container.
template <bool IsRequest>
class message_sink final : public beast::http::basic_parser<IsRequest> {
    using base = beast::http::basic_parser<IsRequest>;
    using message = std::conditional_t<IsRequest, request, response>;

public:
    explicit message_sink(parse_limits limits) {
        constexpr std::size_t header_max = std::numeric_limits<std::uint32_t>::max();
        this->header_limit(
            static_cast<std::uint32_t>(std::min(limits.header_bytes_max, header_max)));
        this->body_limit(limits.body_bytes_max);
        this->eager(true);
    }

    message what;
    int version = 11;
    bool expects_continue = false;

private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                         int number, error_code& ec) override {
        version = number;
        if constexpr (IsRequest) {
            what.method.assign(method.data(), method.size());
            what.target.assign(target.data(), target.size());
        }
        ec = {};
    }
    void on_response_impl(int status, beast::string_view, int, error_code& ec) override {
        if constexpr (!IsRequest) what.status = status;
        ec = {};
    }
    void on_field_impl(beast::http::field name, beast::string_view text, beast::string_view value,
                       error_code& ec) override {
        what.headers.emplace_back(std::string(text.data(), text.size()),
                                  std::string(value.data(), value.size()));
        if (name == beast::http::field::expect && beast::iequals(value, "100-continue")) {
            expects_continue = true;
        }
        ec = {};
    }
    void on_header_impl(error_code& ec) override { ec = {}; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override {
        if (length) what.body.reserve(std::min(*length, reserve_max));
        ec = {};
    }
    std::size_t on_body_impl(beast::string_view part, error_code& ec) override {
        what.body.append(part.data(), part.size());
        ec = {};
        return part.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code& ec) override {
        ec = {};
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view part,
                                   error_code& ec) override {
        return on_body_impl(part, ec);
    }
    void on_finish_impl(error_code& ec) override { ec = {}; }
};

template <class Sink>
parse_state advance(Sink& sink, byte_queue& input, error_code& failure) {
    while (!sink.is_done() && !input.empty()) {
        error_code ec;
        const std::string_view bytes = input.data();
        const std::size_t used = sink.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
        input.consume(used);
        if (ec == beast::http::error::need_more) break;
        if (ec) {
            failure = ec;
            return parse_state::failed;
        }
        if (used == 0) break;
    }
    return sink.is_done() ? parse_state::complete : parse_state::need_more;
}

void append_number(std::string& bytes, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    bytes.append(digits, end);
}

// A header must not start a new line, whatever a handler was given to echo.
void append_line(std::string& bytes, std::string_view name, std::string_view value) {
    const auto append = [&](std::string_view text) {
        if (text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos) {
            bytes.append(text);
            return;
        }
        for (const char each : text) {
            if (each != '\r' && each != '\n' && each != '\0') bytes.push_back(each);
        }
    };
    append(name);
    bytes.append(": ");
    append(value);
    bytes.append("\r\n");
}

bool append_body(const std::string& body, std::string& bytes) {
    if (body.size() > inline_body_max) return true;
    bytes.append(body);
    return false;
}

}  // namespace

class request_parser::impl {
public:
    explicit impl(parse_limits wanted) : limits(wanted) { sink.emplace(limits); }

    const parse_limits limits;
    std::optional<message_sink<true>> sink;
    error_code failure;
};

request_parser::request_parser(parse_limits limits) : impl_(std::make_unique<impl>(limits)) {}
request_parser::~request_parser() = default;

parse_state request_parser::parse(byte_queue& input) {
    return advance(*impl_->sink, input, impl_->failure);
}

bool request_parser::header_done() const {
    return impl_->sink->is_header_done();
}

bool request_parser::expects_continue() const {
    return impl_->sink->expects_continue && header_done() && impl_->sink->what.body.empty();
}

bool request_parser::keep_alive() const {
    return impl_->sink->keep_alive();
}

int request_parser::version() const {
    return impl_->sink->version == 10 ? 10 : 11;
}

int request_parser::error_status() const {
    if (impl_->failure == beast::http::error::body_limit) return 413;
    if (impl_->failure == beast::http::error::header_limit) return 431;
    return 400;
}

request request_parser::take() {
    request taken = std::move(impl_->sink->what);
    impl_->sink.emplace(impl_->limits);
    return taken;
}

class response_parser::impl {
public:
    impl(parse_limits wanted, bool head) : limits(wanted), is_head(head) { restart(); }

    void restart() {
        sink.emplace(limits);
        sink->skip(is_head);
    }

    const parse_limits limits;
    const bool is_head;
    std::optional<message_sink<false>> sink;
    std::string why;
};

response_parser::response_parser(parse_limits limits, bool is_head)
    : impl_(std::make_unique<impl>(limits, is_head)) {}
response_parser::~response_parser() = default;

parse_state response_parser::parse(byte_queue& input) {
    for (;;) {
        error_code failure;
        const parse_state state = advance(*impl_->sink, input, failure);
        if (state == parse_state::failed) impl_->why = failure.message();
        if (state != parse_state::complete || impl_->sink->what.status >= 200) return state;
        impl_->restart();
    }
}

parse_state response_parser::parse_end() {
    auto& sink = *impl_->sink;
    if (!sink.is_header_done() || !sink.need_eof()) return parse_state::need_more;
    error_code ec;
    sink.put_eof(ec);
    return ec ? parse_state::need_more : parse_state::complete;
}

bool response_parser::keep_alive() const {
    return impl_->sink->keep_alive();
}
const std::string& response_parser::why() const {
    return impl_->why;
}
response response_parser::take() {
    return std::move(impl_->sink->what);
}

std::string_view reason(int status) noexcept {
    const auto text =
        beast::http::obsolete_reason(beast::http::int_to_status(static_cast<unsigned>(status)));
    return {text.data(), text.size()};
}

bool encode(const response& what, const response_framing& framing, std::string& bytes) {
    bytes.append(framing.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ");
    append_number(bytes, static_cast<std::uint64_t>(what.status));
    bytes.push_back(' ');
    bytes.append(reason(what.status));
    bytes.append("\r\n");
    if (!framing.date.empty()) append_line(bytes, "Date", framing.date);
    for (const auto& [name, value] : what.headers) append_line(bytes, name, value);
    if (!framing.keep_alive) bytes.append("Connection: close\r\n");
    if (framing.keep_alive && framing.version == 10) bytes.append("Connection: keep-alive\r\n");

    const bool may_have_body = what.status >= 200 && what.status != 204 && what.status != 304;
    if (may_have_body) {
        bytes.append("Content-Length: ");
        append_number(bytes, what.body.size());
        bytes.append("\r\n");
    }
    bytes.append("\r\n");
    if (!may_have_body || framing.is_head) return false;
    return append_body(what.body, bytes);
}

bool encode(const request& what, std::string_view host, std::string& bytes) {
    bytes.append(what.method).append(" ").append(what.target).append(" HTTP/1.1\r\nHost: ");
    bytes.append(host).append("\r\n");
    for (const auto& [name, value] : what.headers) append_line(bytes, name, value);
    // A GET without a body announces none; a POST always says how long it is.
    if (!what.body.empty() || (what.method != "GET" && what.method != "HEAD")) {
        bytes.append("Content-Length: ");
        append_number(bytes, what.body.size());
        bytes.append("\r\n");
    }
    bytes.append("\r\n");
    return append_body(what.body, bytes);
}

bool is_sendable(const request& what) noexcept {
    const auto plain = [](std::string_view text) {
        return !text.empty() && std::ranges::all_of(text, [](char each) {
            return static_cast<unsigned char>(each) > 0x20 && each != 0x7f;
        });
    };
    return plain(what.method) && plain(what.target);
}

}  // namespace baudot::http
