#include "rewriting/tagged_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/assert.hpp"
#include "rewriting/kept_types.hpp"
#include "rewriting/tag_reader.hpp"
#include "text/words.hpp"

namespace baudot::rewriting {
namespace {

/// Bytes of something at `at` that a reader of HTML takes for markup, also one that decodes
/// characters twice: LibreTranslate does, and what was &lt; comes back as <.
std::size_t markup_at(std::string_view text, std::size_t at) {
    constexpr std::size_t name_max = 10;
    if (text[at] == '<') return 1;
    if (text[at] != '&') return 0;
    std::size_t end = at + 1;
    const auto is_name = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || byte == '#';
    };
    while (end < text.size() && end - at <= name_max && is_name(text[end])) ++end;
    return end < text.size() && end > at + 1 && text[end] == ';' ? end + 1 - at : 0;
}

/// Symbols, punctuation and emoji are none; scripts are, roughly.
bool is_letter(std::uint32_t point) {
    if (point < 0x80) return (point | 0x20U) >= 'a' && (point | 0x20U) <= 'z';
    const auto in = [point](std::uint32_t low, std::uint32_t high) {
        return point >= low && point <= high;
    };
    return in(0xC0, 0x1FFF) || in(0x2C00, 0x2DFF) || in(0x3040, 0xDFFF) || in(0xF900, 0xFDFF) ||
           in(0xFE70, 0xFEFE) || in(0xFF21, 0xFFDF) || in(0x10000, 0x1EFFF) || point >= 0x20000;
}

std::uint32_t code_point_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t place) { return static_cast<unsigned char>(text[place]); };
    const std::size_t size = text::bytes_of_character(text, at);
    if (size == 1) return byte(at);
    std::uint32_t point = byte(at) & (0x7FU >> size);
    for (std::size_t more = 1; more < size; ++more)
        point = (point << 6U) | (byte(at + more) & 0x3FU);
    return point;
}

void append_escaped(std::string& to, std::string_view text, std::string_view line_end) {
    for (const char each : text) {
        switch (each) {
            case '&': to += "&amp;"; break;
            case '<': to += "&lt;"; break;
            case '>': to += "&gt;"; break;
            case '\n': to += line_end; break;
            default: to += each;
        }
    }
}

const kept_range* kept_around(const std::vector<kept_range>& kept, std::size_t place) {
    const auto after = std::ranges::partition_point(
        kept, [place](const kept_range& each) { return each.end <= place; });
    return after != kept.end() && after->begin <= place ? &*after : nullptr;
}

bool holds(const kept_range& range, const text::mark& what) {
    return range.begin <= what.begin && what.end <= range.end;
}

/// One entry while it is written.
class entry_writer {
public:
    entry_writer(std::string_view text, const std::vector<kept_range>& kept,
                 std::size_t first_kept_id, std::string_view line_end)
        : text_(text), kept_(kept), first_kept_id_(first_kept_id), line_end_(line_end) {}

    /// `spans` in order, the outer first; they may cross.
    std::string write(std::size_t begin, std::size_t end, std::span<const placed_mark> spans) {
        at_ = begin;
        for (const placed_mark& each : spans) {
            close_until(each.begin);
            copy_to(each.begin);
            open(each);
        }
        close_until(end);
        copy_to(end);
        return std::move(made_);
    }

private:
    void open(const placed_mark& what) {
        fmt::format_to(std::back_inserter(made_), "<span id=\"{}\">", what.mark);
        open_.push_back(what);
    }

    /// All that ends up to `place`; what crosses goes on behind it.
    void close_until(std::size_t place) {
        for (;;) {
            const auto next = std::ranges::min_element(open_, {}, &placed_mark::end);
            if (next == open_.end() || next->end > place) return;
            const std::size_t end = next->end;
            copy_to(end);
            std::vector<placed_mark> above(std::next(next), open_.end());
            for (auto each = next; each != open_.end(); ++each) made_ += "</span>";
            open_.erase(next, open_.end());
            for (const placed_mark& each : above) {
                if (each.end > end) open(each);
            }
        }
    }

