#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/server.hpp"

namespace baudot::api {

/// Where Telegram's posts come in: a path for each account. What comes with a wrong path or secret
/// is told nothing, and no answer has a body. On the server's shard.
class webhook_door {
public:
    /// Returns the HTTP status; `secret` is of X-Telegram-Bot-Api-Secret-Token. Both live until
    /// then.
    using taker =
        std::function<boost::asio::awaitable<int>(std::string_view secret, std::string_view body)>;

    void add(std::string path, taker take) { takers_[std::move(path)] = std::move(take); }

    boost::asio::awaitable<http::answer> handle(http::request asked);

private:
    std::map<std::string, taker, std::less<>> takers_;
};

}  // namespace baudot::api
