#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/byte_queue.hpp"
#include "http/message.hpp"

namespace baudot::http {

// HTTP/1.1 as bytes, without I/O. The grammar is Beast's parser; nothing of Beast is seen here.

enum class parse_state { need_more, complete, failed };

struct parse_limits {
    std::size_t header_bytes_max;
    std::size_t body_bytes_max;
};

/// Requests of one connection, one after the other. Never throws on what the bytes are.
class request_parser {
public:
    explicit request_parser(parse_limits limits);
    ~request_parser();

    /// Takes what belongs to the current request from `input`; bytes after it stay there.
    parse_state parse(byte_queue& input);

    bool header_done() const;
    bool expects_continue() const;  // "Expect: 100-continue", and the body is not here yet
    bool keep_alive() const;
    int version() const;       // 10 or 11
    int error_status() const;  // after failed: 400, 413 or 431

    /// The complete request; the parser is ready for the next one.
    request take();

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

/// The answer to one request.
class response_parser {
public:
    /// `is_head`: the answer has no body, whatever its headers say.
    response_parser(parse_limits limits, bool is_head);
    ~response_parser();

    /// Informational answers (1xx) are skipped.
    parse_state parse(byte_queue& input);

    /// The peer closed: complete when the body is delimited by that, need_more when it was cut.
    parse_state parse_end();

    bool keep_alive() const;
    const std::string& why() const;  // after failed, for people
    response take();

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

struct response_framing {
    bool keep_alive = true;
    bool is_head = false;  // announce the body, do not send it
    int version = 11;
    std::string_view date{};  // IMF-fixdate
};

/// Appends status line, headers and, up to `inline_body_max` bytes, the body. True when the
/// body is still to be sent. Line breaks inside a header are left out.
bool encode(const response& what, const response_framing& framing, std::string& bytes);

/// The same for a request. `host` is the value of the Host header.
bool encode(const request& what, std::string_view host, std::string& bytes);

/// A body up to this size travels in the same buffer, and so in the same packet, as the headers.
inline constexpr std::size_t inline_body_max = 16 << 10;

/// False for a method or target that would change the meaning of the request on the wire
/// (spaces, line breaks).
bool is_sendable(const request& what) noexcept;

}  // namespace baudot::http
