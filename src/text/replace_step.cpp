#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/utf16.hpp"
#include "text/re2_parts.hpp"
#include "text/steps.hpp"
#include "text/words.hpp"

namespace baudot::text {
namespace {

constexpr std::int64_t pattern_bytes_max = std::int64_t{8} << 20;
constexpr std::size_t groups_max = 10;  // \0 to \9

std::string_view view(const re2::StringPiece& of) {
    return {of.data(), of.size()};
}

struct match {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::array<re2::StringPiece, groups_max> groups;
};

/// One replacement, compiled.
class finder {
public:
    /// `place`: of what is looked for; the next is that of what stands there then.
    static std::expected<finder, transform_error> make(const replacement& what,
                                                       std::uint32_t place) {
        RE2::Options options = options_of(pattern_bytes_max);
        options.set_literal(!what.is_pattern);
        options.set_case_sensitive(!what.ignore_case);
        auto compiled = compile_pattern(what.find, options);
        if (!compiled) {
            return std::unexpected(transform_error{.place = place,
                                                   .offset = compiled.error().offset,
                                                   .message = std::move(compiled.error().reason)});
        }
        std::string why;
        if (what.is_pattern && !(*compiled)->CheckRewriteString(piece(what.with), &why)) {
            return std::unexpected(transform_error{
                .place = place + 1,
                .message = "\\0 is what was found, \\1 to \\9 are groups of the pattern, \\\\ is a "
                           "backslash: " +
                           why});
        }
        return finder(what, *std::move(compiled));
    }

    /// The first match that begins at `from` or behind it, and is not empty.
    std::optional<match> find(std::string_view text, std::size_t from) const {
        while (from < text.size()) {
            match found;
            const int groups = what_.is_pattern
                                   ? std::min<int>(compiled_->NumberOfCapturingGroups() + 1,
                                                   static_cast<int>(groups_max))
                                   : 1;
            if (!compiled_->Match(piece(text), from, text.size(), RE2::UNANCHORED,
                                  found.groups.data(), groups)) {
                return std::nullopt;
            }
            const std::string_view whole = view(found.groups[0]);
            found.begin = static_cast<std::size_t>(whole.data() - text.data());
            found.end = found.begin + whole.size();
            snap(text, found);
            const bool counts =
                found.begin >= from && found.begin < found.end &&
                (!what_.whole_words ||
                 stands_alone(text, text.substr(found.begin, found.end - found.begin)));
            if (counts) return found;
            from = std::max(from, found.begin);
            if (from < text.size()) from += bytes_of_character(text, from);
        }
        return std::nullopt;
    }

    /// What stands there then; at most about `bytes_max`, beyond which it is refused anyway.
    std::string with(const match& found, std::size_t bytes_max) const {
        if (!what_.is_pattern) return what_.with;
        std::string made;
        for (std::size_t at = 0; at < what_.with.size() && made.size() <= bytes_max; ++at) {
            const char each = what_.with[at];
            if (each != '\\') {
                made += each;
                continue;
            }
            const char next = what_.with[++at];  // there is one: the whole was checked
            if (next == '\\') {
                made += next;
            } else {
                made += view(found.groups[static_cast<std::size_t>(next - '0')]);
            }
        }
        return to_valid_utf8(made);
    }

private:
    finder(replacement what, std::unique_ptr<RE2> compiled)
        : what_(std::move(what)), compiled_(std::move(compiled)) {}

    // \C matches single bytes; what is replaced are characters.
    static void snap(std::string_view text, match& found) {
        while (found.begin > 0 && is_continuation(text[found.begin])) --found.begin;
        while (found.end < text.size() && is_continuation(text[found.end])) ++found.end;
    }

    replacement what_;
    std::unique_ptr<RE2> compiled_;
};

class replacing final : public plain_step {
public:
    explicit replacing(std::vector<finder> all) : all_(std::move(all)) {}

    void change(const message&, marked_text& to) const override {
        const std::string_view text = to.bytes;
        std::vector<std::optional<match>> next;
        next.reserve(all_.size());
        for (const finder& each : all_) next.push_back(each.find(text, 0));
        std::vector<edit> edits;
        std::size_t grown = 0;
        while (grown <= text_bytes_max) {
            const auto first = std::ranges::min_element(next, is_earlier);
            if (first == next.end() || !*first) break;
            const match found = **first;
            const finder& by = all_[static_cast<std::size_t>(first - next.begin())];
            edits.push_back(
                {.begin = found.begin, .end = found.end, .with = by.with(found, text_bytes_max)});
            grown += edits.back().with.size();
            for (std::size_t at = 0; at < all_.size(); ++at) {
                if (next[at] && next[at]->begin < found.end) {
                    next[at] = all_[at].find(text, found.end);
                }
            }
        }
        apply_edits(edits, to);
    }

private:
    static bool is_earlier(const std::optional<match>& left, const std::optional<match>& right) {
        return left && (!right || left->begin < right->begin);
    }

    std::vector<finder> all_;
};

}  // namespace

made_step make_step(const replace_step& step, std::uint32_t place) {
    std::vector<finder> all;
    for (const replacement& each : step.all) {
        auto made = finder::make(each, place);
        if (!made) return std::unexpected(std::move(made.error()));
        all.push_back(*std::move(made));
        place += 2;
    }
    return std::make_shared<replacing>(std::move(all));
}

}  // namespace baudot::text
