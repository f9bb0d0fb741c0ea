#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rewriting/tagged_text.hpp"

namespace baudot::rewriting {

/// What an id of a tag means.
struct tag_meaning {
    bool is_kept = false;     // `kept` stands there
    std::size_t number = 0;   // of the mark, or of what is kept
    std::string_view kept{};  // the text
};

struct read_entry {
    std::string text;
    std::vector<placed_mark> marks{};  // in no order, of any nesting, perhaps empty ones
    std::vector<placed_mark> kept{};   // `mark` is the number of what is kept
};

/// An answer with tags, leniently: see tagged_text::read(). `meaning_of` an id: nothing when it
/// was not given out. Linear in the length of the answer, for the few tags of a real one.
read_entry read_tags(std::string_view html,
                     const std::function<std::optional<tag_meaning>(std::size_t)>& meaning_of);

}  // namespace baudot::rewriting
