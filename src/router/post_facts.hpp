#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/filter.hpp"
#include "model/message.hpp"
#include "router/pattern_index.hpp"
#include "script/program.hpp"
#include "text/marked_text.hpp"

namespace baudot::router {

/// What filters ask of one post. Each fact is found when it is first asked for, once for all
/// routes; what patterns find, in one pass at the start.
///
/// Of one thread one at a time. `post` and the patterns outlive it.
class post_facts {
public:
    /// Patterns of other sets than the given ones must not be asked for.
    struct patterns {
        const pattern_index& all;
        std::span<const std::uint32_t> sets;
    };
    post_facts(const message& post, patterns in_text, patterns in_file_name);

    const message& post() const { return post_; }

    bool text_has(std::uint32_t pattern) { return texts_.finds(pattern, text_); }
    bool text_has_one(std::uint32_t list) { return texts_.finds_one(list, text_); }
    bool file_name_has_one(std::uint32_t list) { return file_names_.finds_one(list, file_name_); }

    /// What a pattern of the list finds stands by itself somewhere: no letter, digit, mark or
    /// underscore touches it. Scripts that put no spaces between words (Han, Hiragana, Katakana,
    /// Hangul, Thai, Lao, Khmer, Myanmar) touch nothing.
    bool text_has_word(std::uint32_t list);

    /// Of the pattern's matches from left to right that do not overlap, one has this group and
    /// `accept` says yes to it.
    template <class Accept>
    bool text_has_group(std::uint32_t pattern, int group, const Accept& accept) {
        if (!text_has(pattern)) return false;
        const std::string_view text = post_.text.text;
        for (std::size_t from = 0; from <= text.size();) {
            const auto found = texts_.find(pattern, text, from, group);
            if (!found) return false;
            if (found->group.data() != nullptr && accept(found->group)) return true;
            from = after(text, *found);
        }
        return false;
    }

    /// What a pattern finds first, for people; of find_word() by itself.
    std::optional<std::string_view> find(std::uint32_t pattern) const;
    std::optional<std::string_view> find_word(std::uint32_t pattern) const;
    std::optional<std::string_view> find_in_file_name(std::uint32_t pattern) const;

    /// The names that the post has in this place; sorted by nothing. No value: it is not known.
    const std::optional<std::vector<std::string>>& names(name_condition::place where);

    /// UTF-16 units of the text.
    std::int64_t length();

    bool has_entity(std::initializer_list<std::string_view> types) const;

    /// What a script says of the post. `number` is the script's own. No value: it failed.
    std::optional<bool> script_holds(std::uint32_t number, const script::program& what);

    /// Why the last script failed that was asked since the last call; empty: none did.
    std::string_view take_trouble() { return std::exchange(trouble_, {}); }

private:
    using verdict = std::expected<bool, std::string>;
    using names_found = std::optional<std::vector<std::string>>;

    bool is_word(std::uint32_t pattern);
    std::string_view file_name() const;
    static std::size_t after(std::string_view text, const pattern_index::found& match);
    names_found find_names(name_condition::place where) const;
    std::vector<std::string> senders() const;
    names_found origins() const;
    std::vector<std::string> hashtags() const;
    std::vector<std::string> mentions() const;
    std::vector<std::string> domains() const;

    const message& post_;
    const pattern_index& texts_;
    const pattern_index& file_names_;
    pattern_index::scanned& text_;
    pattern_index::scanned& file_name_;
    std::vector<std::pair<std::uint32_t, bool>> words_;  // that are in the text: whether alone
    std::array<std::optional<names_found>, 8> names_;
    std::optional<std::int64_t> length_;
    std::optional<text::marked_text> marked_;  // as scripts see the text
    std::vector<script::span_entity> entities_;
    std::list<std::pair<std::uint32_t, verdict>> scripts_;  // that were asked
    std::string_view trouble_;                              // in scripts_
};

}  // namespace baudot::router
