#include "telegram_sim/quotes.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf16.hpp"

namespace baudot::telegram_sim {
namespace {

/// The entities of a quote that begins at `from` and is `length` long, with its own offsets.
std::vector<entity> kept(const std::vector<entity>& all, int from, int length) {
    std::vector<entity> out;
    for (const entity& each : all) {
        if (!is_kept_in_quotes(each.kind)) continue;
        const int begin = std::max(each.offset, from);
        const int end = std::min(each.offset + each.length, from + length);
        if (begin >= end) continue;
        entity part = each;
        part.offset = begin - from;
        part.length = end - begin;
        out.push_back(std::move(part));
    }
    return out;
}

quote_found cut(const formatted_text& whole, std::size_t at, std::string_view text) {
    const std::string_view before = std::string_view(whole.text).substr(0, at);
    const int position = static_cast<int>(utf16_length(before));
    const int length = static_cast<int>(utf16_length(text));
    return {.text = {.text = std::string(text), .entities = kept(whole.entities, position, length)},
            .position = position};
}

}  // namespace

bool is_kept_in_quotes(entity_kind kind) noexcept {
    switch (kind) {
        case entity_kind::bold:
        case entity_kind::italic:
        case entity_kind::underline:
        case entity_kind::strikethrough:
        case entity_kind::spoiler:
        case entity_kind::custom_emoji: return true;
        default: return false;
    }
}

std::optional<quote_found> find_quote(const formatted_text& whole, const formatted_text& wanted,
                                      std::optional<int> near, bool exact) {
    if (wanted.text.empty() || code_points(wanted.text) > quote_points_max) return std::nullopt;
    const int length = static_cast<int>(utf16_length(wanted.text));
    const std::vector<entity> entities = kept(wanted.entities, 0, length);
    std::optional<quote_found> first;
    for (std::size_t at = whole.text.find(wanted.text); at != std::string::npos;
         at = whole.text.find(wanted.text, at + 1)) {
        quote_found here = cut(whole, at, wanted.text);
        if (exact && here.text.entities != entities) continue;
        if (here.position >= near.value_or(0)) return here;
        if (!first) first = std::move(here);
    }
    return first;
}

std::optional<quote_found> quote_beginning(const formatted_text& whole) {
    if (whole.text.empty()) return std::nullopt;
    std::string_view text = whole.text;
    std::size_t points = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (begins && ++points > quote_points_max) {
            text = text.substr(0, at);
            break;
        }
    }
    return cut(whole, 0, text);
}

}  // namespace baudot::telegram_sim
