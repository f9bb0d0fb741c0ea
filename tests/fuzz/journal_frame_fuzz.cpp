// Any bytes as a segment file: nothing crashes, every frame that passes holds what it says, and
// recovery either refuses or opens a journal that goes on working.
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "async/virtual_timers.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "journal/disk_double.hpp"
#include "journal/format.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"

namespace {

using namespace baudot;
using namespace baudot::journal;

// The fuzzer cannot guess a CRC, so each frame it wrote gets the right one; a byte of its own
// says which frame is left as it is.
void repair_checksums(std::string& bytes, std::uint8_t keep) {
    const auto needed = header_bytes_needed(bytes);
    if (!needed || *needed > bytes.size()) return;
    const std::string_view all = bytes;
    store_little_endian(bytes.data() + 12,
                        crc32c(all.substr(16, *needed - 16), crc32c(all.substr(0, 12))));
    const auto header = decode_segment_header(bytes);
    if (!header) return;
    const std::uint32_t seed = frame_seed(header->id, header->base);
    std::uint8_t index = 0;
    for (std::size_t at = *needed; at + frame_header_bytes <= bytes.size();) {
        const std::uint64_t length =
            frame_header_bytes +
            std::uint64_t{load_little_endian<std::uint32_t>(bytes.data() + at + 12)};
        if (length > bytes.size() - at) return;
        if (index++ != keep) {
            const auto crc = crc32c(all.substr(at + 8, length - 8), seed);
            store_little_endian(bytes.data() + at + 4, crc);
        }
        at += length;
    }
}

void decode_all(std::string_view bytes) {
    const auto header = decode_segment_header(bytes);
    if (!header) return;
    const std::uint32_t seed = frame_seed(header->id, header->base);
    bytes.remove_prefix(header->bytes());
    while (bytes.size() >= frame_header_bytes) {
        const auto found = check_frame(bytes, seed, std::nullopt, base_of_frame(bytes));
        if (found.what != frame_check::kind::good) return;
        record_cursor records(found.value);
        for (std::uint32_t count = 0;; ++count) {
            const auto record = records.next();
            if (!record) break;
            if (*record) continue;
            BAUDOT_ASSERT(count == found.value.count, "as many records as the frame says");
            break;
        }
        bytes.remove_prefix(found.value.bytes());
    }
}

void recover(const std::string& bytes, const std::string& name) {
    boost::asio::io_context io(1);
    virtual_timers timers(io);
    disk_double files(1);
    {
        auto file = files.open("j/" + name, open_mode::create);
        BAUDOT_ASSERT(file && (*file)->pwrite(bytes, 0), "the double has room");
    }
    blocking_pool readers(0);
    journal_options options;
    options.directory = "j";
    for (int restart = 0; restart < 2; ++restart) {
        virtual_writer driver(io.get_executor(), timers, [] { return duration::zero(); });
        const auto log = segmented_journal::open(options, files, timers, driver, readers, 1);
        if (!log) return;
        BAUDOT_ASSERT(restart == 0 || (*log)->recovered().cut_bytes == 0, "cut once is enough");
        std::uint64_t seen = 0;
        const auto scanned = (*log)->scan(sequence{}, [&](const stored_record&) -> result<void> {
            ++seen;
            return {};
        });
        BAUDOT_ASSERT(scanned, "what was opened can be read");
        BAUDOT_ASSERT(
            seen == std::to_underlying((*log)->next()) - std::to_underlying((*log)->first()),
            "no record is missing");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    repair_checksums(bytes, data[0]);
    decode_all(bytes);
    sequence base{1};
    if (bytes.size() >= segment_header_bytes) {
        base = sequence{load_little_endian<std::uint64_t>(bytes.data() + 32)};
    }
    recover(bytes, segment_name(base));
    return 0;
}
