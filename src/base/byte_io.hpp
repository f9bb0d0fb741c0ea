#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/bytes.hpp"

namespace baudot {

template <class T>
concept integer_like = std::integral<T> || std::is_enum_v<T>;

namespace detail {

template <integer_like T>
constexpr auto to_bits(T value) noexcept {
    if constexpr (std::is_enum_v<T>) {
        return to_bits(std::to_underlying(value));
    } else {
        return static_cast<std::make_unsigned_t<T>>(value);
    }
}

template <integer_like T>
using bits_of = decltype(to_bits(T{}));

}  // namespace detail

/// Appends a little-endian integer or enumerator: values of the store.
template <integer_like T>
void put(std::string& to, T value) {
    char buffer[sizeof(T)];
    store_little_endian(buffer, detail::to_bits(value));
    to.append(buffer, sizeof buffer);
}

/// Appends a big-endian integer or enumerator whose byte order is its numeric order, negative
/// numbers included: keys of the store.
template <integer_like T>
void put_ordered(std::string& to, T value) {
    using bits = detail::bits_of<T>;
    constexpr bool is_signed = [] {
        if constexpr (std::is_enum_v<T>) return std::is_signed_v<std::underlying_type_t<T>>;
        return std::is_signed_v<T>;
    }();
    bits raw = detail::to_bits(value);
    if constexpr (is_signed) raw ^= bits{1} << (8 * sizeof(bits) - 1);
    char buffer[sizeof(T)];
    store_big_endian(buffer, raw);
    to.append(buffer, sizeof buffer);
}

/// Reads what put() wrote. Every take() is false, and stays false, once the bytes end.
class byte_reader {
public:
    explicit byte_reader(std::string_view bytes) : rest_(bytes) {}

    template <integer_like T>
    bool take(T& value) {
        if (rest_.size() < sizeof(T)) return cut();
        value = static_cast<T>(load_little_endian<detail::bits_of<T>>(rest_.data()));
        rest_.remove_prefix(sizeof(T));
        return true;
    }

    bool take(std::size_t size, std::string_view& bytes) {
        if (rest_.size() < size) return cut();
        bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }

    /// What was not read yet.
    std::string_view rest() const { return rest_; }

    /// Everything was read and nothing was missing.
    bool done() const { return !cut_ && rest_.empty(); }

private:
    bool cut() {
        cut_ = true;
        rest_ = {};
        return false;
    }

    std::string_view rest_;
    bool cut_ = false;
};

}  // namespace baudot
