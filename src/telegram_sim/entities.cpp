#include "telegram_sim/entities.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf16.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::array<std::string_view, entity_kinds> names = {
    "mention",       "hashtag",
    "cashtag",       "bot_command",
    "url",           "email",
    "phone_number",  "bold",
    "italic",        "underline",
    "strikethrough", "spoiler",
    "blockquote",    "expandable_blockquote",
    "code",          "pre",
    "text_link",     "text_mention",
    "custom_emoji"};

bool is_style(entity_kind kind) noexcept {
    return kind >= entity_kind::bold && kind <= entity_kind::spoiler;
}

bool is_quote(entity_kind kind) noexcept {
    return kind == entity_kind::blockquote || kind == entity_kind::expandable_blockquote;
}

bool is_verbatim(entity_kind kind) noexcept {
    return kind == entity_kind::code || kind == entity_kind::pre;
}

std::int32_t end_of(const entity& of) noexcept {
    return of.offset + of.length;
}

/// Outer before inner; among equal spans quotes are outermost and styles innermost.
bool outer_first(const entity& left, const entity& right) noexcept {
    const auto rank = [](const entity& of) {
        return is_quote(of.kind) ? 0 : is_style(of.kind) ? 2 : 1;
    };
    if (left.offset != right.offset) return left.offset < right.offset;
    if (left.length != right.length) return left.length > right.length;
    if (rank(left) != rank(right)) return rank(left) < rank(right);
    return left.kind < right.kind;
}

bool intersect(const entity& left, const entity& right) noexcept {
    return left.offset < end_of(right) && right.offset < end_of(left);
}

bool contains(const entity& outer, const entity& inner) noexcept {
    return outer.offset <= inner.offset && end_of(inner) <= end_of(outer);
}

bool is_dropped(char32_t point) noexcept {
    return point == '\r' || (point >= 0x2028 && point <= 0x202E);
}

bool is_blank(char32_t point) noexcept {
    return point == ' ' || point == '\n';
}

/// Nothing to see: a text of these alone is empty.
bool is_invisible(char32_t point) noexcept {
    return is_blank(point) || point == 0xA0 || point == 0xAD || point == 0x180E ||
           (point >= 0x2000 && point <= 0x200F) || (point >= 0x202F && point <= 0x206F) ||
           point == 0x3000 || point == 0x3164 || point == 0xFEFF;
}

