#include "text/marked_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "text/message_link.hpp"

namespace baudot::text {
namespace {

std::size_t units_at(char byte) noexcept {
    if (is_continuation(byte)) return 0;
    return static_cast<unsigned char>(byte) >= 0xF0U ? 2 : 1;
}

/// For each UTF-16 position the byte where its character begins, and the end.
std::vector<std::size_t> bytes_of_units(std::string_view text) {
    std::vector<std::size_t> bytes;
    bytes.reserve(text.size() + 1);
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (std::size_t unit = units_at(text[at]); unit > 0; --unit) bytes.push_back(at);
    }
    bytes.push_back(text.size());
    return bytes;
}

bool is_outer_first(const mark& left, const mark& right) {
    return left.begin != right.begin ? left.begin < right.begin : left.end > right.end;
}

// Equal ones stay in their order. Mostly all are in order already.
void sort_and_drop_empty(std::vector<mark>& marks) {
    std::erase_if(marks, [](const mark& each) { return each.begin >= each.end; });
    for (auto at = marks.begin(); at != marks.end(); ++at) {
        if (at == marks.begin() || !is_outer_first(*at, *(at - 1))) continue;
        std::rotate(std::upper_bound(marks.begin(), at, *at, is_outer_first), at, at + 1);
    }
}

/// A step that puts another address there has the last word.
bool is_still_own(const marked_text& in, const mark& which) {
    if (which.what.own_post == message_id{}) return false;
    const auto words = std::string_view(in.bytes).substr(which.begin, which.end - which.begin);
    const auto link = read_message_link(words);
    return link && link->message == which.what.own_post;
}

/// Where bytes of a text go when edits are applied to it.
class moves {
public:
    explicit moves(std::span<const edit> edits) : edits_(edits) {
        new_ends_.reserve(edits.size());
        std::size_t shift = 0;  // modulo its size: it may be below zero
        for (const edit& each : edits) {
            shift += each.with.size() - (each.end - each.begin);
            new_ends_.push_back(each.end + shift);
        }
    }

    std::size_t of_begin(std::size_t place) const {
        return of(place, [&](const edit& each) { return each.end <= place; });
    }
    /// What is put in at the end of something is no part of it.
    std::size_t of_end(std::size_t place) const {
        return of(place, [&](const edit& each) {
            return each.end < place || (each.end == place && each.begin < place);
        });
    }
    std::size_t new_begin_of(std::size_t number) const {
        return new_ends_[number] - edits_[number].with.size();
    }
    bool touch(const mark& what) const {
        const auto next = std::ranges::partition_point(
            edits_, [&](const edit& each) { return each.end < what.begin; });
        return next != edits_.end() && next->begin <= what.end;
    }

private:
    /// The edits before the place are the first ones, for which `is_before` holds.
    template <class IsBefore>
    std::size_t of(std::size_t place, const IsBefore& is_before) const {
        const auto next = std::ranges::partition_point(edits_, is_before);
        const auto number = static_cast<std::size_t>(next - edits_.begin());
        if (next != edits_.end() && next->begin < place) return new_ends_[number];
        if (number == 0) return place;
        return place - edits_[number - 1].end + new_ends_[number - 1];
    }

    std::span<const edit> edits_;
    std::vector<std::size_t> new_ends_;
};

}  // namespace

