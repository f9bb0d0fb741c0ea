#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "async/timer_service.hpp"
#include "http/byte_queue.hpp"
#include "http/codec.hpp"
#include "http/server.hpp"
#include "http/transport.hpp"

namespace baudot::http {

/// What the sessions of one server share. Outlives them.
struct server_state {
    server_state(boost::asio::any_io_executor executor, timer_service& clock, server_options wanted,
                 handler handler_of_all)
        : shard(std::move(executor)),
          timers(clock),
          options(std::move(wanted)),
          handle(std::move(handler_of_all)) {}

    const boost::asio::any_io_executor shard;
    timer_service& timers;
    const server_options options;
    const handler handle;
    std::list<class session*> sessions;  // for the sweeper

    /// The Date header; formatted once a second.
    const std::string& date();

private:
    std::int64_t date_second_ = -1;
    std::string date_;
};

/// One connection of the server: read, handle, answer, again. Sequential, so pipelined
/// requests are answered in order.
///
/// Time is bounded by the server's sweeper and not by a timer of its own: arming one costs a
/// tenth of a whole request.
class session {
public:
    session(server_state& server, std::unique_ptr<transport> stream);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Until the connection ends. Cancelling it cancels the handler and waits for it.
    boost::asio::awaitable<void> run();

    /// Closes the connection when the peer has let it wait for longer than idle_max.
    void close_if_stalled(time_point now);

private:
    enum class phase { reading, handling, writing, draining };

    boost::asio::awaitable<parse_state> read_request();
    boost::asio::awaitable<std::optional<answer>> handle(request what);
    boost::asio::awaitable<void> watch_peer();
    boost::asio::awaitable<bool> write(const response& what, const response_framing& framing);
    boost::asio::awaitable<bool> write_all(std::string_view bytes);
    boost::asio::awaitable<void> drain();
    void on_handled(const std::exception_ptr& failure, answer value);
    void enter(phase next);
    void note_progress(std::size_t bytes);

    server_state& server_;
    const std::unique_ptr<transport> stream_;
    std::list<session*>::iterator self_;
    request_parser parser_;
    byte_queue input_;
    std::string output_;

    phase phase_ = phase::reading;
    time_point progress_at_;          // start of the phase, or the last good progress in it
    std::size_t progress_bytes_ = 0;  // since then

    // The handler in flight.
    boost::asio::cancellation_signal stop_handler_;
    boost::asio::steady_timer handled_;  // cancelled when the handler ends
    std::optional<answer> answer_;
    bool handler_done_ = true;
    bool watching_ = false;  // a read is pending while the handler runs
    bool peer_gone_ = false;
};

}  // namespace baudot::http
