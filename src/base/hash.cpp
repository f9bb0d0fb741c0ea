#include "base/hash.hpp"

#include <xxhash.h>

#include "base/bytes.hpp"

namespace baudot {

hash128 xxh3_128(std::string_view bytes) noexcept {
    const XXH128_hash_t value = XXH3_128bits(bytes.data(), bytes.size());
    return {value.high64, value.low64};
}

std::array<char, 16> to_bytes(const hash128& value) noexcept {
    std::array<char, 16> bytes;
    store_big_endian(bytes.data(), value.high);
    store_big_endian(bytes.data() + 8, value.low);
    return bytes;
}

}  // namespace baudot
