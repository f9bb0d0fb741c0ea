#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/pattern_error.hpp"

namespace baudot::router {

/// Memory for patterns. What is compiled is bounded by it whatever the configuration says: a
/// pattern that needs more is refused, a match that needs more is done in another, slower way.
struct pattern_limits {
    std::int64_t set_bytes = std::int64_t{64} << 20;     // of one set: program and DFA cache
    std::int64_t pattern_bytes = std::int64_t{8} << 20;  // of one pattern by itself
    std::size_t set_patterns = 1024;                     // in one set
    std::size_t literals_from = 16;  // patterns with literals from which on these are looked for
};

using text::pattern_error;

/// Which of many RE2 patterns match a text, in one pass for each set of about a thousand,
/// however many there are.
///
/// Guarantee: a pattern is reported exactly when RE2 finds it by itself. A set that runs out of
/// memory while it matches is replaced by its patterns one by one for that text; it never means
/// "no match". Patterns are found anywhere in the text and tell upper from lower case, unless
/// they say otherwise: "^...$", "(?i)". Texts need not be valid UTF-8: a byte that belongs to no
/// character is matched by nothing, not even by ".".
///
/// Immutable after compile(); match() may run on any threads at once.
class pattern_set {
public:
    class builder;

    pattern_set();  // of no patterns
    ~pattern_set();
    pattern_set(pattern_set&&) noexcept;
    pattern_set& operator=(pattern_set&&) noexcept;

    /// `hits`: as many as there are patterns; set to 1 for each that matches, and to 0 for
    /// others. Only the sets that hold one of `wanted` are run, and only the patterns of those
    /// sets are touched.
    void match(std::string_view text, std::span<const std::uint32_t> wanted_sets,
               std::vector<std::uint8_t>& hits) const;

    std::size_t size() const;
    std::size_t sets() const;
    std::uint32_t set_of(std::uint32_t pattern) const;

    /// Matches that ran out of a set's memory and were done one by one.
    std::uint64_t fallbacks() const;

private:
    struct state;
    explicit pattern_set(std::unique_ptr<state> compiled);
    std::unique_ptr<state> state_;
};

/// Collects patterns; the same text is one pattern.
class pattern_set::builder {
public:
    explicit builder(const pattern_limits& limits);
    ~builder();

    /// The pattern's number; the same for the same text.
    std::expected<std::uint32_t, pattern_error> add(std::string_view pattern);

    pattern_set build() &&;

private:
    std::unique_ptr<state> state_;
};

}  // namespace baudot::router
