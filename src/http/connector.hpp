#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <vector>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "http/base_url.hpp"
#include "http/transport.hpp"

namespace baudot::http {

/// Opens connections to one server: resolve, connect, TLS. On one shard only.
///
/// One look-up serves everyone who waits for it: the system's resolver answers one question at
/// a time. It cannot be interrupted either, so a wait that is given up leaves it to end alone.
/// The addresses are tried in order, beginning with the one that worked last, each with its
/// share of the time: a dead IPv6 route must not use it up.
class connector {
public:
    using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

    connector(const boost::asio::any_io_executor& shard, timer_service& timers, base_url url,
              duration timeout, std::unique_ptr<tls_client> tls);
    ~connector();

    /// errc::connection_failed for every failure, also when the timeout has passed. Cancelling
    /// throws system_error(operation_aborted).
    boost::asio::awaitable<result<std::unique_ptr<transport>>> open();

private:
    struct look_up;

    boost::asio::awaitable<result<std::unique_ptr<transport>>> open_unbounded(time_point until);
    boost::asio::awaitable<result<endpoints>> resolve();
    boost::asio::awaitable<result<boost::asio::ip::tcp::socket>> connect(time_point until);
    static boost::asio::awaitable<result<void>> connect_to(boost::asio::ip::tcp::socket& socket,
                                                           boost::asio::ip::tcp::endpoint where);

    boost::asio::any_io_executor shard_;
    timer_service& timers_;
    const base_url url_;
    const duration timeout_;
    const std::unique_ptr<tls_client> tls_;  // null: plain
    std::shared_ptr<look_up> look_up_;       // the one in flight
    boost::asio::ip::tcp::endpoint worked_;  // the address that accepted last
};

}  // namespace baudot::http
