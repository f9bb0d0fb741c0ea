#pragma once

#include <cstddef>
#include <span>
#include <string_view>

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

}  // namespace baudot::script
