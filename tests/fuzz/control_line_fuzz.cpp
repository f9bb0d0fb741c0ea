// Any bytes at the control socket, in any pieces: the first line is obeyed, once and exactly, what
// is no line is not, and the next caller is served. Bytes: the length of the pieces, then what is
// said.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/control_socket.hpp"
#include "async/task_group.hpp"
#include "async/virtual_timers.hpp"
#include "base/assert.hpp"

namespace {

namespace asio = boost::asio;
using namespace baudot;
using local = asio::local::stream_protocol;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

class running_socket {
public:
    running_socket() {
        std::string pattern = (std::filesystem::temp_directory_path() / "control_XXXXXX").string();
        BAUDOT_ASSERT(::mkdtemp(pattern.data()), "a folder");
        folder_ = pattern;
        auto made = app::control_socket::listen(io_.get_executor(), timers_, folder_);
        BAUDOT_ASSERT(made, "a socket");
        socket_ = std::move(*made);
        tasks_.spawn("control",
                     socket_->serve([this](std::string line) { return obey(std::move(line)); }));
    }
    ~running_socket() {
        tasks_.request_stop();
        io_.restart();
        io_.run();
        socket_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::string say(std::string_view bytes, std::size_t step) {
        obeyed = std::nullopt;
        calls = 0;
        std::optional<std::string> heard;
        asio::co_spawn(io_, call(bytes, step), [&](std::exception_ptr failure, std::string answer) {
            if (failure) std::rethrow_exception(failure);
            heard = std::move(answer);
        });
        while (!heard) {
            io_.restart();
            io_.run_one();
        }
        return *heard;
    }

    std::optional<std::string> obeyed;
    int calls = 0;

private:
    asio::awaitable<std::string> obey(std::string line) {
        ++calls;
        obeyed = std::move(line);
        co_return "heard " + std::to_string(obeyed->size());
    }

    asio::awaitable<std::string> call(std::string_view bytes, std::size_t step) {
        local::socket to(io_);
        co_await to.async_connect(local::endpoint(folder_ + "/control.sock"), asio::use_awaitable);
        while (!bytes.empty()) {
            const std::string_view piece = bytes.substr(0, step);
            bytes.remove_prefix(piece.size());
            // Who said a line too many may find the door closed.
            const auto [ec, count] = co_await asio::async_write(to, asio::buffer(piece), as_tuple);
            if (ec) break;
        }
        boost::system::error_code ignored;
        to.shutdown(local::socket::shutdown_send, ignored);
        std::string answer;
        (void)co_await asio::async_read(to, asio::dynamic_buffer(answer), as_tuple);
        co_return answer;
    }

    asio::io_context io_{1};
    virtual_timers timers_{io_};  // stand still: however slow this machine is, no deadline passes
    std::string folder_;
    std::unique_ptr<app::control_socket> socket_;
    task_group tasks_{io_.get_executor()};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static running_socket at;
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr std::size_t pieces_max = 500;  // more of them take long and are no other case
    const std::size_t step = 1 + std::size_t{data[0]} * 40 + bytes.size() / pieces_max;
    const std::string answer = at.say(bytes, step);
    const std::size_t end = bytes.find('\n');
    const bool is_line = end < app::control_line_bytes_max;
    BAUDOT_ASSERT(at.calls == (is_line ? 1 : 0), "a line is obeyed once, and nothing else is");
    if (!is_line) {
        BAUDOT_ASSERT(answer.empty(), "nothing is answered to what is no line");
        return 0;
    }
    BAUDOT_ASSERT(*at.obeyed == bytes.substr(0, end), "as it was said");
    // A caller that goes on talking may lose the answer; what there is of it is the answer.
    const std::string whole = "heard " + std::to_string(end) + "\n";
    BAUDOT_ASSERT(answer == whole || (answer.empty() && end + 1 < bytes.size()), "and answered");
    return 0;
}
