#include "journal/format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace baudot::journal {
namespace {

constexpr std::string_view name_suffix = ".journal";
constexpr std::size_t name_digits = 20;

template <std::unsigned_integral Int>
void put(std::string& bytes, Int value) {
    char raw[sizeof value];
    store_little_endian(raw, value);
    bytes.append(raw, sizeof raw);
}

template <std::unsigned_integral Int>
Int get(std::string_view bytes, std::size_t at) {
    return load_little_endian<Int>(bytes.data() + at);
}

// Everything but the CRC field itself.
std::uint32_t header_crc(std::string_view header) {
    return crc32c(header.substr(16), crc32c(header.substr(0, 12)));
}

std::uint32_t frame_crc(std::string_view frame_bytes, std::uint32_t seed) {
    return crc32c(frame_bytes.substr(8), seed);
}

}  // namespace

void encode(const segment_header& header, std::string& bytes) {
    const std::size_t start = bytes.size();
    bytes.append(segment_magic);
    put<std::uint8_t>(bytes, format_version);
    put<std::uint8_t>(bytes, header.recycled ? 1 : 0);
    bytes.append(6, '\0');  // two spare bytes, then the CRC
    bytes.append(header.id.data(), header.id.size());
    put(bytes, std::to_underlying(header.base));
    put(bytes, static_cast<std::uint64_t>(header.created.time_since_epoch().count()));
    put(bytes, header.previous_bytes);
    put(bytes, std::to_underlying(header.previous_base));
    put(bytes, header.chain);
    put(bytes, static_cast<std::uint32_t>(header.partitions.size()));
    for (const auto& [partition, last] : header.partitions) {
        put(bytes, partition);
        put(bytes, last);
    }
    store_little_endian(bytes.data() + start + 12,
                        header_crc(std::string_view(bytes).substr(start)));
}

std::optional<std::size_t> header_bytes_needed(std::string_view first) {
    if (first.size() < segment_header_bytes || !first.starts_with(segment_magic)) return {};
    const auto partitions = get<std::uint32_t>(first, 68);
    if (partitions > 65536) return {};
    return segment_header_bytes + partitions * partition_entry_bytes;
}

result<segment_header> decode_segment_header(std::string_view bytes) {
    if (bytes.size() < segment_header_bytes || !bytes.starts_with(segment_magic)) {
        return fail(errc::corrupt, "is not a segment of a journal");
    }
    const auto version = static_cast<std::uint8_t>(bytes[8]);
    if (version > format_version) {
        return fail(errc::unsupported_version,
                    fmt::format("has format version {}, this program knows up to {}; use the "
                                "program that wrote it, or a newer one",
                                version, format_version));
    }
    const auto needed = header_bytes_needed(bytes);
    if (!needed || bytes.size() < *needed ||
        header_crc(bytes.substr(0, *needed)) != get<std::uint32_t>(bytes, 12)) {
        return fail(errc::corrupt, "has a damaged segment header");
    }
    segment_header header;
    std::memcpy(header.id.data(), bytes.data() + 16, header.id.size());
    header.recycled = (bytes[9] & 1) != 0;
    header.base = sequence{get<std::uint64_t>(bytes, 32)};
    const auto created = static_cast<std::int64_t>(get<std::uint64_t>(bytes, 40));
    header.created = wall_time(wall_time::duration(created));
    header.previous_bytes = get<std::uint64_t>(bytes, 48);
    header.previous_base = sequence{get<std::uint64_t>(bytes, 56)};
    header.chain = get<std::uint32_t>(bytes, 64);
    for (std::size_t at = segment_header_bytes; at < *needed; at += partition_entry_bytes) {
        header.partitions.emplace_back(get<std::uint16_t>(bytes, at),
                                       get<std::uint64_t>(bytes, at + 2));
    }
    return header;
}

std::uint32_t frame_seed(const journal_id& id, sequence base) noexcept {
    char raw[8];
    store_little_endian(raw, std::to_underlying(base));
    return crc32c({raw, sizeof raw}, crc32c({id.data(), id.size()}));
}

void encode(const record_header& header, std::string_view payload, std::string& bytes) {
    char raw[record_header_bytes] = {};
    store_little_endian(raw, static_cast<std::uint32_t>(payload.size()));
    store_little_endian(raw + 4, header.epoch);
    store_little_endian(raw + 8, header.partition_sequence);
    store_little_endian(raw + 16, header.partition);
    raw[18] = static_cast<char>(header.type);
    bytes.append(raw, sizeof raw);
    bytes.append(payload);
}

