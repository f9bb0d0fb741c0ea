#include "app/control_socket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <unistd.h>

#include "async/task_group.hpp"
#include "async/virtual_timers.hpp"

namespace baudot::app {
namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using namespace std::chrono_literals;

class control_socket_test : public testing::Test {
public:
    control_socket_test() {
        std::filesystem::create_directories(folder_);
        auto made = control_socket::listen(io_.get_executor(), timers_, folder_);
        EXPECT_TRUE(made.has_value()) << made.error().message;
        socket_ = std::move(*made);
        tasks_.spawn("control", socket_->serve(echo));
    }
    ~control_socket_test() override {
        tasks_.request_stop();
        timers_.run_until(timers_.now() + 1min);
        EXPECT_EQ(tasks_.running(), 0U);
        std::filesystem::remove_all(folder_);
    }

protected:
    static asio::awaitable<std::string> echo(std::string line) {
        if (line == "much") co_return std::string(16 << 20, 'x');  // more than a socket holds
        co_return "heard " + line;
    }

    local::socket call(const std::string& bytes) {
        local::socket caller(io_);
        caller.connect(local::endpoint(folder_ + "/control.sock"));
        asio::write(caller, asio::buffer(bytes));
        return caller;
    }

    void wait(duration time) { timers_.run_until(timers_.now() + time); }

    static std::string heard(local::socket& caller) {
        caller.non_blocking(true);
        std::array<char, 100> answer{};
        boost::system::error_code ec;
        const std::size_t count = caller.read_some(asio::buffer(answer), ec);
        return ec ? ec.message() : std::string(answer.data(), count);
    }

    void expect_the_next_is_served_after_ten_seconds() {
        local::socket next = call("hello\n");
        wait(9s);
        EXPECT_NE(heard(next), "heard hello\n");
        wait(2s);
        EXPECT_EQ(heard(next), "heard hello\n");
    }

    std::string folder_ = testing::TempDir() + "baudot-control-" + std::to_string(::getpid());
    asio::io_context io_;
    virtual_timers timers_{io_};
    std::unique_ptr<control_socket> socket_;
    task_group tasks_{io_.get_executor()};
};

TEST_F(control_socket_test, a_silent_caller_keeps_others_out_for_ten_seconds_at_most) {
    const local::socket silent = call("half a li");
    expect_the_next_is_served_after_ten_seconds();
}

TEST_F(control_socket_test, a_caller_who_takes_no_answer_keeps_others_out_for_ten_seconds_at_most) {
    const local::socket deaf = call("much\n");
    expect_the_next_is_served_after_ten_seconds();
}

TEST_F(control_socket_test, a_line_that_is_too_long_is_answered_by_a_closed_connection) {
    local::socket caller = call(std::string(control_line_bytes_max + 1, 'x'));
    local::socket next = call("hello\n");
    wait(1s);
    EXPECT_EQ(heard(caller).find("heard"), std::string::npos);
    EXPECT_EQ(heard(next), "heard hello\n");
}

}  // namespace
}  // namespace baudot::app
