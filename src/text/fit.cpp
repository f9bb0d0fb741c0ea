#include "text/fit.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/utf16.hpp"
#include "text/words.hpp"

namespace baudot::text {
namespace {

constexpr std::string_view ellipsis = "…";

/// The last beginning of a character that has at most `units` before it, counted from `begin`.
std::size_t reach(std::string_view text, std::size_t begin, std::size_t units) {
    std::size_t at = begin;
    while (at < text.size()) {
        const std::size_t size = bytes_of_character(text, at);
        const std::size_t wide = size == 4 ? 2 : 1;
        if (wide > units) break;
        units -= wide;
        at += size;
    }
    return at;
}

/// Where a text may be broken between `begin` and `end`.
class breaks {
public:
    breaks(const marked_text& of, std::size_t begin, std::size_t end)
        : of_(of), text_(of.bytes), begin_(begin), end_(end) {}

    std::size_t best() const {
        const std::size_t half = begin_ + (end_ - begin_) / 2;
        for (const std::string_view wish : {"\n\n", "\n", " "}) {
            for (std::size_t at = end_; at > half;) {
                at = text_.rfind(wish, at);
                if (at == text_.npos || at <= half) break;
                if (!is_inside_of_one(at)) return at;
                --at;
            }
        }
        return last_character();
    }

private:
    std::size_t last_character() const {
        constexpr std::size_t tries = 64;  // what looks like one character may be without end
        std::size_t at = end_;
        for (std::size_t tried = 0; tried < tries && at > begin_; ++tried) {
            if (!belongs_to_the_one_before(text_, at) && !is_inside_of_one(at)) return at;
            do --at;
            while (at > begin_ && is_continuation(text_[at]));
        }
        return end_;
    }

    /// Of a short entity that means nothing in parts.
    bool is_inside_of_one(std::size_t at) const {
        const std::size_t longest = (end_ - begin_) / 2;
        return std::ranges::any_of(of_.marks, [&](const mark& each) {
            const bool is_one =
                is_found_by_telegram(each.what.type) || each.what.type == "custom_emoji";
            return is_one && each.begin < at && at < each.end && each.end - each.begin <= longest;
        });
    }

    const marked_text& of_;
    std::string_view text_;
    std::size_t begin_;
    std::size_t end_;
};

/// The part of at most `units` from `begin` on; `begin` goes to where the next one begins.
formatted_text next_part(const marked_text& of, std::size_t& begin, std::size_t units) {
    const std::string_view text = of.bytes;
    std::size_t end = reach(text, begin, units);
    if (end < text.size()) end = breaks(of, begin, end).best();
    marked_text part = slice(of, begin, end);
    trim(part);
    begin = end;
    while (begin < text.size() && is_blank(text[begin])) ++begin;
    return write_formatted(part);
}

std::vector<formatted_text> split(const marked_text& what, bool is_caption,
                                  long_text_policy policy) {
    std::vector<formatted_text> parts;
    std::size_t begin = 0;
    if (is_caption && policy == long_text_policy::follow) {
        parts.emplace_back();
    } else if (is_caption) {
        parts.push_back(next_part(what, begin, caption_units_max));
    }
    while (begin < what.bytes.size()) parts.push_back(next_part(what, begin, text_units_max));
    return parts;
}

/// The end of the body goes, what was added stays.
std::vector<formatted_text> cut(marked_text what, std::size_t units_max) {
    const std::string_view text = what.bytes;
    const std::size_t others = utf16_length(text.substr(0, what.body_begin)) +
                               utf16_length(text.substr(what.body_end)) + 1;
    if (others >= units_max || what.body_begin == what.body_end) return {};
    const std::size_t end =
        std::min(reach(text, what.body_begin, units_max - others), what.body_end);
    std::size_t at = breaks(what, what.body_begin, end).best();
    while (at > what.body_begin && is_blank(text[at - 1])) --at;
    const edit one{.begin = at, .end = what.body_end, .with = std::string(ellipsis)};
    apply_edits({&one, 1}, what);
    return {write_formatted(what)};
}

}  // namespace

std::vector<formatted_text> fit(marked_text what, bool is_caption, long_text_policy policy) {
    trim(what);
    const std::size_t units_max = is_caption ? caption_units_max : text_units_max;
    if (utf16_length(what.bytes) <= units_max) return {write_formatted(what)};
    if (policy == long_text_policy::cut) return cut(std::move(what), units_max);
    return split(what, is_caption, policy);
}

}  // namespace baudot::text
