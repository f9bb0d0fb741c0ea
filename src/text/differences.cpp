#include "text/differences.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace baudot::text {
namespace {

constexpr std::size_t cells_max = std::size_t{4} << 20;

bool is_of_word(char byte) {
    return static_cast<unsigned char>(byte) >= 0x80U || (byte >= '0' && byte <= '9') ||
           (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/// Words, and every other character by itself.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> made;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin + 1;
        if (is_of_word(text[begin])) {
            while (end < text.size() && is_of_word(text[end])) ++end;
        }
        made.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return made;
}

/// Of what is left of two lists of words from each place on: how many they have in common, in
/// order.
class common_words {
public:
    common_words(const std::vector<std::string_view>& from, const std::vector<std::string_view>& to)
        : wide_(to.size() + 1), counts_((from.size() + 1) * wide_) {
        for (std::size_t left = from.size(); left-- > 0;) {
            for (std::size_t right = to.size(); right-- > 0;) {
                counts_[left * wide_ + right] = static_cast<std::uint16_t>(
                    from[left] == to[right] ? at(left + 1, right + 1) + 1
                                            : std::max(at(left + 1, right), at(left, right + 1)));
            }
        }
    }

    std::uint16_t at(std::size_t left, std::size_t right) const {
        return counts_[left * wide_ + right];
    }

private:
    std::size_t wide_;
    std::vector<std::uint16_t> counts_;  // cells_max keeps the smaller list below 2^16
};

/// Edits that follow each other are one.
class edit_list {
public:
    void add(std::size_t begin, std::size_t end, std::string_view with) {
        if (!all_.empty() && all_.back().end == begin) {
            all_.back().end = end;
            all_.back().with += with;
        } else {
            all_.push_back({.begin = begin, .end = end, .with = std::string(with)});
        }
    }
    std::vector<edit> take() && { return std::move(all_); }

private:
    std::vector<edit> all_;
};

std::size_t common_begin(std::string_view left, std::string_view right) {
    auto at = static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
    const auto is_inside = [&](std::string_view text) {
        return at < text.size() && is_continuation(text[at]);
    };
    while (at > 0 && (is_inside(left) || is_inside(right))) --at;
    return at;
}

std::size_t common_end(std::string_view left, std::string_view right) {
    std::size_t size = 0;
    const std::size_t most = std::min(left.size(), right.size());
    while (size < most && left[left.size() - size - 1] == right[right.size() - size - 1]) ++size;
    while (size > 0 && is_continuation(left[left.size() - size])) --size;
    return size;
}

}  // namespace

std::vector<edit> differences(std::string_view from, std::string_view to) {
    std::size_t at = common_begin(from, to);
    from.remove_prefix(at);
    to.remove_prefix(at);
    const std::size_t behind = common_end(from, to);
    from.remove_suffix(behind);
    to.remove_suffix(behind);
    edit_list made;
    if (from.empty() && to.empty()) return {};
    const std::vector<std::string_view> old_words = words_of(from);
    const std::vector<std::string_view> new_words = words_of(to);
    if ((old_words.size() + 1) * (new_words.size() + 1) > cells_max) {
        made.add(at, at + from.size(), to);
        return std::move(made).take();
    }
    const common_words common(old_words, new_words);
    std::size_t left = 0;
    std::size_t right = 0;
    while (left < old_words.size() || right < new_words.size()) {
        const bool has_both = left < old_words.size() && right < new_words.size();
        if (has_both && old_words[left] == new_words[right]) {
            at += old_words[left++].size();
            ++right;
        } else if (right == new_words.size() ||
                   (has_both && common.at(left + 1, right) >= common.at(left, right + 1))) {
            made.add(at, at + old_words[left].size(), {});
            at += old_words[left++].size();
        } else {
            made.add(at, at, new_words[right++]);
        }
    }
    return std::move(made).take();
}

}  // namespace baudot::text
