// CRC-32C as in RFC 3720 appendix B. Debian 12 packages no library for it; processors have an
// instruction, and the table serves those that do not.
#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/hash.hpp"

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace baudot {
namespace {

constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) * 0x82F63B78U);
        made[byte] = value;
    }
    return made;
}();

std::uint32_t extend_by_table(std::uint32_t state, std::string_view bytes) noexcept {
    for (const char byte : bytes) {
        state = (state >> 8) ^ table[(state ^ static_cast<unsigned char>(byte)) & 0xFFU];
    }
    return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t extend_by_instruction(
    std::uint32_t state, std::string_view bytes) noexcept {
    std::uint64_t wide = state;
    while (bytes.size() >= 8) {
        wide = _mm_crc32_u64(wide, load_little_endian<std::uint64_t>(bytes.data()));
        bytes.remove_prefix(8);
    }
    auto narrow = static_cast<std::uint32_t>(wide);
    for (const char byte : bytes) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(byte));
    return narrow;
}

bool has_instruction() noexcept {
    static const bool known = __builtin_cpu_supports("sse4.2");
    return known;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
std::uint32_t extend_by_instruction(std::uint32_t state, std::string_view bytes) noexcept {
    while (bytes.size() >= 8) {
        state = __crc32cd(state, load_little_endian<std::uint64_t>(bytes.data()));
        bytes.remove_prefix(8);
    }
    for (const char byte : bytes) state = __crc32cb(state, static_cast<unsigned char>(byte));
    return state;
}

bool has_instruction() noexcept {
    return true;
}
#else
std::uint32_t extend_by_instruction(std::uint32_t state, std::string_view bytes) noexcept {
    return extend_by_table(state, bytes);
}

bool has_instruction() noexcept {
    return false;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) noexcept {
    const std::uint32_t state = ~crc;
    return ~(has_instruction() ? extend_by_instruction(state, bytes)
                               : extend_by_table(state, bytes));
}

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc) noexcept {
    return ~extend_by_table(~crc, bytes);
}

}  // namespace baudot