std::uint32_t finish_frame(std::span<char> bytes, std::uint32_t seed, std::uint32_t chain,
                           sequence base, std::uint32_t count, std::uint8_t flags) {
    BAUDOT_ASSERT(bytes.size() >= frame_header_bytes, "a frame begins with its header");
    char* const at = bytes.data();
    std::memcpy(at, frame_magic.data(), frame_magic.size());
    store_little_endian(at + 8, chain);
    store_little_endian(at + 12, static_cast<std::uint32_t>(bytes.size() - frame_header_bytes));
    store_little_endian(at + 16, std::to_underlying(base));
    store_little_endian(at + 24, count);
    at[28] = static_cast<char>(format_version);
    at[29] = static_cast<char>(flags);
    at[30] = at[31] = 0;
    const std::uint32_t crc = frame_crc({at, bytes.size()}, seed);
    store_little_endian(at + 4, crc);
    return crc;
}

frame_check check_frame(std::string_view bytes, std::uint32_t seed,
                        std::optional<std::uint32_t> chain, sequence base) {
    frame_check found;
    if (bytes.size() < frame_header_bytes) {
        found.what = frame_check::kind::incomplete;
        return found;
    }
    if (!bytes.starts_with(frame_magic) ||
        get<std::uint64_t>(bytes, 16) != std::to_underlying(base) ||
        (chain && get<std::uint32_t>(bytes, 8) != *chain)) {
        return found;
    }
    found.wanted = frame_header_bytes + std::uint64_t{get<std::uint32_t>(bytes, 12)};
    if (bytes.size() < found.wanted) {
        found.what = frame_check::kind::incomplete;
        return found;
    }
    const std::string_view whole = bytes.substr(0, static_cast<std::size_t>(found.wanted));
    const auto crc = get<std::uint32_t>(bytes, 4);
    if (frame_crc(whole, seed) != crc) return found;
    if (static_cast<std::uint8_t>(bytes[28]) > format_version) {
        found.what = frame_check::kind::newer;
        return found;
    }
    found.what = frame_check::kind::good;
    found.value.base = base;
    found.value.count = get<std::uint32_t>(bytes, 24);
    found.value.flags = static_cast<std::uint8_t>(bytes[29]);
    found.value.crc = crc;
    found.value.payload = whole.substr(frame_header_bytes);
    return found;
}

bool resembles_frame(std::string_view bytes, std::uint32_t chain, sequence base) noexcept {
    if (bytes.size() >= 12 && get<std::uint32_t>(bytes, 8) == chain && chain != 0) return true;
    return bytes.size() >= 24 && get<std::uint64_t>(bytes, 16) == std::to_underlying(base);
}

std::size_t find_frame_header(std::string_view bytes, std::size_t from, sequence after) noexcept {
    for (std::size_t at = from;; ++at) {
        at = bytes.find(frame_magic, at);
        if (at == std::string_view::npos || bytes.size() - at < frame_header_bytes) {
            return std::string_view::npos;
        }
        if (base_of_frame(bytes.substr(at)) > after) return at;
    }
}

sequence base_of_frame(std::string_view bytes) noexcept {
    return sequence{get<std::uint64_t>(bytes, 16)};
}

result<std::optional<record_view>> record_cursor::next() {
    if (left_ == 0) {
        if (!rest_.empty()) return fail(errc::corrupt, "a frame holds more than its records");
        return std::optional<record_view>();
    }
    if (rest_.size() < record_header_bytes) {
        return fail(errc::corrupt, "a frame holds fewer records than it says");
    }
    record_view record;
    const auto length = get<std::uint32_t>(rest_, 0);
    record.header.epoch = get<std::uint32_t>(rest_, 4);
    record.header.partition_sequence = get<std::uint64_t>(rest_, 8);
    record.header.partition = get<std::uint16_t>(rest_, 16);
    record.header.type = static_cast<std::uint8_t>(rest_[18]);
    rest_.remove_prefix(record_header_bytes);
    if (rest_.size() < length) {
        return fail(errc::corrupt, "a record is longer than its frame");
    }
    record.payload = rest_.substr(0, length);
    rest_.remove_prefix(length);
    record.position = sequence{next_++};
    --left_;
    return std::optional<record_view>(record);
}

std::string segment_name(sequence base) {
    return fmt::format("{:020}{}", std::to_underlying(base), name_suffix);
}

std::optional<sequence> base_of_name(std::string_view name) {
    if (name.size() != name_digits + name_suffix.size() || !name.ends_with(name_suffix)) return {};
    std::uint64_t value = 0;
    const char* const end = name.data() + name_digits;
    const auto parsed = std::from_chars(name.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end) return {};
    return sequence{value};
}

}  // namespace baudot::journal
