#include "text/removal.hpp"

#include <algorithm>

namespace baudot::text {
namespace {

/// A range that grows over the blank space around it.
class hole {
public:
    hole(std::string_view text, byte_range what) : text_(text), what_(what) {}

    void grow() {
        while (ends_line(what_.end) && what_.begin > 0 && text_[what_.begin - 1] == ' ') {
            --what_.begin;
        }
        while (begins_line(what_.begin) && at(what_.end) == ' ') ++what_.end;
        if (at(what_.end) == ' ' && what_.begin > 0 && text_[what_.begin - 1] == ' ') ++what_.end;
        if (begins_line(what_.begin) && at(what_.end) == '\n') {
            ++what_.end;
            // Nor what was a blank line below it, when there is one above.
            while (is_below_a_blank_line() && at(what_.end) == '\n') ++what_.end;
        }
    }
    byte_range range() const { return what_; }

private:
    char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
    bool begins_line(std::size_t place) const { return place == 0 || text_[place - 1] == '\n'; }
    bool ends_line(std::size_t place) const {
        return place == text_.size() || text_[place] == '\n';
    }
    bool is_below_a_blank_line() const {
        return what_.begin == 0 || (what_.begin >= 2 && text_[what_.begin - 1] == '\n' &&
                                    text_[what_.begin - 2] == '\n');
    }

    std::string_view text_;
    byte_range what_;
};

}  // namespace

std::vector<edit> removals(std::string_view text, const std::vector<byte_range>& ranges) {
    std::vector<byte_range> holes;
    for (const byte_range& each : ranges) {
        const bool joins = !holes.empty() && each.begin <= holes.back().end;
        byte_range whole = each;
        if (joins) {
            whole = {.begin = holes.back().begin, .end = std::max(holes.back().end, each.end)};
            holes.pop_back();
        }
        hole grown(text, whole);
        grown.grow();
        // What grew to its left may have met the one before.
        byte_range made = grown.range();
        while (!holes.empty() && made.begin <= holes.back().end) {
            made.begin = std::min(made.begin, holes.back().begin);
            holes.pop_back();
        }
        holes.push_back(made);
    }
    std::vector<edit> made;
    made.reserve(holes.size());
    for (const byte_range& each : holes) {
        made.push_back({.begin = each.begin, .end = each.end, .with = {}});
    }
    return made;
}

}  // namespace baudot::text
