// journal_bench FOLDER SECONDS SIDE...: runs each side once, in the order given (journal rocksdb
// journal rocksdb ...), and prints a line for each:
//   SIDE records/s p50_us p99_us
// journal    300-byte records, 1,024 calls in flight, natural group commit
// journal1   the same, one call in flight
// rocksdb    sync WriteBatch of 64 such records, one thread
// fill       makes FOLDER/filled, a journal of 10 million records, where there is none
// recovery   opens it, which checks every frame, and scans it; p50 and p99 are 0
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "journal/posix_disk.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"

namespace {

using namespace baudot;
namespace asio = boost::asio;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t record_bytes = 300;
constexpr std::size_t in_flight = 1024;
constexpr std::uint64_t recovery_records = 10'000'000;
constexpr std::uint64_t rocksdb_batch = 64;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "journal_bench: %s\n", why.c_str());
    std::exit(1);
}

double seconds_since(clock_type::time_point start) {
    return std::chrono::duration<double>(clock_type::now() - start).count();
}

struct figure {
    std::uint64_t records = 0;
    double seconds = 0;
    std::vector<float> latencies_us;

    double latency(double share) {
        if (latencies_us.empty()) return 0;
        const auto at =
            static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies_us.size() - 1));
        std::ranges::nth_element(latencies_us, latencies_us.begin() + at);
        return static_cast<double>(latencies_us[static_cast<std::size_t>(at)]);
    }
};

journal::journal_options options_in(const std::string& folder) {
    journal::journal_options options;
    options.directory = folder;
    options.keep_age = std::chrono::hours(1);
    options.keep_bytes = 512ULL << 20;
    return options;
}

struct open_journal {
    explicit open_journal(const std::string& folder) {
        auto opened =
            journal::segmented_journal::open(options_in(folder), files, timers, driver, readers, 1);
        if (!opened) give_up(opened.error().message);
        log = std::move(*opened);
    }

    steady_timers timers;
    journal::posix_disk files;
    journal::thread_writer driver;
    blocking_pool readers{0};
    std::unique_ptr<journal::segmented_journal> log;
};

struct load {
    journal::segmented_journal& log;
    clock_type::time_point end;
    std::uint64_t records_max;
    bool keep_all;
    figure& result;
};

asio::awaitable<void> append_until_the_end(load& with) {
    while (clock_type::now() < with.end && with.result.records < with.records_max) {
        std::vector<journal::new_record> records(1);
        records[0].header.type = 1;
        records[0].payload.assign(record_bytes, 'x');
        const auto start = clock_type::now();
        const auto answer = co_await with.log.append(std::move(records));
        if (!answer) give_up(answer.error().message);
        with.result.latencies_us.push_back(
            std::chrono::duration<float, std::micro>(clock_type::now() - start).count());
        ++with.result.records;
        if (!with.keep_all && std::to_underlying(*answer) % 4096 == 0) {
            with.log.release_before(*answer);
        }
    }
}

figure append(const std::string& folder, double seconds, std::size_t calls,
              std::uint64_t records_max) {
    figure result;
    result.latencies_us.reserve(records_max == UINT64_MAX ? 1 << 22 : records_max);
    open_journal journal(folder);
    asio::io_context io(1);
    const auto start = clock_type::now();
    load with{*journal.log,
              start + std::chrono::duration_cast<clock_type::duration>(
                          std::chrono::duration<double>(seconds)),
              records_max, records_max != UINT64_MAX, result};
    for (std::size_t i = 0; i < calls; ++i) {
        asio::co_spawn(io, append_until_the_end(with), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }
    io.run();
    result.seconds = seconds_since(start);
    if (auto closed = journal.log->close(); !closed) give_up(closed.error().message);
    return result;
}

figure rocksdb_batches(const std::string& folder, double seconds) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* raw = nullptr;
    if (auto s = rocksdb::DB::Open(options, folder, &raw); !s.ok()) give_up(s.ToString());
    const std::unique_ptr<rocksdb::DB> database(raw);
    rocksdb::WriteOptions durable;
    durable.sync = true;
    figure result;
    const std::string value(record_bytes, 'x');
    std::uint64_t next = 0;
    const auto start = clock_type::now();
    while (seconds_since(start) < seconds) {
        rocksdb::WriteBatch batch;
        for (std::uint64_t i = 0; i < rocksdb_batch; ++i) {
            char key[8];
            store_big_endian(key, next++);
            batch.Put(rocksdb::Slice(key, sizeof key), value);
        }
        const auto begun = clock_type::now();
        if (auto s = database->Write(durable, &batch); !s.ok()) give_up(s.ToString());
        result.latencies_us.push_back(
            std::chrono::duration<float, std::micro>(clock_type::now() - begun).count());
        result.records += rocksdb_batch;
    }
    result.seconds = seconds_since(start);
    return result;
}

figure fill(const std::string& folder) {
    if (std::filesystem::exists(folder)) return {};
    return append(folder, 3600, in_flight, recovery_records);
}

figure recover(const std::string& folder) {
    figure result;
    const auto start = clock_type::now();
    open_journal journal(folder);
    std::uint64_t bytes = 0;
    const auto scanned = journal.log->scan(sequence{}, [&](const journal::stored_record& record) {
        ++result.records;
        bytes += record.payload.size();
        return baudot::result<void>();
    });
    if (!scanned) give_up(scanned.error().message);
    result.seconds = seconds_since(start);
    if (bytes != result.records * record_bytes || result.records < recovery_records) {
        give_up("recovery read other records");
    }
    return result;
}

figure run(std::string_view side, const std::string& folder, double seconds) {
    const std::string filled = std::filesystem::path(folder).parent_path() / "filled";
    if (side == "journal") return append(folder, seconds, in_flight, UINT64_MAX);
    if (side == "journal1") return append(folder, seconds, 1, UINT64_MAX);
    if (side == "rocksdb") return rocksdb_batches(folder, seconds);
    if (side == "fill") return fill(filled);
    if (side == "recovery") return recover(filled);
    give_up("no side is called " + std::string(side));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) give_up("FOLDER SECONDS SIDE..., see the top of journal_bench.cpp");
    for (int i = 3; i < argc; ++i) {
        std::string pattern = std::string(argv[1]) + "/journal_bench_XXXXXX";
        const char* const folder = ::mkdtemp(pattern.data());
        if (folder == nullptr) give_up("cannot make a folder in " + std::string(argv[1]));
        figure result = run(argv[i], folder, std::atof(argv[2]));
        std::filesystem::remove_all(folder);
        std::printf("%s %.0f %.1f %.1f\n", argv[i],
                    result.seconds > 0 ? static_cast<double>(result.records) / result.seconds : 0.0,
                    result.latency(0.5), result.latency(0.99));
        std::fflush(stdout);
    }
    return 0;
}
