#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "config/value.hpp"

namespace baudot::config {

/// What one value may be.
struct value_shape {
    enum class kind : std::uint8_t {
        text,  // whatever stands there, with a grammar of its own
        boolean,
        whole,
        number,
        time_span,  // 30s, 7d
        bytes,      // 64KiB
        hidden,     // ${NAME}, file:PATH
        file,       // its path
        word,       // one of `words`
    };

    kind is = kind::text;
    std::optional<std::int64_t> least;  // of a whole number
    std::optional<std::int64_t> most;
    std::vector<std::string> words;
};

/// The keys that a mapping may have, as whoever reads it has named them: what a reader knows, said
/// once. It is found by reading with a reader that has nothing to read (document::describe()).
struct mapping_shape {
    struct key {
        unsigned required = 0;       // in so many of the readings
        bool is_choice = false;      // between a value and a mapping, one of which is required
        bool may_be_absent = false;  // whoever reads it looked whether it is there
        std::optional<value_shape> value;        // it may be a single value
        bool may_be_values = false;              // or a list of them
        std::shared_ptr<mapping_shape> mapping;  // it may be a mapping
        bool may_be_alone = false;               // as such
        bool may_be_list = false;                // in a list
    };

    std::vector<std::pair<std::string, key>> keys;  // in the order in which they are read
    unsigned readings = 0;
    std::string name;     // reader::is_described_as(); empty: it has none
    std::string same_as;  // it is the mapping of this name, and has no keys of its own

    key& at(std::string_view name_of_key);

    bool is_required(const key& of) const {
        if (of.may_be_absent) return false;
        return of.is_choice ? of.required > 0 : of.required == readings;
    }
};

/// What a reader notes instead of reading. Where a value may be one thing or another, the reader
/// asks which it is, and is told something else in each pass; so are those who read a word.
struct shape_recorder {
    static constexpr unsigned passes = 8;

    mapping_shape* here = nullptr;
    unsigned pass = 0;
    unsigned depth = 0;
    std::map<std::string, mapping_shape*, std::less<>> named{};

    // Mappings that are choices stand inside of each other, so neighbours choose apart.
    bool chooses_mapping() const { return (pass >> depth % 2 & 1U) != 0; }
};

/// A type that is one of some words says which, beside its parse_value():
///
///     std::vector<std::string> value_words(T);
template <class T>
value_shape shape_of(const range<T>& allowed) {
    using kind = value_shape::kind;
    value_shape made;
    if constexpr (std::same_as<T, bool>) {
        made.is = kind::boolean;
    } else if constexpr (std::integral<T>) {
        made.is = kind::whole;
        if (std::unsigned_integral<T>) made.least = 0;
        if (allowed.least) made.least = static_cast<std::int64_t>(*allowed.least);
        if (allowed.most) made.most = static_cast<std::int64_t>(*allowed.most);
    } else if constexpr (std::floating_point<T>) {
        made.is = kind::number;
    } else if constexpr (std::same_as<T, duration>) {
        made.is = kind::time_span;
    } else if constexpr (std::same_as<T, byte_size>) {
        made.is = kind::bytes;
    } else if constexpr (requires { value_words(T{}); }) {
        made.is = kind::word;
        made.words = value_words(T{});
    }
    return made;
}

}  // namespace baudot::config
