#include "app/online.hpp"

#include <boost/asio/co_spawn.hpp>

#include <cstdio>
#include <exception>
#include <utility>

#include "async/for_each.hpp"
#include "async/with_deadline.hpp"
#include "observe/stream_log.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

// Of one question: a server that restarts is waited for, a network that is down is a finding.
constexpr duration patience = std::chrono::seconds(8);

}  // namespace

result<std::unique_ptr<online>> online::open(const settings& from) {
    std::unique_ptr<online> made(new online);
    made->log_ = observe::logger(observe::make_stream_log({}), "baudot");
    auto accounts = connect_all(made->io_.get_executor(), made->timers_, from);
    if (!accounts) return std::unexpected(accounts.error());
    made->accounts_ = std::move(*accounts);
    return made;
}

// The loop is stopped at the end and not left to run dry: idle connections would keep it.
template <class T>
T online::run(asio::awaitable<T> what) {
    std::optional<T> got;
    std::exception_ptr failure;
    asio::co_spawn(io_, std::move(what), [&](std::exception_ptr thrown, T value) {
        failure = std::move(thrown);
        if (!failure) got = std::move(value);
        io_.stop();
    });
    io_.run();
    io_.restart();
    if (failure) std::rethrow_exception(failure);
    return std::move(*got);
}

findings online::survey_of(const std::vector<chat_reference>& chats, duration at_most,
                           bool probes) {
    survey asking(accounts_, timers_, log_,
                  {.give_up = timers_.now() + at_most,
                   .patience = patience,
                   .describes = true,
                   .probes = probes});
    return run(asking.ask(chats));
}

std::vector<std::vector<telegram::chat_info>> online::peek(duration at_most) {
    return run(peek_all(timers_.now() + at_most));
}

asio::awaitable<std::vector<std::vector<telegram::chat_info>>> online::peek_all(time_point end) {
    std::vector<std::vector<telegram::chat_info>> all(accounts_.size());
    auto peek = [&](std::size_t at) -> asio::awaitable<void> {
        auto chats = co_await with_deadline(timers_, end, accounts_[at].bot->peek_chats());
        if (chats) {
            all[at] = std::move(*chats);
        } else {
            log_.warning("what waits for an account cannot be looked at", chats.error(),
                         {{"account", accounts_[at].bot->name()}});
        }
    };
    co_await for_each_index(accounts_.size(), accounts_.size(), peek);
    co_return all;
}

}  // namespace baudot::app