/// The code point at `at` of valid UTF-8, and its bytes.
std::pair<char32_t, std::size_t> point_at(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[at + n]); };
    const auto tail = [&](std::size_t n) { return static_cast<char32_t>(byte(n) & 0x3F); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    if (first < 0xE0) return {static_cast<char32_t>(first & 0x1F) << 6 | tail(1), 2};
    if (first < 0xF0) {
        return {static_cast<char32_t>(first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3};
    }
    return {static_cast<char32_t>(first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
}

/// A text under repair: `moved[old]` is the new position of UTF-16 position `old`, or -1 inside
/// a surrogate pair.
struct cleaned {
    std::string text;
    std::vector<std::int32_t> moved;
};

cleaned clean(std::string_view input) {
    cleaned out;
    out.text.reserve(input.size());
    out.moved.reserve(input.size() + 1);
    std::int32_t units = 0;
    for (std::size_t at = 0; at < input.size();) {
        const auto [point, bytes] = point_at(input, at);
        if (out.text.size() + bytes > input_bytes_max) break;
        out.moved.push_back(units);
        if (point > 0xFFFF) out.moved.push_back(-1);
        if (!is_dropped(point)) {
            if (point < ' ' && point != '\n')
                out.text.push_back(' ');
            else
                out.text.append(input.substr(at, bytes));
            units += point > 0xFFFF ? 2 : 1;
        }
        at += bytes;
    }
    out.moved.push_back(units);
    return out;
}

api_result<void> move_entities(std::vector<entity>& entities, const cleaned& text) {
    std::vector<entity> kept;
    for (entity& one : entities) {
        if (one.offset < 0 || one.length <= 0) continue;
        const auto size = static_cast<std::int64_t>(text.moved.size()) - 1;
        const std::int64_t end = std::int64_t{one.offset} + one.length;
        if (one.offset > size) {
            return bad_request("entity begins after the end of the text at UTF-16 offset " +
                               std::to_string(one.offset));
        }
        if (end > size) {
            return bad_request("entity ends after the end of the text at UTF-16 offset " +
                               std::to_string(end));
        }
        const std::int32_t from = text.moved[static_cast<std::size_t>(one.offset)];
        const std::int32_t to = text.moved[static_cast<std::size_t>(end)];
        if (from < 0 || to < 0) {
            return bad_request(std::string("entity ") + (from < 0 ? "begins" : "ends") +
                               " in a middle of a UTF-16 symbol at UTF-16 offset " +
                               std::to_string(from < 0 ? one.offset : end));
        }
        one.offset = from;
        one.length = to - from;
        kept.push_back(std::move(one));
    }
    entities = std::move(kept);
    return {};
}

void trim(std::string& text, std::vector<entity>& entities) {
    std::size_t first = 0;
    while (first < text.size() && is_blank(static_cast<unsigned char>(text[first]))) ++first;
    std::size_t last = text.size();
    while (last > first && is_blank(static_cast<unsigned char>(text[last - 1]))) --last;
    text = text.substr(first, last - first);
    const auto shift = static_cast<std::int32_t>(first);  // blanks are one byte and one unit
    const auto size = static_cast<std::int32_t>(utf16_length(text));
    for (entity& one : entities) {
        const std::int32_t from = std::clamp(one.offset - shift, 0, size);
        const std::int32_t to = std::clamp(end_of(one) - shift, 0, size);
        one.offset = from;
        one.length = to - from;
    }
    std::erase_if(entities, [](const entity& one) { return one.length <= 0; });
}

bool is_empty(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const auto [point, bytes] = point_at(text, at);
        if (!is_invisible(point)) return false;
        at += bytes;
    }
    return true;
}

/// Whole entities that may stand together: only quotes hold others, and nothing crosses.
void keep_compatible(std::vector<entity>& kept, const entity& one) {
    for (const entity& other : kept) {
        if (!intersect(other, one)) continue;
        const bool inside = is_quote(other.kind) && !is_quote(one.kind) && contains(other, one);
        const bool around = is_quote(one.kind) && !is_quote(other.kind) && contains(one, other);
        if (!inside && !around) return;
    }
    kept.push_back(one);
}

/// The spans of one style, grown together, without those of code and pre, and cut where they
/// cross a whole entity.
std::vector<entity> style_spans(entity_kind kind, const std::vector<entity>& all,
                                const std::vector<entity>& whole) {
    std::vector<entity> spans;
    for (const entity& one : all) {
        if (one.kind != kind) continue;
        if (!spans.empty() && one.offset <= end_of(spans.back())) {
            spans.back().length = std::max(end_of(spans.back()), end_of(one)) - spans.back().offset;
        } else {
            spans.push_back({.kind = kind, .offset = one.offset, .length = one.length});
        }
    }
    for (const entity& wall : whole) {
        std::vector<entity> cut;
        for (const entity& span : spans) {
            const bool removes = is_verbatim(wall.kind);
            if (!intersect(span, wall) || (!removes && contains(span, wall)) ||
                (!removes && contains(wall, span))) {
                cut.push_back(span);
                continue;
            }
            const auto part = [&](std::int32_t from, std::int32_t to) {
                if (from < to) cut.push_back({.kind = kind, .offset = from, .length = to - from});
            };
            part(span.offset, wall.offset);
            if (!removes) {
                part(std::max(span.offset, wall.offset), std::min(end_of(span), end_of(wall)));
            }
            part(end_of(wall), end_of(span));
        }
        spans = std::move(cut);
    }
    return spans;
}

/// Cuts styles until, of any two that share a character, one holds the other.
std::vector<entity> nest(std::vector<entity> entities) {
    std::ranges::sort(entities, outer_first);
    std::vector<entity> open, done;
    // A list kept sorted; what is cut off goes back into it.
    for (std::size_t at = 0; at < entities.size(); ++at) {
        entity one = entities[at];
        while (!open.empty() && end_of(open.back()) <= one.offset) open.pop_back();
        std::int32_t wall = end_of(one);
        for (const entity& outer : open) wall = std::min(wall, end_of(outer));
        if (wall < end_of(one) && is_style(one.kind)) {
            entity rest = one;
            rest.offset = wall;
            rest.length = end_of(one) - wall;
            one.length = wall - one.offset;
            const auto from = entities.begin() + static_cast<std::ptrdiff_t>(at) + 1;
            entities.insert(std::upper_bound(from, entities.end(), rest, outer_first), rest);
        }
        open.push_back(one);
        done.push_back(std::move(one));
    }
    std::ranges::sort(done, outer_first);
    return done;
}

std::vector<entity> fix(std::vector<entity> given, const std::vector<entity>& found) {
    std::ranges::sort(given, outer_first);
    std::vector<entity> whole;
    for (const entity& one : given) {
        if (!is_style(one.kind) && !is_found_in_text(one.kind)) keep_compatible(whole, one);
    }
    for (const entity& one : given) {
        if (is_found_in_text(one.kind)) keep_compatible(whole, one);
    }
    for (const entity& one : found) keep_compatible(whole, one);
    std::vector<entity> all = whole;
    for (int kind = static_cast<int>(entity_kind::bold);
         kind <= static_cast<int>(entity_kind::spoiler); ++kind) {
        const auto spans = style_spans(static_cast<entity_kind>(kind), given, whole);
        all.insert(all.end(), spans.begin(), spans.end());
    }
    return nest(std::move(all));
}

}  // namespace

std::string_view name(entity_kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<entity_kind> entity_kind_of(std::string_view wanted) noexcept {
    const auto at = std::ranges::find(names, wanted);
    if (at == names.end()) return std::nullopt;
    return static_cast<entity_kind>(at - names.begin());
}

api_result<formatted_text> normalise(formatted_text input, bool find) {
    if (!is_valid_utf8(input.text)) return bad_request("strings must be encoded in UTF-8");
    cleaned text = clean(input.text);
    if (auto moved = move_entities(input.entities, text); !moved) {
        return std::unexpected(moved.error());
    }
    if (is_empty(text.text)) return formatted_text{};
    trim(text.text, input.entities);
    std::vector<entity> found;
    if (find) found = find_entities(text.text);
    formatted_text out{.text = std::move(text.text), .entities = {}};
    out.entities = fix(std::move(input.entities), found);
    if (out.entities.size() > entities_max) out.entities.resize(entities_max);
    return out;
}

formatted_text without_found(const formatted_text& text) {
    formatted_text out = text;
    std::erase_if(out.entities, [](const entity& one) { return is_found_in_text(one.kind); });
    return out;
}

}  // namespace baudot::telegram_sim
