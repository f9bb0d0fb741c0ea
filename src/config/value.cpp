#include "config/value.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "base/utf16.hpp"

namespace baudot::config {
namespace {

struct unit {
    std::string_view name;
    std::uint64_t size;
};

constexpr std::uint64_t second = 1'000'000'000;
static_assert(duration(std::chrono::seconds(1)).count() == second, "units below are nanoseconds");

// From large to small: what value_text() prefers. "ms" stands before "m" and "s", of which it
// begins with the one and ends with the other.
constexpr std::array<unit, 6> durations{{{"d", 24 * 3600 * second},
                                         {"h", 3600 * second},
                                         {"ms", second / 1000},
                                         {"m", 60 * second},
                                         {"s", second},
                                         {"us", second / 1'000'000}}};
constexpr std::array<unit, 5> sizes{{{"TiB", std::uint64_t{1} << 40},
                                     {"GiB", std::uint64_t{1} << 30},
                                     {"MiB", std::uint64_t{1} << 20},
                                     {"KiB", std::uint64_t{1} << 10},
                                     {"B", 1}}};

/// Takes "12unit" off the front of `text`; nothing when there is none or it is too large.
template <std::size_t Count>
std::optional<std::uint64_t> take_quantity(std::string_view& text,
                                           const std::array<unit, Count>& units) {
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    for (const unit& one : units) {
        if (!text.starts_with(one.name)) continue;
        text.remove_prefix(one.name.size());
        std::uint64_t total = 0;
        if (__builtin_mul_overflow(number, one.size, &total)) return std::nullopt;
        return total;
    }
    return std::nullopt;
}

template <std::size_t Count>
std::string in_largest_unit(std::uint64_t value, const std::array<unit, Count>& units) {
    const unit* best = nullptr;
    for (const unit& one : units) {
        if (value % one.size == 0 && (best == nullptr || one.size > best->size)) best = &one;
    }
    if (best == nullptr || value == 0) best = &units[Count - 1];
    return std::to_string(value / best->size) + std::string(best->name);
}

}  // namespace

std::optional<std::string> parse_value(std::string_view text, bool& value) {
    if (text != "true" && text != "false") return "true or false";
    value = text == "true";
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, double& value) {
    double parsed = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, parsed);
    if (error != std::errc{} || stop != end || !std::isfinite(parsed)) return "a number";
    value = parsed;
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, std::string& value) {
    if (text.empty()) return "a text that is not empty";
    value = text;
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, duration& value) {
    const std::string right = "a duration such as 500ms, 30s, 1h30m or 7d";
    if (text.empty()) return right;
    std::uint64_t total = 0;
    while (!text.empty()) {
        const auto part = take_quantity(text, durations);
        if (!part || __builtin_add_overflow(total, *part, &total)) return right;
    }
    if (!std::in_range<duration::rep>(total)) return "a duration below 290 years";
    value = duration(static_cast<duration::rep>(total));
    return std::nullopt;
}

std::optional<std::string> parse_value(std::string_view text, byte_size& value) {
    const auto total = take_quantity(text, sizes);
    if (!total || !text.empty()) return "a size such as 64KiB, 256MiB or 10GiB";
    value = byte_size{*total};
    return std::nullopt;
}

std::string value_text(double value) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string value_text(duration value) {
    if (value < duration::zero()) return "-" + value_text(-value);
    return in_largest_unit(static_cast<std::uint64_t>(value.count()), durations);
}

std::string value_text(byte_size value) {
    return in_largest_unit(std::to_underlying(value), sizes);
}

}  // namespace baudot::config
