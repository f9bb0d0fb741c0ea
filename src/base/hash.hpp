#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace baudot {

/// XXH3, 128 bits: ids that are stored. The value for given bytes never changes.
struct hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend auto operator<=>(const hash128&, const hash128&) = default;
};

hash128 xxh3_128(std::string_view bytes) noexcept;

/// Big-endian, so that byte order equals numeric order.
std::array<char, 16> to_bytes(const hash128& value) noexcept;

/// CRC-32C (Castagnoli) of `bytes`, continuing from `crc` (0 to begin).
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0) noexcept;

/// The same value without the processor's instruction: what old machines run, and what the
/// test compares with.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc = 0) noexcept;

}  // namespace baudot

template <>
struct std::hash<baudot::hash128> {
    std::size_t operator()(const baudot::hash128& value) const noexcept { return value.low; }
};
