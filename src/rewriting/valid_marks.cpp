#include <algorithm>
#include <string_view>
#include <utility>

#include "rewriting/kept_types.hpp"
#include "rewriting/tagged_text.hpp"

namespace baudot::rewriting {
namespace {

bool is_blank_between(std::string_view bytes, std::size_t begin, std::size_t end) {
    return begin >= end || std::ranges::all_of(bytes.substr(begin, end - begin), text::is_blank);
}

void trim(std::string_view bytes, placed_mark& what) {
    while (what.begin < what.end && text::is_blank(bytes[what.begin])) ++what.begin;
    while (what.end > what.begin && text::is_blank(bytes[what.end - 1])) --what.end;
}

/// What crosses one that begins before it is cut at its end, or goes.
void nest(std::string_view bytes, std::vector<placed_mark>& places, bool may_cut,
          const std::vector<text::mark>& of) {
    std::vector<std::size_t> ends;
    for (placed_mark& each : places) {
        while (!ends.empty() && ends.back() <= each.begin) ends.pop_back();
        if (!ends.empty() && ends.back() < each.end) {
            each.end = may_cut && !is_kept(of[each.mark].what.type) ? ends.back() : each.begin;
            trim(bytes, each);
        }
        if (each.begin < each.end) ends.push_back(each.end);
    }
    std::erase_if(places, [](const placed_mark& each) { return each.begin >= each.end; });
    std::ranges::sort(places, is_outer_first);
}

}  // namespace

bool is_outer_first(const placed_mark& left, const placed_mark& right) {
    if (left.begin != right.begin) return left.begin < right.begin;
    if (left.end != right.end) return left.end > right.end;
    return left.mark < right.mark;
}

std::vector<text::mark> valid_marks(std::string_view bytes, std::vector<placed_mark> places,
                                    const std::vector<text::mark>& of) {
    std::ranges::sort(places, [](const placed_mark& left, const placed_mark& right) {
        return left.mark != right.mark ? left.mark < right.mark : is_outer_first(left, right);
    });
    std::vector<placed_mark> joined;
    for (const placed_mark& each : places) {
        if (each.begin >= each.end) continue;
        const bool goes_on = !joined.empty() && joined.back().mark == each.mark &&
                             !is_kept(of[each.mark].what.type) &&
                             is_blank_between(bytes, joined.back().end, each.begin);
        if (goes_on) {
            joined.back().end = std::max(joined.back().end, each.end);
        } else {
            joined.push_back(each);
        }
    }
    for (placed_mark& each : joined) {
        if (!is_kept(of[each.mark].what.type)) trim(bytes, each);
    }
    std::erase_if(joined, [](const placed_mark& each) { return each.begin >= each.end; });
    std::ranges::sort(joined, is_outer_first);
    nest(bytes, joined, true, of);
    nest(bytes, joined, false, of);
    std::vector<text::mark> made;
    made.reserve(joined.size());
    for (const placed_mark& each : joined) {
        text::mark& one = made.emplace_back(of[each.mark]);
        one.begin = each.begin;
        one.end = each.end;
        one.is_touched = true;
    }
    return made;
}

}  // namespace baudot::rewriting
