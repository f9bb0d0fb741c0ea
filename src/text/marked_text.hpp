#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/own_links.hpp"
#include "model/text.hpp"

namespace baudot::text {

/// An entity as a range of bytes, so that what finds and replaces in UTF-8 needs no other count.
/// Both ends are the beginning of a character, or the end of the text.
struct mark {
    std::size_t begin = 0;
    std::size_t end = 0;
    message_entity what;      // its offset and length mean nothing here
    bool is_touched = false;  // an edit changed its text, or what stands beside it
};

/// A text that is being transformed.
///
/// Invariants: `bytes` is valid UTF-8; marks are in order (by begin, the longer first), none is
/// empty or beyond the text, none begins or ends inside a character; those that were nested at
/// first still are.
struct marked_text {
    std::string bytes;
    std::vector<mark> marks;
    /// What is left of the post's own text: in front of it are headers, behind it footers.
    std::size_t body_begin = 0;
    std::size_t body_end = 0;
    bool is_changed = false;         // since read_marked()
    std::optional<own_links> own{};  // where some links are marked as own: what becomes of them
};

/// `end - begin` bytes give way to `with`, whose own marks count from its beginning. The same begin
/// and end: it is put in there. Both are the beginning of a character.
struct edit {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string with;
    std::vector<mark> marks{};
};

/// Entities of nothing, and before or behind the text, are left out; those that reach beyond the
/// text are cut, and those that would part a surrogate pair take all of it. What is no UTF-8
/// becomes U+FFFD.
marked_text read_marked(const formatted_text& what);

/// With offsets and lengths in UTF-16 units. Entities that Telegram finds by itself (links,
/// mentions, hashtags...) are left out where an edit touched them: it finds anew what still is one.
/// An own link stays while it names the same message.
formatted_text write_formatted(const marked_text& what);

/// All edits in one pass. They are in order and do not overlap.
///
/// What replaces something has the format of the first character that it replaces; what is put in
/// somewhere that of neither side, unless both have it. What is left of an entity stays one.
void apply_edits(std::span<const edit> edits, marked_text& to);

/// Blank space at both ends goes, as at Telegram.
void trim(marked_text& what);

/// Bytes `begin` to `end` with what of the entities lies there.
marked_text slice(const marked_text& what, std::size_t begin, std::size_t end);

bool is_blank(char byte) noexcept;         // space, end of line, tab
bool is_continuation(char byte) noexcept;  // inside of a character

/// Telegram finds entities of this type by itself, wherever they stand.
bool is_found_by_telegram(std::string_view type) noexcept;

}  // namespace baudot::text