    void copy_to(std::size_t end) {
        while (at_ < end) {
            const auto next = std::ranges::partition_point(
                kept_, [&](const kept_range& each) { return each.end <= at_; });
            const std::size_t plain_end =
                next == kept_.end() ? end : std::clamp(next->begin, at_, end);
            append_escaped(made_, text_.substr(at_, plain_end - at_), line_end_);
            at_ = plain_end;
            if (at_ == end) return;
            fmt::format_to(std::back_inserter(made_), "<code id=\"{}\" translate=\"no\">",
                           first_kept_id_ + static_cast<std::size_t>(next - kept_.begin()));
            append_escaped(made_, text_.substr(at_, next->end - at_), line_end_);
            made_ += "</code>";
            at_ = next->end;
        }
    }

    std::string_view text_;
    const std::vector<kept_range>& kept_;
    std::size_t first_kept_id_;
    std::string_view line_end_;
    std::size_t at_ = 0;
    std::vector<placed_mark> open_;
    std::string made_;
};

}  // namespace

tagged_text::tagged_text(text::marked_text what, tag_layout layout, std::size_t entries_max)
    : text_(std::move(what)), layout_(layout) {
    BAUDOT_ASSERT(entries_max > 0, "a text needs an entry");
    find_kept();
    if (layout == tag_layout::lines) {
        cut_lines(entries_max);
    } else {
        add_part(0, text_.bytes.size());
    }
    for (part& each : parts_) entries_.push_back(write(each));
}

void tagged_text::find_kept() {
    for (const text::mark& each : text_.marks) {
        if (is_kept(each.what.type)) kept_.push_back({.begin = each.begin, .end = each.end});
    }
    for (std::size_t at = 0; at < text_.bytes.size(); ++at) {
        const std::size_t size = markup_at(text_.bytes, at);
        if (size > 0) kept_.push_back({.begin = at, .end = at + size});
    }
    std::ranges::sort(kept_, {}, &kept_range::begin);
    std::vector<kept_range> apart;
    for (const kept_range& each : kept_) {
        if (!apart.empty() && each.begin < apart.back().end) {
            apart.back().end = std::max(apart.back().end, each.end);
        } else {
            apart.push_back(each);
        }
    }
    kept_ = std::move(apart);
}

void tagged_text::cut_lines(std::size_t entries_max) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text_.bytes.size(); ++at) {
        if (text_.bytes[at] != '\n' || kept_around(kept_, at) != nullptr) continue;
        add_part(begin, at);
        begin = at + 1;
    }
    add_part(begin, text_.bytes.size());
    if (parts_.size() <= entries_max) return;
    const std::size_t together = (parts_.size() + entries_max - 1) / entries_max;
    std::vector<part> joined;
    for (std::size_t first = 0; first < parts_.size(); first += together) {
        const std::size_t last = std::min(first + together, parts_.size()) - 1;
        joined.push_back({.begin = parts_[first].begin, .end = parts_[last].end});
    }
    parts_ = std::move(joined);
}

void tagged_text::add_part(std::size_t begin, std::size_t end) {
    const auto is_free_blank = [&](std::size_t at) {
        return text::is_blank(text_.bytes[at]) && kept_around(kept_, at) == nullptr;
    };
    while (begin < end && is_free_blank(begin)) ++begin;
    while (end > begin && is_free_blank(end - 1)) --end;
    if (has_letters(begin, end)) parts_.push_back({.begin = begin, .end = end});
}

bool tagged_text::has_letters(std::size_t begin, std::size_t end) const {
    for (std::size_t at = begin; at < end;) {
        if (const kept_range* inside = kept_around(kept_, at)) {
            at = inside->end;
            continue;
        }
        if (is_letter(code_point_at(text_.bytes, at))) return true;
        at += text::bytes_of_character(text_.bytes, at);
    }
    return false;
}

