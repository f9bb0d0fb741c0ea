#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baudot {

/// What becomes of the links in a text that lead to posts of its own source chat
/// (message_entity::own_post), when it is sent: where the post has a copy in the destination, the
/// link leads to that copy.
struct own_links {
    /// What becomes of the others: there is no copy, or no link leads to it. Append only: stored.
    enum class action : std::uint8_t {
        keep,
        strike,   // the link goes, its words are struck through; an address that is seen goes
        remove,   // with its words
        replace,  // by `with`, a text as it is
    };

    action without_copy = action::keep;
    std::string with;
    /// Names of other routes that bring posts of this source into the same chats: where the route
    /// itself has made no copy, one of theirs will do.
    std::vector<std::string> routes;

    friend bool operator==(const own_links&, const own_links&) = default;
};

constexpr own_links::action own_links_action_last = own_links::action::replace;

std::string_view name(own_links::action how) noexcept;

}  // namespace baudot