bool is_blank(char byte) noexcept {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

bool is_continuation(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

bool is_found_by_telegram(std::string_view type) noexcept {
    constexpr std::array<std::string_view, 7> types = {
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"};
    return std::ranges::find(types, type) != types.end();
}

marked_text read_marked(const formatted_text& what) {
    marked_text made{.bytes = to_valid_utf8(what.text)};
    made.body_end = made.bytes.size();
    if (what.entities.empty()) return made;
    const std::vector<std::size_t> bytes = bytes_of_units(made.bytes);
    const auto last = static_cast<std::int64_t>(bytes.size()) - 1;
    for (const message_entity& each : what.entities) {
        const std::int64_t end = std::min(std::int64_t{each.offset} + each.length, last);
        if (each.offset < 0 || each.offset >= end) continue;
        const std::size_t begin_byte = bytes[static_cast<std::size_t>(each.offset)];
        std::size_t end_byte = bytes[static_cast<std::size_t>(end)];
        // The second half of a pair has the byte of the first.
        if (bytes[static_cast<std::size_t>(end) - 1] == end_byte) {
            end_byte = bytes[static_cast<std::size_t>(end) + 1];
        }
        made.marks.push_back({.begin = begin_byte, .end = end_byte, .what = each});
    }
    sort_and_drop_empty(made.marks);
    return made;
}

formatted_text write_formatted(const marked_text& what) {
    formatted_text made{.text = what.bytes, .entities = {}};
    if (what.marks.empty()) return made;
    std::vector<std::int32_t> units(what.bytes.size() + 1);  // before each byte
    for (std::size_t at = 0; at < what.bytes.size(); ++at) {
        units[at + 1] = units[at] + static_cast<std::int32_t>(units_at(what.bytes[at]));
    }
    for (const mark& each : what.marks) {
        if (each.is_touched && is_found_by_telegram(each.what.type) && !is_still_own(what, each)) {
            continue;
        }
        message_entity& entity = made.entities.emplace_back(each.what);
        entity.offset = units[each.begin];
        entity.length = units[each.end] - units[each.begin];
    }
    return made;
}

void apply_edits(std::span<const edit> edits, marked_text& to) {
    if (edits.empty()) return;
    const moves where(edits);
    std::string bytes;
    std::vector<mark> put_in;
    std::size_t read = 0;
    for (std::size_t number = 0; number < edits.size(); ++number) {
        const edit& each = edits[number];
        BAUDOT_ASSERT(read <= each.begin && each.begin <= each.end && each.end <= to.bytes.size(),
                      "edits are in order and inside of the text");
        bytes.append(to.bytes, read, each.begin - read);
        bytes += each.with;
        read = each.end;
        for (mark one : each.marks) {
            one.begin += where.new_begin_of(number);
            one.end += where.new_begin_of(number);
            put_in.push_back(std::move(one));
        }
    }
    bytes.append(to.bytes, read);
    for (mark& each : to.marks) {
        each.is_touched = each.is_touched || where.touch(each);
        each.begin = where.of_begin(each.begin);
        each.end = where.of_end(each.end);
    }
    std::ranges::move(put_in, std::back_inserter(to.marks));
    sort_and_drop_empty(to.marks);
    to.bytes = std::move(bytes);
    to.body_begin = where.of_begin(to.body_begin);
    to.body_end = std::max(to.body_begin, where.of_end(to.body_end));
    to.is_changed = true;
}

void trim(marked_text& what) {
    std::size_t begin = 0;
    std::size_t end = what.bytes.size();
    while (begin < end && is_blank(what.bytes[begin])) ++begin;
    while (end > begin && is_blank(what.bytes[end - 1])) --end;
    std::vector<edit> edits;
    if (begin > 0) edits.push_back({.begin = 0, .end = begin, .with = {}});
    if (end < what.bytes.size()) {
        edits.push_back({.begin = end, .end = what.bytes.size(), .with = {}});
    }
    apply_edits(edits, what);
}

marked_text slice(const marked_text& what, std::size_t begin, std::size_t end) {
    marked_text made{.bytes = what.bytes.substr(begin, end - begin)};
    for (const mark& each : what.marks) {
        if (each.begin >= end || each.end <= begin) continue;
        mark& one = made.marks.emplace_back(each);
        one.is_touched = one.is_touched || each.begin < begin || each.end > end;
        one.begin = std::max(each.begin, begin) - begin;
        one.end = std::min(each.end, end) - begin;
    }
    made.body_begin = std::clamp(what.body_begin, begin, end) - begin;
    made.body_end = std::clamp(what.body_end, begin, end) - begin;
    made.is_changed = true;
    return made;
}

}  // namespace baudot::text
