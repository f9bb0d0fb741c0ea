#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.hpp"

// A YAML text as a tree with positions. JSON is YAML. Our own files are read with reader.hpp, which
// lets no key go unnamed; the tree is for files of other programs.

namespace baudot::config {

enum class node_kind : unsigned char { nothing, scalar, list, mapping };

struct node {
    struct entry {
        std::string key;
        position at;
        std::shared_ptr<const node> value;
    };

    node_kind kind = node_kind::nothing;
    position at;
    std::string text;                                // scalar
    std::vector<std::shared_ptr<const node>> items;  // list
    std::vector<entry> entries;                      // mapping; keys are unique
    std::size_t weight = 1;                          // nodes in it, aliases written out

    const entry* find(std::string_view key) const;
};

struct parse_limits {
    std::size_t bytes = std::size_t{1} << 20;
    std::size_t depth = 32;
    std::size_t nodes = 100'000;   // aliases written out, so that few bytes cannot mean many
    bool takes_yaml_tags = false;  // !!set and the like, without a look at what they say
};

/// The one document of `text`. Nothing when the text is not YAML or passes a limit; a mapping
/// with keys given twice is reported and keeps the first. Aliases share their nodes. A pair of
/// JSON escapes ("\ud83d\udd17") is the one character that it stands for.
std::shared_ptr<const node> parse_yaml(std::string_view text, const parse_limits& limits,
                                       problem_list& problems);

}  // namespace baudot::config
