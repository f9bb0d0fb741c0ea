#include "http/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace baudot::http {
namespace {

constexpr parse_limits generous{.header_bytes_max = 64 << 10, .body_bytes_max = 1 << 20};

void append(byte_queue& queue, std::string_view bytes) {
    if (bytes.empty()) return;
    const auto room = queue.prepare(bytes.size());
    std::memcpy(room.data(), bytes.data(), bytes.size());
    queue.commit(bytes.size());
}

TEST(request_parser_test, the_same_requests_come_out_wherever_the_bytes_are_cut) {
    const std::string bytes =
        "POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        "GET /c HTTP/1.0\r\n\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        request_parser parser(generous);
        byte_queue queue;
        std::string seen;
        for (const std::string_view part :
             {std::string_view(bytes).substr(0, cut), std::string_view(bytes).substr(cut)}) {
            append(queue, part);
            while (parser.parse(queue) == parse_state::complete) {
                seen += parser.keep_alive() ? "+" : "-";
                const request taken = parser.take();
                seen += taken.method + taken.target + "=" + taken.body + " ";
            }
        }
        EXPECT_EQ(seen, "+POST/a?b=1=hello +POST/b=abcde -GET/c= ") << "cut at " << cut;
        EXPECT_TRUE(queue.empty());
    }
}

TEST(request_parser_test, each_limit_has_its_status) {
    const auto status_of = [](std::string_view bytes) {
        request_parser parser({.header_bytes_max = 200, .body_bytes_max = 10});
        byte_queue queue;
        append(queue, bytes);
        EXPECT_EQ(parser.parse(queue), parse_state::failed);
        return parser.error_status();
    };
    EXPECT_EQ(status_of("POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n"), 413);
    EXPECT_EQ(status_of("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world"),
              413);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(300, 'x')), 431);
    EXPECT_EQ(status_of("GARBAGE\r\n\r\n"), 400);
    EXPECT_EQ(status_of("POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n"), 400);
    EXPECT_EQ(status_of("POST / HTTP/1.1\r\nContent-Length: 2\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n"),
              400);
}

TEST(response_parser_test, informational_answers_are_skipped) {
    response_parser parser(generous, false);
    byte_queue queue;
    append(queue,
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    ASSERT_EQ(parser.parse(queue), parse_state::complete);
    EXPECT_TRUE(parser.keep_alive());
    const response taken = parser.take();
    EXPECT_EQ(taken.status, 200);
    EXPECT_EQ(taken.body, "ok");
    EXPECT_EQ(taken.headers.size(), 1u);
}

TEST(response_parser_test, the_end_of_the_connection_ends_only_a_body_without_length) {
    const auto state_of = [](std::string_view bytes) {
        response_parser parser(generous, false);
        byte_queue queue;
        append(queue, bytes);
        if (!bytes.empty()) {
            EXPECT_EQ(parser.parse(queue), parse_state::need_more);
        }
        return parser.parse_end();
    };
    EXPECT_EQ(state_of("HTTP/1.1 200 OK\r\n\r\nhalf or all"), parse_state::complete);
    EXPECT_EQ(state_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf"), parse_state::need_more);
    EXPECT_EQ(state_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
              parse_state::need_more);
    EXPECT_EQ(state_of("HTTP/1.1 200 OK\r\nContent-"), parse_state::need_more);
    EXPECT_EQ(state_of("HTTP/1.1 100 Continue\r\n\r\n"), parse_state::need_more);
    EXPECT_EQ(state_of(""), parse_state::need_more);
}

TEST(response_parser_test, an_empty_chunked_body_may_come_in_any_pieces) {
    response_parser parser(generous, false);
    byte_queue queue;
    parse_state state = parse_state::need_more;
    for (const char each :
         std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
        EXPECT_EQ(state, parse_state::need_more);
        append(queue, std::string_view(&each, 1));
        state = parser.parse(queue);
    }
    EXPECT_EQ(state, parse_state::complete);
    EXPECT_EQ(parser.take().body, "");
}

TEST(response_parser_test, the_answer_to_head_has_no_body) {
    response_parser parser(generous, true);
    byte_queue queue;
    append(queue, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(parser.parse(queue), parse_state::complete);
}

TEST(encode_test, a_header_value_cannot_start_a_new_line) {
    std::string bytes;
    encode(response{.headers = {{"X-A", "1\r\nX-B: 2"}}, .body = "b"}, {.date = "now"}, bytes);
    EXPECT_EQ(bytes, "HTTP/1.1 200 OK\r\nDate: now\r\nX-A: 1X-B: 2\r\nContent-Length: 1\r\n\r\nb");
}

TEST(encode_test, a_large_body_is_left_to_be_sent_from_where_it_is) {
    std::string bytes;
    const response large{.body = std::string(inline_body_max + 1, 'x')};
    EXPECT_TRUE(encode(large, {}, bytes));
    EXPECT_EQ(bytes, "HTTP/1.1 200 OK\r\nContent-Length: 16385\r\n\r\n");
    EXPECT_FALSE(encode(large, {.is_head = true}, bytes));
}

TEST(encode_test, a_request_says_its_length_except_a_get_without_body) {
    std::string bytes;
    encode(request{.target = "/x"}, "h:1", bytes);
    EXPECT_EQ(bytes, "GET /x HTTP/1.1\r\nHost: h:1\r\n\r\n");
    bytes.clear();
    encode(request{.method = "POST", .target = "/x"}, "h", bytes);
    EXPECT_EQ(bytes, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
}

TEST(encode_test, a_target_that_would_split_the_request_is_not_sendable) {
    EXPECT_TRUE(is_sendable({.target = "/bot1:a/getMe"}));
    EXPECT_FALSE(is_sendable({.target = "/x HTTP/1.1\r\n\r\nGET /"}));
    EXPECT_FALSE(is_sendable({.target = ""}));
    EXPECT_FALSE(is_sendable({.method = "GE T"}));
}

TEST(find_test, names_compare_without_case) {
    const fields headers{{"Retry-After", "3"}, {"retry-after", "4"}};
    EXPECT_EQ(find(headers, "RETRY-AFTER"), "3");
    EXPECT_EQ(find(headers, "Retry"), "");
}

}  // namespace
}  // namespace baudot::http