std::string tagged_text::write(part& of) const {
    std::vector<placed_mark> spans;
    for (std::size_t number = 0; number < text_.marks.size(); ++number) {
        const text::mark& each = text_.marks[number];
        if (each.begin >= of.end) break;
        placed_mark span{.mark = number,
                         .begin = std::max(each.begin, of.begin),
                         .end = std::min(each.end, of.end)};
        if (span.begin >= span.end) continue;
        const kept_range* first = kept_around(kept_, span.begin);
        if (first != nullptr && holds(*first, each)) continue;
        if (span.begin == of.begin && span.end == of.end) {
            of.around.push_back(number);
            continue;
        }
        if (first != nullptr && first->begin < span.begin) span.begin = first->end;
        const kept_range* last = kept_around(kept_, span.end - 1);
        if (last != nullptr && last->end > span.end) span.end = last->begin;
        if (span.begin < span.end) spans.push_back(span);
    }
    std::ranges::sort(spans, is_outer_first);
    entry_writer writer(text_.bytes, kept_, text_.marks.size(),
                        layout_ == tag_layout::lines ? "<br>" : "\n");
    return writer.write(of.begin, of.end, spans);
}

std::expected<text::marked_text, std::string> tagged_text::read(
    std::span<const std::string> answers) const {
    BAUDOT_ASSERT(answers.size() == entries_.size(), "one answer for each entry");
    const auto meaning_of = [&](std::size_t id) -> std::optional<tag_meaning> {
        if (id < text_.marks.size()) return tag_meaning{.number = id};
        const std::size_t number = id - text_.marks.size();
        if (number >= kept_.size()) return std::nullopt;
        const kept_range& kept = kept_[number];
        return tag_meaning{
            .is_kept = true,
            .number = number,
            .kept = std::string_view(text_.bytes).substr(kept.begin, kept.end - kept.begin)};
    };
    std::string bytes;
    std::vector<placed_mark> places;
    // What of the text's marks lies between `begin` and `end`, which now stand at `to`.
    const auto place_marks_of = [&](std::size_t begin, std::size_t end, std::size_t to) {
        for (std::size_t number = 0; number < text_.marks.size(); ++number) {
            const text::mark& each = text_.marks[number];
            if (each.begin >= end) break;
            if (each.end <= begin) continue;
            places.push_back({.mark = number,
                              .begin = std::max(each.begin, begin) - begin + to,
                              .end = std::min(each.end, end) - begin + to});
        }
    };
    const auto copy = [&](std::size_t begin, std::size_t end) {
        place_marks_of(begin, end, bytes.size());
        bytes.append(text_.bytes, begin, end - begin);
    };
    std::size_t at = 0;
    for (std::size_t number = 0; number < parts_.size(); ++number) {
        const part& each = parts_[number];
        copy(at, each.begin);
        at = each.end;
        const read_entry got = read_tags(answers[number], meaning_of);
        if (!text::can_be_seen(got.text)) {
            return std::unexpected("the answer has no text where there was one");
        }
        const std::size_t begin = bytes.size();
        bytes += got.text;
        for (const std::size_t around : each.around) {
            places.push_back({.mark = around, .begin = begin, .end = bytes.size()});
        }
        for (const placed_mark& placed : got.marks) {
            places.push_back({placed.mark, placed.begin + begin, placed.end + begin});
        }
        for (const placed_mark& placed : got.kept) {
            place_inside(kept_[placed.mark], placed.begin + begin, places);
        }
    }
    copy(at, text_.bytes.size());
    if (bytes == text_.bytes) return text_;
    text::marked_text made{.bytes = std::move(bytes), .is_changed = true, .own = text_.own};
    made.body_end = made.bytes.size();
    made.marks = valid_marks(made.bytes, std::move(places), text_.marks);
    return made;
}

void tagged_text::place_inside(const kept_range& kept, std::size_t to,
                               std::vector<placed_mark>& places) const {
    for (std::size_t number = 0; number < text_.marks.size(); ++number) {
        const text::mark& each = text_.marks[number];
        if (each.begin >= kept.end) break;
        if (!holds(kept, each)) continue;
        places.push_back({.mark = number,
                          .begin = each.begin - kept.begin + to,
                          .end = each.end - kept.begin + to});
    }
}

}  // namespace baudot::rewriting
