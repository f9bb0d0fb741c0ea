#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "journal/journal.hpp"

namespace baudot::journal {

// The bytes of a segment file, as docs/formats.md states them: a segment header, then frames.
// Pure. All integers are little-endian.

constexpr std::uint8_t format_version = 1;
constexpr std::size_t segment_header_bytes = 72;  // without the partition table
constexpr std::size_t partition_entry_bytes = 10;
constexpr std::size_t frame_header_bytes = 32;
constexpr std::size_t record_header_bytes = 20;
constexpr std::string_view segment_magic = "BAUDOTJ\n";
constexpr std::string_view frame_magic = "\xBAJF\n";
constexpr std::uint8_t frame_clean_end = 1;  // flag: written by close(); holds no records

using journal_id = std::array<char, 16>;

struct segment_header {
    journal_id id{};
    sequence base{};        // of the first record
    bool recycled = false;  // the file had a use before: old bytes follow the frames
    wall_time created{};
    std::uint64_t previous_bytes = 0;  // where the frames of the segment before end; 0: no such
    sequence previous_base{};          // 0: this is the first segment ever
    std::uint32_t chain = 0;           // CRC of the last frame before; what the first frame names
    std::vector<std::pair<std::uint16_t, std::uint64_t>> partitions;  // last sequence of each

    std::size_t bytes() const {
        return segment_header_bytes + partitions.size() * partition_entry_bytes;
    }
    friend bool operator==(const segment_header&, const segment_header&) = default;
};

void encode(const segment_header& header, std::string& bytes);

/// `bytes`: the beginning of a file, long enough for header_bytes_needed(). errc::corrupt, or
/// errc::unsupported_version for a newer format; the message says what, the caller adds where.
result<segment_header> decode_segment_header(std::string_view bytes);

/// Bytes that the whole header takes, from its first 72; empty when they are not a header.
std::optional<std::size_t> header_bytes_needed(std::string_view first);

/// Begins the CRC of each frame of a segment. It holds the journal's id and the segment's base:
/// no frame of another journal, or of an earlier use of the same file, and none that a message
/// brings inside its text, passes for one of this segment.
std::uint32_t frame_seed(const journal_id& id, sequence base) noexcept;

struct frame {
    sequence base{};          // of its first record
    std::uint32_t count = 0;  // records
    std::uint8_t flags = 0;
    std::uint32_t crc = 0;  // what the next frame names as its chain
    std::string_view payload;

    std::size_t bytes() const { return frame_header_bytes + payload.size(); }
};

/// Appends one record to the payload of a frame.
void encode(const record_header& header, std::string_view payload, std::string& bytes);
constexpr std::size_t encoded_bytes(const new_record& record) {
    return record_header_bytes + record.payload.size();
}

/// Fills in the first 32 bytes of `bytes`; the rest is the payload. Returns the CRC.
std::uint32_t finish_frame(std::span<char> bytes, std::uint32_t seed, std::uint32_t chain,
                           sequence base, std::uint32_t count, std::uint8_t flags);

/// What stands at the beginning of `bytes`.
struct frame_check {
    enum class kind : std::uint8_t {
        good,
        incomplete,  // the header asks for `wanted` bytes and there are fewer
        bad,         // not a frame of this segment, or damaged
        newer,       // of a newer format version
    };
    kind what = kind::bad;
    std::uint64_t wanted = frame_header_bytes;
    frame value;  // good: payload points into `bytes`
};

/// Everything but the grammar of the records is checked. `chain`: empty accepts any.
frame_check check_frame(std::string_view bytes, std::uint32_t seed,
                        std::optional<std::uint32_t> chain, sequence base);

/// The header at the beginning of `bytes` was meant to follow the frame with this CRC, or to
/// begin at this record: what a torn or damaged frame looks like, and stale bytes do not.
bool resembles_frame(std::string_view bytes, std::uint32_t chain, sequence base) noexcept;

/// Position of the first thing in `bytes` at or after `from` that looks like the header of a
/// frame with a record after `after`; npos when there is none. For check_frame() to confirm.
std::size_t find_frame_header(std::string_view bytes, std::size_t from, sequence after) noexcept;

/// The first record of the frame whose header begins `bytes`.
sequence base_of_frame(std::string_view bytes) noexcept;

/// A record inside a payload; `payload` points into it.
struct record_view {
    sequence position{};
    record_header header;
    std::string_view payload;
};

/// Walks the records of a frame whose CRC was good.
class record_cursor {
public:
    explicit record_cursor(const frame& of)
        : rest_(of.payload), left_(of.count), next_(std::to_underlying(of.base)) {}

    /// Empty after the last; errc::corrupt when the payload does not hold what it says.
    result<std::optional<record_view>> next();

private:
    std::string_view rest_;
    std::uint32_t left_;
    std::uint64_t next_;
};

/// "00000000000000000001.journal": its base, so that names sort as records do.
std::string segment_name(sequence base);
std::optional<sequence> base_of_name(std::string_view name);

}  // namespace baudot::journal
