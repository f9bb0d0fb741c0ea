// The process that is killed: several coroutines append, each answer goes to standard output.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <utility>
#include <vector>

#include "journal/posix_disk.hpp"
#include "journal/writer_drivers.hpp"
#include "journal_crash.hpp"

namespace crash {
namespace {

constexpr int appenders = 16;

struct shared {
    journal::segmented_journal& log;
    std::uint64_t next_number;
};

boost::asio::awaitable<void> append_for_ever(shared& with, std::uint16_t partition) {
    random_source random(with.next_number + partition);
    for (;;) {
        acknowledgement done{};
        done.count = 1 + random.below(3);
        done.number = with.next_number;
        with.next_number += done.count;
        std::vector<journal::new_record> records;
        records.reserve(done.count);
        for (std::uint64_t i = 0; i < done.count; ++i) {
            records.push_back({{.type = 1, .partition = partition}, payload_of(done.number + i)});
        }
        const auto answer = co_await with.log.append(std::move(records));
        if (!answer) {
            std::fprintf(stderr, "append: %s\n", answer.error().message.c_str());
            std::abort();
        }
        done.position = std::to_underlying(*answer);
        // One write below PIPE_BUF: whole or not at all.
        if (::write(STDOUT_FILENO, &done, sizeof done) != sizeof done) std::abort();
        with.log.release_before(*answer);
    }
}

}  // namespace

int write_until_killed(const std::string& directory, std::uint64_t first_number) {
    boost::asio::io_context io(1);
    steady_timers timers;
    journal::posix_disk files;
    journal::thread_writer driver;
    blocking_pool readers(0);
    auto log = journal::segmented_journal::open(options_for(directory), files, timers, driver,
                                                readers, first_number);
    if (!log) {
        std::fprintf(stderr, "open: %s\n", log.error().message.c_str());
        return 1;
    }
    shared with{**log, first_number};
    for (std::uint16_t i = 0; i < appenders; ++i) {
        boost::asio::co_spawn(io, append_for_ever(with, i), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }
    io.run();
    return 0;
}

}  // namespace crash
