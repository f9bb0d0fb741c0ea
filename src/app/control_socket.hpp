#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/timer_service.hpp"
#include "base/error.hpp"

namespace baudot::app {

/// Where commands reach the Baudot that runs on a data directory: DATA/control.sock, for its owner
/// only (0600). One line in, one line out, one caller at a time. An answer that begins with
/// "failed N " is the reason of a failure with exit code N. A caller who is silent, or takes no
/// answer, for 10 s is left, so that he keeps nobody else out.
class control_socket {
public:
    using handler = std::function<boost::asio::awaitable<std::string>(std::string line)>;

    /// The caller holds the data directory, so a socket that is there is of a run that died.
    static result<std::unique_ptr<control_socket>> listen(const boost::asio::any_io_executor& shard,
                                                          timer_service& timers,
                                                          const std::string& data);
    ~control_socket();

    /// Until it is cancelled. A caller that leaves does not end what it asked for.
    boost::asio::awaitable<void> serve(handler obey);

private:
    using socket = boost::asio::local::stream_protocol::socket;

    boost::asio::awaitable<void> attend(socket& caller, const handler& obey);

    control_socket(boost::asio::local::stream_protocol::acceptor acceptor, timer_service& timers,
                   std::string path)
        : acceptor_(std::move(acceptor)), timers_(timers), path_(std::move(path)) {}

    boost::asio::local::stream_protocol::acceptor acceptor_;
    timer_service& timers_;
    std::string path_;
};

/// Of an answer that is one of a failure.
struct control_failure {
    int code = 0;
    std::string why;
};
std::optional<control_failure> failure_of(std::string_view answer);

/// A longer line is not read.
inline constexpr std::size_t control_line_bytes_max = 64 << 10;

/// Asks the Baudot that runs on `data`; waits for its answer. errc::not_found: none runs, or it has
/// no socket. Blocking; `wait` is called every second until the answer is there.
result<std::string> ask_running(const std::string& data, const std::string& line,
                                const std::function<void()>& wait);

}  // namespace baudot::app
