#pragma once

#include <bit>
#include <concepts>
#include <cstring>

namespace baudot {

// Fixed-width integers at any address. Little-endian inside values and frames; big-endian in
// keys, where byte order must equal numeric order.

template <std::unsigned_integral Int>
constexpr Int to_little(Int value) noexcept {
    if constexpr (std::endian::native == std::endian::big) return std::byteswap(value);
    return value;
}

template <std::unsigned_integral Int>
constexpr Int to_big(Int value) noexcept {
    if constexpr (std::endian::native == std::endian::little) return std::byteswap(value);
    return value;
}

template <std::unsigned_integral Int>
void store_little_endian(char* to, Int value) noexcept {
    const Int swapped = to_little(value);
    std::memcpy(to, &swapped, sizeof swapped);
}

template <std::unsigned_integral Int>
Int load_little_endian(const char* from) noexcept {
    Int value;
    std::memcpy(&value, from, sizeof value);
    return to_little(value);
}

template <std::unsigned_integral Int>
void store_big_endian(char* to, Int value) noexcept {
    const Int swapped = to_big(value);
    std::memcpy(to, &swapped, sizeof swapped);
}

template <std::unsigned_integral Int>
Int load_big_endian(const char* from) noexcept {
    Int value;
    std::memcpy(&value, from, sizeof value);
    return to_big(value);
}

}  // namespace baudot
