#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/virtual_timers.hpp"
#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"

namespace baudot::journal {

/// One node's journal on a disk double, everything in one thread under virtual time. crash() and
/// kill() may be followed by open().
class journal_node {
public:
    explicit journal_node(std::uint64_t seed) : files(seed), seed_(seed) {
        options.directory = "data/journal";
        options.segment_bytes = 4096;
        options.keep_age = std::chrono::seconds(0);
    }
    ~journal_node() {
        log.reset();
        timers.run();
    }

    result<void> open() {
        log.reset();
        timers.run();  // answers of the journal before
        driver = std::make_unique<virtual_writer>(io.get_executor(), timers,
                                                  [this] { return files.take_delay(); });
        auto opened =
            segmented_journal::open(options, files, timers, *driver, inline_readers, seed_);
        if (!opened) return std::unexpected(opened.error());
        log = std::move(*opened);
        return {};
    }

    /// Starts an append; the answer appears when time has run.
    std::shared_ptr<std::optional<result<sequence>>> start(std::vector<new_record> records) {
        auto answer = std::make_shared<std::optional<result<sequence>>>();
        boost::asio::co_spawn(io, append(*log, std::move(records), answer), rethrow);
        return answer;
    }

    /// What can run without time passing.
    void run_ready() {
        io.restart();
        io.poll();
    }

    result<sequence> append_now(std::vector<new_record> records) {
        const auto answer = start(std::move(records));
        timers.run();
        return answer->value_or(fail(errc::timed_out, "no answer"));
    }

    result<stored_record> read_now(sequence position) {
        std::optional<result<stored_record>> answer;
        boost::asio::co_spawn(io, read(*log, position, answer), rethrow);
        timers.run();
        return answer.value_or(fail(errc::timed_out, "no answer"));
    }

    result<std::vector<stored_record>> all(sequence from = sequence{1}) const {
        std::vector<stored_record> records;
        const auto done = log->scan(from, [&](const stored_record& record) -> result<void> {
            records.push_back(record);
            return {};
        });
        if (!done) return std::unexpected(done.error());
        return records;
    }

    boost::asio::io_context io{1};
    virtual_timers timers{io};
    disk_double files;
    blocking_pool inline_readers{0};
    journal_options options;
    std::unique_ptr<virtual_writer> driver;
    std::unique_ptr<segmented_journal> log;

private:
    static void rethrow(std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    }
    static boost::asio::awaitable<void> append(
        segmented_journal& to, std::vector<new_record> records,
        std::shared_ptr<std::optional<result<sequence>>> answer) {
        *answer = co_await to.append(std::move(records));
    }
    static boost::asio::awaitable<void> read(segmented_journal& from, sequence position,
                                             std::optional<result<stored_record>>& answer) {
        answer = co_await from.read(position);
    }

    std::uint64_t seed_;
};

inline new_record record_of(std::string payload, std::uint16_t partition = 0,
                            std::uint8_t type = 1) {
    return {{.type = type, .partition = partition, .epoch = 7}, std::move(payload)};
}

inline std::vector<new_record> one(std::string payload, std::uint16_t partition = 0) {
    std::vector<new_record> records;
    records.push_back(record_of(std::move(payload), partition));
    return records;
}

}  // namespace baudot::journal
