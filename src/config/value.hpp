#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace baudot::config {

/// Bytes, written "64KiB", "256MiB", "10GiB".
enum class byte_size : std::uint64_t {};

// Every type that a setting can have is one overload
//
//     std::optional<std::string> parse_value(std::string_view text, T& value);
//
// found by argument-dependent look-up, so a module adds its own beside its type. It returns
// nothing when `value` was set, otherwise what would be right: "a duration such as 30s".

std::optional<std::string> parse_value(std::string_view text, bool& value);
std::optional<std::string> parse_value(std::string_view text, double& value);
std::optional<std::string> parse_value(std::string_view text, std::string& value);
std::optional<std::string> parse_value(std::string_view text, duration& value);  // "1h30m", "7d"
std::optional<std::string> parse_value(std::string_view text, byte_size& value);

template <std::integral Int>
std::optional<std::string> parse_value(std::string_view text, Int& value) {
    Int parsed{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, parsed);
    if (error == std::errc{} && stop == end) {
        value = parsed;
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range && stop == end) {
        return "a whole number from " + std::to_string(std::numeric_limits<Int>::min()) + " to " +
               std::to_string(std::numeric_limits<Int>::max());
    }
    return std::unsigned_integral<Int> ? "a whole number, not negative" : "a whole number";
}

// How a limit of a value is written in a message.
template <std::integral Int>
std::string value_text(Int value) {
    return std::to_string(value);
}
std::string value_text(double value);
std::string value_text(duration value);
std::string value_text(byte_size value);

/// What a value may be, both included.
template <class T>
struct range {
    std::optional<T> least;
    std::optional<T> most;

    /// Nothing when `value` is allowed, otherwise what would be right.
    std::optional<std::string> check(const T& value) const {
        if (least && value < *least) return "at least " + value_text(*least);
        if (most && value > *most) return "at most " + value_text(*most);
        return std::nullopt;
    }
};

/// A token or password. It has no operator<< and no conversion, so that it gets into a log or a
/// message only where somebody wrote reveal().
class secret {
public:
    secret() = default;
    explicit secret(std::string value) : value_(std::move(value)) {}
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

private:
    std::string value_;
};

}  // namespace baudot::config
