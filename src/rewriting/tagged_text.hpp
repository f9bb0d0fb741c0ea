#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/marked_text.hpp"

namespace baudot::rewriting {

/// Bytes of a text that no API may change: code, addresses, @mentions, #hashtags, custom emoji;
/// and characters that would read as markup.
struct kept_range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Where a mark came to lie.
struct placed_mark {
    std::size_t mark = 0;  // its number in the question's text
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// In the order of a text's marks. Total.
bool is_outer_first(const placed_mark& left, const placed_mark& right);

enum class tag_layout : std::uint8_t {
    lines,  // each line is one entry, as translators lose ends of lines in HTML
    whole,  // one entry, with its ends of lines
};

/// A text as pieces of HTML for an API, and the way back.
///
/// A mark is <span id="3"> around its words; what may not change is
/// <code id="7" translate="no">, and is put back whatever the API made of it. These are the tags
/// that LibreTranslate and DeepL keep with their attributes; both leave translate="no" alone, and
/// old versions of LibreTranslate at least the inside of <code>. A mark around a whole entry is
/// not sent at all, nor are blanks at its ends, nor entries without a letter.
///
/// Keeps a copy of the text. Pure.
class tagged_text {
public:
    /// `entries_max`: where there are more lines than that, several share an entry, with <br>
    /// between them.
    tagged_text(text::marked_text what, tag_layout layout, std::size_t entries_max = 1000);

    /// Empty: there is nothing to ask for.
    const std::vector<std::string>& entries() const { return entries_; }

    /// One answer for each entry, valid UTF-8. Whatever they are, the text holds every character of
    /// theirs that is no tag, and its marks are valid: in order, nested, not empty, no blanks at
    /// their ends. Tags that are unknown, that are not closed, or that cross lose their marks. The
    /// error is a sentence: an answer without any text.
    std::expected<text::marked_text, std::string> read(std::span<const std::string> answers) const;

private:
    struct part {
        std::size_t begin = 0;  // of what is sent, in the text
        std::size_t end = 0;
        std::vector<std::size_t> around{};  // marks of all of it
    };

    void find_kept();
    void cut_lines(std::size_t entries_max);
    void add_part(std::size_t begin, std::size_t end);
    std::string write(part& of) const;
    bool has_letters(std::size_t begin, std::size_t end) const;
    void place_inside(const kept_range& kept, std::size_t to,
                      std::vector<placed_mark>& places) const;

    text::marked_text text_;
    tag_layout layout_;
    std::vector<kept_range> kept_;  // in order, apart; id: marks' count + number
    std::vector<part> parts_;       // in order
    std::vector<std::string> entries_;
};

/// The marks of `places` whose texts are `of`'s, made valid for `bytes`: parts of one mark with
/// nothing but blanks between them are joined, what crosses is cut.
std::vector<text::mark> valid_marks(std::string_view bytes, std::vector<placed_mark> places,
                                    const std::vector<text::mark>& of);

}  // namespace baudot::rewriting
