#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/filter.hpp"
#include "router/pattern_index.hpp"
#include "router/post_facts.hpp"

namespace baudot::router {

/// Whether a filter holds for a post. "All" is the least of its parts, "any" the greatest, and the
/// opposite of what is not known is not known.
enum class truth : std::uint8_t { no, unknown, yes };

/// What is wrong with a filter.
struct filter_error {
    std::uint32_t place = 0;  // post_filter::place of the condition, plus its value's number
    std::optional<std::size_t> offset;  // bytes into the pattern
    std::string message;
};

/// Filters of all routes, compiled: what their patterns are called in the sets, tables to look
/// names up in.
///
/// Immutable once built; evaluate() may run on any threads at once.
class filter_program {
public:
    class builder;

    filter_program();
    ~filter_program();
    filter_program(filter_program&&) noexcept;
    filter_program& operator=(filter_program&&) noexcept;

    /// `root`: what builder::add() gave. The parts of a filter follow it: root + 1 is the first,
    /// and behind it come its own parts, if it has any.
    truth evaluate(std::uint32_t root, post_facts& facts) const;

    /// What a condition with patterns finds first, for people; of other conditions nothing.
    struct found {
        std::size_t item = 0;   // of its patterns or words
        std::string_view text;  // a part of the post's text, or of the name of its file
    };
    std::optional<found> find(std::uint32_t node, post_facts& facts) const;

    /// Patterns that the filter asks for, of the text and of the file name.
    struct patterns {
        std::vector<std::uint32_t> text;
        std::vector<std::uint32_t> file_name;
    };
    void add_patterns_of(std::uint32_t root, patterns& to) const;

private:
    struct state;
    std::unique_ptr<state> state_;
    friend class builder;
};

struct script_list;  // in the .cpp file

/// Adds patterns to the sets; the same pattern in several filters is one.
class filter_program::builder {
public:
    builder(pattern_index::builder& text, pattern_index::builder& file_name);
    ~builder();

    /// Errors are added to `wrong`; with one the result is good for nothing.
    std::uint32_t add(const post_filter& filter, std::vector<filter_error>& wrong);

    filter_program build() &&;

private:
    std::unique_ptr<state> state_;
    std::unique_ptr<script_list> scripts_;
    pattern_index::builder& text_;
    pattern_index::builder& file_name_;
};

}  // namespace baudot::router
