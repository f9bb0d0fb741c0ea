#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/message.hpp"

namespace baudot::script {

/// An entity as a range of bytes of a text; both ends are the beginning of a character.
struct span_entity {
    std::size_t begin = 0;
    std::size_t end = 0;
    const message_entity* what = nullptr;
};

/// A post as a script sees it. All of it outlives the call.
struct subject {
    const message& post;
    std::string_view text;                  // valid UTF-8: the post's own, or what became of it
    std::span<const span_entity> entities;  // of `text`
};

/// What a script makes of a text.
struct new_text {
    struct entity {
        std::size_t begin = 0;  // of the first byte, and behind the last one
        std::size_t end = 0;
        message_entity what;  // its offset and length mean nothing here
    };

    std::string text;  // valid UTF-8
    /// In order (by begin, the longer first), nested, none empty, each of whole characters. None:
    /// the script has returned a text alone.
    std::optional<std::vector<entity>> entities;
};

}  // namespace baudot::script
