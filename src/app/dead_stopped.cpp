#include "app/dead_stopped.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <utility>

#include "app/data_directory.hpp"
#include "app/dead_desk.hpp"
#include "async/blocking_pool.hpp"
#include "async/task_group.hpp"
#include "async/timer_service.hpp"
#include "engine/relay.hpp"
#include "journal/posix_disk.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"
#include "store/rocksdb_store.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

// With its end it becomes a fact that these are not sent again, so nobody tells of them later.
void tell_skipped(const std::vector<engine::uncertain_delivery>& uncertain) {
    for (const engine::uncertain_delivery& each : uncertain) {
        if (each.policy != uncertain_policy::skip) continue;
        std::fputs(
            fmt::format("baudot: started before an unclean stop, not sent again, may be "
                        "lost: route {}, {}/{} to {}\n",
                        each.route, std::to_underlying(each.source),
                        std::to_underlying(each.message), std::to_underlying(each.destination))
                .c_str(),
            stderr);
    }
}

asio::awaitable<void> attend(engine::relay& relay, const dead_request& what, timer_service& timers,
                             result<std::string>& answer) {
    answer = co_await attend_dead(relay, what, {});
    relay.stop(timers.now());
}

asio::awaitable<void> run(engine::relay& relay, result<void>& outcome) {
    outcome = co_await relay.run();
}

// Without accounts nothing is sent, and without rules nothing is planned.
result<std::string> attend_with(engine::relay& relay, asio::io_context& io, timer_service& timers,
                                const dead_request& what) {
    result<std::string> answer;
    result<void> outcome;
    task_group tasks(io.get_executor());
    tasks.spawn("relay", run(relay, outcome));
    tasks.spawn("desk", attend(relay, what, timers, answer));
    std::exception_ptr failure;
    asio::co_spawn(io, tasks.join(),
                   [&](std::exception_ptr thrown) { failure = std::move(thrown); });
    io.run();
    if (failure) std::rethrow_exception(failure);
    if (!outcome) return std::unexpected(outcome.error());
    return answer;
}

}  // namespace

result<std::string> attend_dead_stopped(const settings& read, const dead_request& what) {
    if (!std::filesystem::exists(read.data + "/journal")) {
        return fail(errc::not_found, read.data + " holds no data of Baudot");
    }
    journal::posix_disk files;
    const auto lock = take_data_directory(files, read.data);
    if (!lock) return std::unexpected(lock.error());
    auto rows = store::open_rocksdb({.directory = read.data + "/store"});
    if (!rows) return std::unexpected(rows.error());
    steady_timers timers;
    journal::thread_writer writer;
    blocking_pool disk(1);
    auto log = journal::segmented_journal::open(journal_options(read, (*rows)->flushed_position()),
                                                files, timers, writer, disk, 0);
    if (!log) return std::unexpected(log.error());
    result<std::string> answer;
    {
        asio::io_context io{1};
        engine::relay relay(io.get_executor(), timers, **log, **rows, disk, pace{}, 0,
                            relay_options(read));
        const auto uncertain = relay.recover();
        if (!uncertain) return std::unexpected(uncertain.error());
        tell_skipped(*uncertain);
        answer = attend_with(relay, io, timers, what);
    }
    if (auto closed = (*log)->close(); answer && !closed) return std::unexpected(closed.error());
    return answer;
}

}  // namespace baudot::app
