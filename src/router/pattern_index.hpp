#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "router/pattern_set.hpp"

namespace baudot::router {

/// Which of many patterns a text has, in time that hardly depends on how many there are. A pattern
/// that cannot match without some literal ("release", not "[0-9]+") is tried when one of its
/// literals is in the text and somebody asks; all literals are found in one pass, when the first
/// such pattern is asked for. The others are in a pattern_set, as are all where there are few.
///
/// The guarantee is the one of pattern_set: a pattern is said to be found exactly when RE2 finds it
/// by itself.
///
/// Immutable once built; of use to any threads at once, each with scanned texts of its own.
class pattern_index {
public:
    class builder;

    pattern_index();  // of no patterns
    ~pattern_index();
    pattern_index(pattern_index&&) noexcept;
    pattern_index& operator=(pattern_index&&) noexcept;

    /// What is known of one text. To be used again for the next, so that nothing is allocated.
    struct scanned {
        std::string_view text;
        std::vector<std::uint8_t> in_sets;
        std::vector<std::uint8_t> of_literals;   // empty: they were not looked for yet
        std::vector<std::uint32_t> to_be_tried;  // patterns all of whose literals are there
    };

    /// Only patterns of `wanted_sets`, and those that are in none, may be asked for then.
    void scan(std::string_view text, std::span<const std::uint32_t> wanted_sets, scanned& to) const;

    bool finds(std::uint32_t pattern, scanned& in) const;

    /// One of a list is found. A long list costs what is found of it, not what is in it.
    bool finds_one(std::uint32_t list, scanned& in) const;

    /// Likewise, and `accept` says yes to its number.
    bool finds_one(std::uint32_t list, scanned& in,
                   const std::function<bool(std::uint32_t)>& accept) const;

    /// Where a pattern is found. Both are parts of the text; a group that took no part has no data.
    struct found {
        std::string_view whole;
        std::string_view group;
    };

    /// The first match that begins at `from` or later; what stands before is seen by "^" and "\\b".
    std::optional<found> find(std::uint32_t pattern, std::string_view text, std::size_t from,
                              int group) const;

    std::size_t size() const;
    std::optional<std::uint32_t> set_of(std::uint32_t pattern) const;

    const pattern_set& sets() const;
    std::size_t literals() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// Collects patterns; the same text is one pattern.
class pattern_index::builder {
public:
    explicit builder(const pattern_limits& limits);
    ~builder();

    /// The pattern's number; the same for the same text.
    std::expected<std::uint32_t, pattern_error> add(std::string_view pattern);

    /// Capturing groups of a pattern.
    int groups_of(std::uint32_t pattern) const;

    /// Patterns of which one is asked for; the number of the list.
    std::uint32_t add_list(std::vector<std::uint32_t> patterns);

    pattern_index build() &&;

private:
    std::unique_ptr<state> state_;
};

}  // namespace baudot::router
