#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "http/server.hpp"
#include "observe/metrics.hpp"

namespace baudot::api {

/// What keeps the node from doing its work right now, a sentence each; empty: ready.
using readiness = std::function<std::vector<std::string>()>;

/// JSON, without secrets.
using description = std::function<std::string()>;

/// Answers GET and HEAD of
///   /live     200 while the shard turns
///   /ready    200, or 503 with the reasons, one per line
///   /metrics  Prometheus text
///   /config   JSON: which configuration is in effect, and since when
/// and 404 or 405 to everything else. On the server's shard; `figures` outlives it.
class status {
public:
    status(observe::metrics& figures, readiness ready, description configuration)
        : figures_(figures), ready_(std::move(ready)), configuration_(std::move(configuration)) {}

    boost::asio::awaitable<http::answer> handle(http::request asked);

private:
    observe::metrics& figures_;
    readiness ready_;
    description configuration_;
};

}  // namespace baudot::api
