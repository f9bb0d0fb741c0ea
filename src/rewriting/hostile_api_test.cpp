#include "http/client_fixture.hpp"
#include "rewriting/calling.hpp"

// One call over a real connection, to servers that are slow, dead, wrong or mean harm.

namespace baudot::rewriting {
namespace {

// run() keeps the closure until its coroutine has ended.
// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines)

using namespace std::chrono_literals;
namespace asio = boost::asio;
using http::peer;

class hostile_api : public http::client_test {
protected:
    /// A call to a server that answers each request with `bytes`; then it closes.
    std::string outcome_of(const std::string& bytes, duration within = 10s) {
        serve([this, bytes](peer& with, int) -> asio::awaitable<void> {
            while (co_await with.read()) {
                ++requests;
                co_await with.write(bytes);
                with.finish();
            }
        });
        return call(within);
    }

    std::string call(duration within) {
        const text_api api{.name = "mine",
                           .kind = api_kind::webhook,
                           .url = fmt::format("http://127.0.0.1:{}/hook", port()),
                           .key = "a-secret-key-1234"};
        question asked{.what = {.api = "mine"}};
        asked.text = text::read_marked({.text = "text", .entities = {}});
        const auto talk = make_dialogue(api, endpoint_of(api).value(), asked);
        auto calls = connect(io.get_executor(), timers, api);
        std::string said = "nothing";
        run([&]() -> asio::awaitable<void> {
            const auto got = co_await ask(**calls, **talk, timers.now() + within);
            if (got) {
                said = got->bytes;
            } else {
                const bool is_wrong = got.error().kind == failure_kind::wrong;
                said = (is_wrong ? "wrong: " : "unavailable: ") + got.error().message;
            }
            calls->reset();
        });
        EXPECT_EQ(said.find("a-secret-key"), said.npos);
        return said;
    }

    static std::string with_body(const std::string& body) {
        return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    }

    int requests = 0;
};

TEST_F(hostile_api, a_good_answer_is_taken) {
    EXPECT_EQ(outcome_of(with_body(R"({"text":"answer"})")), "answer");
    EXPECT_EQ(requests, 1);
}

TEST_F(hostile_api, a_redirect_to_this_machine_is_not_followed) {
    const std::string to = fmt::format("http://127.0.0.1:{}/inside", port());
    const std::string said =
        outcome_of("HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(said, "wrong: HTTP 302: it redirects, which is never followed");
    EXPECT_EQ(requests, 1);
    EXPECT_EQ(accepted, 1);
}

TEST_F(hostile_api, a_redirect_to_metadata_is_not_followed) {
    const std::string said = outcome_of(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/latest/meta-data/\r\n"
        "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(said, "wrong: HTTP 307: it redirects, which is never followed");
}

TEST_F(hostile_api, an_answer_that_is_too_large_is_not_read_to_its_end) {
    const std::string said = outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n{");
    EXPECT_TRUE(said.starts_with("wrong: ")) << said;
}

TEST_F(hostile_api, an_answer_without_end_is_left_once_it_is_too_large) {
    serve([](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int piece = 0; piece < 64; ++piece) {
            co_await with.write("10000\r\n" + std::string(65536, ' ') + "\r\n");
        }
    });
    EXPECT_TRUE(call(10s).starts_with("wrong: "));
}

TEST_F(hostile_api, a_drip_ends_at_the_deadline) {
    serve([this](peer& with, int) -> asio::awaitable<void> {
        co_await with.read();
        co_await with.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        for (;;) {
            co_await with.write(" ");
            co_await pause();
        }
    });
    EXPECT_TRUE(call(40ms).starts_with("unavailable: "));
}

TEST_F(hostile_api, silence_ends_at_the_deadline) {
    serve([](peer& with, int) -> asio::awaitable<void> {
        while (co_await with.read()) {
        }
    });
    EXPECT_TRUE(call(40ms).starts_with("unavailable: "));
}

TEST_F(hostile_api, an_answer_that_is_cut_is_no_text) {
    const std::string whole = with_body(R"({"text":"answer"})");
    EXPECT_TRUE(outcome_of(whole.substr(0, whole.size() - 1)).starts_with("unavailable: "));
}

TEST_F(hostile_api, what_is_no_http_is_wrong) {
    EXPECT_TRUE(outcome_of("SSH-2.0-OpenSSH_9.2\r\n\r\n").starts_with("wrong: "));
}

TEST_F(hostile_api, what_is_no_text_is_wrong) {
    EXPECT_EQ(outcome_of(with_body("<html>")), "wrong: the answer is no JSON");
}

TEST_F(hostile_api, bytes_that_are_no_utf8_are_wrong) {
    EXPECT_TRUE(outcome_of(with_body("{\"text\":\"\xFF\xFE\"}")).starts_with("wrong: "));
}

TEST_F(hostile_api, a_close_before_any_answer_is_no_answer) {
    serve([](peer& with, int) -> asio::awaitable<void> { co_await with.read(); });
    EXPECT_TRUE(call(10s).starts_with("unavailable: "));
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace baudot::rewriting
