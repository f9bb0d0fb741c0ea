#include "app/control_socket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <sys/stat.h>
#include <sys/un.h>
#include <utility>

#include "async/with_deadline.hpp"

namespace baudot::app {
namespace asio = boost::asio;
using local = asio::local::stream_protocol;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr duration accept_pause = std::chrono::seconds(1);
constexpr duration patience = std::chrono::seconds(10);

asio::awaitable<result<std::string>> read_line(local::socket& from) {
    std::string line;
    const auto [ec, count] = co_await asio::async_read_until(
        from, asio::dynamic_buffer(line, control_line_bytes_max), '\n', as_tuple);
    if (ec) co_return fail(errc::connection_lost, ec.message());
    line.resize(count - 1);
    co_return line;
}

asio::awaitable<result<void>> write_all(local::socket& to, const std::string& bytes) {
    const auto [ec, count] = co_await asio::async_write(to, asio::buffer(bytes), as_tuple);
    if (ec) co_return fail(errc::connection_lost, ec.message());
    co_return result<void>{};
}

std::string path_in(const std::string& data) {
    return data + "/control.sock";
}

}  // namespace

result<std::unique_ptr<control_socket>> control_socket::listen(const asio::any_io_executor& shard,
                                                               timer_service& timers,
                                                               const std::string& data) {
    const std::string path = path_in(data);
    if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
        return fail(errc::invalid_argument, path + " is too long for a socket (107 bytes)");
    }
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    boost::system::error_code ec;
    local::acceptor acceptor(shard);
    acceptor.open(local(), ec);
    if (!ec) acceptor.bind(local::endpoint(path), ec);
    if (!ec && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) ec.assign(errno, ec.category());
    if (!ec) acceptor.listen(4, ec);
    if (ec) return fail(errc::io_failed, path + ": " + ec.message());
    return std::unique_ptr<control_socket>(new control_socket(std::move(acceptor), timers, path));
}

control_socket::~control_socket() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

asio::awaitable<void> control_socket::serve(handler obey) {
    for (;;) {
        auto [refused, caller] = co_await acceptor_.async_accept(as_tuple);
        if (refused) {  // out of descriptors, most often: no reason to end the relay
            co_await timers_.sleep_until(timers_.now() + accept_pause);
            continue;
        }
        co_await attend(caller, obey);
    }
}

asio::awaitable<void> control_socket::attend(socket& caller, const handler& obey) {
    auto line = co_await with_deadline(timers_, timers_.now() + patience, read_line(caller));
    if (!line) co_return;
    const std::string answer = co_await obey(*std::move(line)) + '\n';
    (void)co_await with_deadline(timers_, timers_.now() + patience, write_all(caller, answer));
}

std::optional<control_failure> failure_of(std::string_view answer) {
    constexpr std::string_view mark = "failed ";
    if (!answer.starts_with(mark)) return std::nullopt;
    answer.remove_prefix(mark.size());
    control_failure found;
    std::from_chars(answer.data(), answer.data() + answer.size(), found.code);
    answer.remove_prefix(answer.find(' ') + 1);
    found.why = answer;
    return found;
}

result<std::string> ask_running(const std::string& data, const std::string& line,
                                const std::function<void()>& wait) {
    const std::string path = path_in(data);
    if (path.size() >= sizeof(sockaddr_un{}.sun_path)) return fail(errc::not_found, path);
    asio::io_context io{1};
    local::socket socket(io);
    boost::system::error_code ec;
    socket.connect(local::endpoint(path), ec);
    if (ec) return fail(errc::not_found, path + ": " + ec.message());
    asio::write(socket, asio::buffer(line + '\n'), ec);
    if (ec) return fail(errc::connection_lost, path + ": " + ec.message());
    std::string answer;
    bool done = false;
    asio::async_read_until(socket, asio::dynamic_buffer(answer), '\n',
                           [&](const boost::system::error_code& failed, std::size_t) {
                               ec = failed;
                               done = true;
                           });
    while (!done) {
        io.run_for(std::chrono::seconds(1));
        if (!done) wait();
    }
    if (ec) return fail(errc::connection_lost, "the running Baudot ended before it answered");
    answer.resize(answer.find('\n'));
    return answer;
}

}  // namespace baudot::app
