#include "simulation/bit_flip.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <vector>

#include "async/blocking_pool.hpp"
#include "async/virtual_timers.hpp"
#include "base/assert.hpp"
#include "base/hash.hpp"
#include "journal/writer_drivers.hpp"

namespace baudot::simulation {
namespace {

struct copied_file {
    std::string path;
    std::string content;
};

// What a start on these files finds: a hash for each record, and whether it said that something
// was wrong.
struct reading {
    std::vector<hash128> records;
    bool complained = false;
};

reading read_all(const std::vector<copied_file>& files, const journal::journal_options& options) {
    journal::disk_double disk(1);
    (void)disk.create_directory(options.directory);
    for (const copied_file& each : files) {
        auto made = disk.open(each.path, journal::open_mode::create);
        BAUDOT_ASSERT(made.has_value(), "an empty disk takes a copy");
        (void)(*made)->pwrite(each.content, 0);
        (void)(*made)->sync();
    }
    (void)disk.sync_directory(options.directory);
    boost::asio::io_context io;
    virtual_timers timers(io);
    blocking_pool no_threads(0);
    journal::virtual_writer driver(io.get_executor(), timers, [] { return duration::zero(); });
    journal::journal_options careful = options;
    careful.verify_from = {};
    reading found;
    const auto opened =
        journal::segmented_journal::open(careful, disk, timers, driver, no_threads, 1);
    if (!opened) return {.records = {}, .complained = true};
    found.complained = (*opened)->recovered().cut_bytes > 0;
    const auto read = (*opened)->scan(sequence{}, [&](const journal::stored_record& record) {
        found.records.push_back(xxh3_128(record.payload));
        return result<void>();
    });
    if (!read) found.complained = true;
    return found;
}

}  // namespace

std::optional<std::string> flip_a_bit(journal::disk_double& files,
                                      const journal::journal_options& options,
                                      std::uint64_t number) {
    const auto names = files.list(options.directory);
    if (!names || names->empty()) return std::nullopt;
    std::vector<copied_file> copies;
    std::vector<std::size_t> segments;
    for (const std::string& each : *names) {
        const std::string path = options.directory + "/" + each;
        auto content = files.content(path);
        if (!content) return std::nullopt;
        if (each != "LOCK" && !content->empty()) segments.push_back(copies.size());
        copies.push_back({path, *std::move(content)});
    }
    if (segments.empty()) return std::nullopt;
    const reading before = read_all(copies, options);
    copied_file& victim = copies[segments[number % segments.size()]];
    const std::size_t bit = number / 64 % (victim.content.size() * 8);
    victim.content[bit / 8] = static_cast<char>(victim.content[bit / 8] ^ (1 << bit % 8));
    const reading after = read_all(copies, options);
    if (after.complained || before.complained || after.records == before.records) {
        return std::nullopt;
    }
    return fmt::format("P9: bit {} of {} was flipped, and nobody noticed", bit, victim.path);
}

}  // namespace baudot::simulation
