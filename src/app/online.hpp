#pragma once

#include <boost/asio/io_context.hpp>

#include <memory>
#include <vector>

#include "app/accounts.hpp"
#include "app/settings.hpp"
#include "app/survey.hpp"
#include "async/timer_service.hpp"
#include "base/error.hpp"

namespace baudot::app {

/// For commands that ask Telegram once and end: an event loop of their own, the accounts of a
/// configuration on it, and a bound on the whole. Trouble is said on stderr. Blocking.
class online {
public:
    /// errc::invalid_argument: a token or `api` is not understood.
    static result<std::unique_ptr<online>> open(const settings& from);

    /// A survey that describes; with `probes` those that show.
    findings survey_of(const std::vector<chat_reference>& chats, duration at_most, bool probes);

    /// The chats in the updates that wait, by account; an account that cannot be asked has none,
    /// and the reason goes to stderr.
    std::vector<std::vector<telegram::chat_info>> peek(duration at_most);

private:
    online() = default;
    template <class T>
    T run(boost::asio::awaitable<T> what);
    boost::asio::awaitable<std::vector<std::vector<telegram::chat_info>>> peek_all(time_point end);

    steady_timers timers_;
    boost::asio::io_context io_{1};
    observe::logger log_;
    std::vector<connected_account> accounts_;
};

}  // namespace baudot::app
