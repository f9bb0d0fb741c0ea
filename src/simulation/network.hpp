#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "async/task_group.hpp"
#include "async/timer_service.hpp"
#include "base/random.hpp"
#include "http/connector.hpp"
#include "http/server.hpp"
#include "http/session.hpp"
#include "simulation/pipe.hpp"

namespace baudot::simulation {

/// What may happen to one answer on its way.
enum class spoilage : std::uint8_t { truncated, garbage, dripping };

/// The network between one process and one server: production sessions at one end, whatever a
/// client makes of a transport at the other, pipes between them. On one shard.
class network {
public:
    network(const boost::asio::any_io_executor& shard, timer_service& timers, http::handler handle,
            std::uint64_t seed);
    ~network();

    /// Ways in, for http::make_client(). They end with the network.
    std::unique_ptr<http::connector> make_connector();

    /// Connections are refused until then.
    void refuse_until(time_point when) { refused_until_ = when; }
    /// Nothing arrives on the connections there are until then.
    void stall_until(time_point when);
    /// All connections are reset.
    void cut();
    /// The next answer arrives like that.
    void spoil_next_answer(spoilage how) { spoilage_ = how; }

    /// The process is gone: every connection is cut, and there will be no other.
    void sever();
    /// Of the server's ends.
    std::size_t running() const { return sessions_.running(); }

private:
    struct link;
    class client_end;
    class server_end;
    class memory_connector;

    result<std::unique_ptr<http::transport>> connect();
    boost::asio::awaitable<void> serve(std::shared_ptr<link> on);
    void spoil(link& which);

    boost::asio::any_io_executor shard_;
    timer_service& timers_;
    http::server_state server_;
    random_source random_;
    std::vector<std::weak_ptr<link>> links_;
    time_point refused_until_{};
    std::optional<spoilage> spoilage_;
    task_group sessions_;  // last: they use everything above
};

}  // namespace baudot::simulation
