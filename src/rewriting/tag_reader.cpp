#include "rewriting/tag_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/ascii_lower.hpp"

namespace baudot::rewriting {
namespace {

// Beyond these an answer is none of ours, and what closes a tag would look for it for long.
constexpr std::size_t depth_max = 64;
constexpr std::size_t marks_max = 1000;
constexpr std::size_t text_bytes_enough = 256 << 10;
constexpr std::size_t tag_bytes_max = 256;
constexpr std::size_t character_bytes_max = 10;

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// The number of id="3", whatever the quotes have become.
std::optional<std::size_t> id_in(std::string_view tag) {
    constexpr std::size_t quote_bytes_max = 6;
    constexpr std::size_t digits_max = 6;
    for (std::size_t at = tag.find("id"); at != tag.npos; at = tag.find("id", at + 2)) {
        if (at == 0 || !text::is_blank(tag[at - 1])) continue;
        std::string_view rest = tag.substr(at + 2);
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        if (!rest.starts_with('=')) continue;
        const auto digit = std::ranges::find_if(rest, is_digit);
        rest.remove_prefix(static_cast<std::size_t>(digit - rest.begin()));
        if (rest.empty() ||
            rest.data() - tag.data() > static_cast<std::ptrdiff_t>(at + 3 + quote_bytes_max)) {
            continue;
        }
        std::size_t number = 0;
        for (std::size_t digits = 0; !rest.empty() && is_digit(rest[0]); rest.remove_prefix(1)) {
            if (++digits > digits_max) return std::nullopt;
            number = number * 10 + static_cast<std::size_t>(rest[0] - '0');
        }
        return number;
    }
    return std::nullopt;
}

/// Appends a code point that XML allows. False: none.
bool append_code_point(std::string& to, std::uint32_t point) {
    const auto put = [&](std::uint32_t bits) { to += static_cast<char>(bits); };
    const auto rest = [&](unsigned shift) { put(0x80U | ((point >> shift) & 0x3FU)); };
    const bool is_control = point < 0x20 && point != '\n' && point != '\t';
    if (is_control || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0U | (point >> 6U));
        rest(0);
    } else if (point < 0x10000) {
        put(0xE0U | (point >> 12U));
        rest(6);
        rest(0);
    } else {
        put(0xF0U | (point >> 18U));
        rest(12);
        rest(6);
        rest(0);
    }
    return true;
}

/// Of "#39" or "#x27".
bool append_numbered(std::string& to, std::string_view name) {
    name.remove_prefix(1);
    const bool is_hex = name.starts_with('x') || name.starts_with('X');
    if (is_hex) name.remove_prefix(1);
    if (name.empty()) return false;
    std::uint32_t point = 0;
    for (const char each : name) {
        const auto lower = static_cast<char>(static_cast<unsigned char>(each) | 0x20U);
        const bool is_hex_letter = is_hex && lower >= 'a' && lower <= 'f';
        if (!is_digit(each) && !is_hex_letter) return false;
        const int value = is_digit(each) ? each - '0' : lower - 'a' + 10;
        point = point * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(value);
        if (point > 0x10FFFF) return false;
    }
    return append_code_point(to, point);
}

bool append_named(std::string& to, std::string_view name) {
    using pair = std::pair<std::string_view, std::string_view>;
    constexpr std::array<pair, 6> characters = {{{"lt", "<"},
                                                 {"gt", ">"},
                                                 {"amp", "&"},
                                                 {"quot", "\""},
                                                 {"apos", "'"},
                                                 {"nbsp", "\u00A0"}}};
    const auto found = std::ranges::find(characters, name, &pair::first);
    if (found == characters.end()) return false;
    to += found->second;
    return true;
}

class reader {
public:
    using meanings = std::function<std::optional<tag_meaning>(std::size_t)>;

    reader(std::string_view html, const meanings& meaning_of)
        : html_(html), meaning_of_(meaning_of) {}

    read_entry read() {
        while (at_ < html_.size()) {
            const char next = html_[at_];
            const bool went = (next == '<' && markup()) || (next == '&' && character());
            if (!went) made_.text += html_[at_++];
        }
        return std::move(made_);
    }

private:
    enum class element : std::uint8_t { span, code, other };
    struct opened {
        element name = element::other;
        std::optional<tag_meaning> meaning{};
        std::size_t at = 0;  // in the text
    };

    bool character() {
        const std::string_view rest = html_.substr(at_ + 1, character_bytes_max);
        const std::string_view name = rest.substr(0, rest.find(';'));
        if (name.empty() || name.size() == rest.size()) return false;
        const bool is_one =
            name[0] == '#' ? append_numbered(made_.text, name) : append_named(made_.text, name);
        if (is_one) at_ += name.size() + 2;
        return is_one;
    }

    bool markup() {
        std::string_view rest = html_.substr(at_ + 1);
        if (rest.starts_with("!--")) {
            if (no_more_comments_) return false;
            const auto end = rest.find("-->");
            no_more_comments_ = end == rest.npos;
            if (!no_more_comments_) at_ += 1 + end + 3;
            return !no_more_comments_;
        }
        rest = rest.substr(0, tag_bytes_max);
        const auto end = rest.find_first_of("<>");
        if (end == rest.npos || rest[end] != '>') return false;
        const std::string_view tag = rest.substr(0, end);
        const bool is_closing = tag.starts_with('/');
        const std::string_view inside = tag.substr(is_closing ? 1 : 0);
        if (inside.empty() || !is_letter(inside[0])) return false;
        at_ += tag.size() + 2;
        const std::string name = ascii_lower(inside.substr(0, inside.find_first_of(" \t\n/")));
        if (name == "br") {
            if (!is_closing) made_.text += '\n';
            return true;
        }
        const element what = name == "span"   ? element::span
                             : name == "code" ? element::code
                                              : element::other;
        if (what == element::other) return true;
        if (is_closing) {
            close(what);
        } else {
            open(what, inside);
        }
        return true;
    }

    void open(element name, std::string_view inside) {
        opened one{.name = name, .at = made_.text.size()};
        if (const auto id = id_in(inside)) one.meaning = meaning_of_(*id);
        if (inside.ends_with('/')) {
            end(one);
            return;
        }
        if (open_.size() < depth_max) open_.push_back(one);
    }

    void close(element name) {
        const auto found = std::find_if(open_.rbegin(), open_.rend(),
                                        [name](const opened& each) { return each.name == name; });
        if (found == open_.rend()) return;
        const opened one = *found;
        open_.erase(std::next(found).base());
        end(one);
    }

    void end(const opened& one) {
        if (!one.meaning || made_.marks.size() + made_.kept.size() >= marks_max) return;
        if (one.meaning->is_kept) {
            put_back(one);
        } else {
            made_.marks.push_back(
                {.mark = one.meaning->number, .begin = one.at, .end = made_.text.size()});
        }
    }

    /// Where in `inside` the text itself is. Looks into short ones only: longer ones come back
    /// whole, and a search could take for ever.
    static std::size_t find_kept(std::string_view inside, std::string_view kept) {
        constexpr std::size_t kept_bytes_max = 256;
        constexpr std::size_t inside_bytes_max = 1024;
        if (inside.starts_with(kept)) return 0;
        if (inside.ends_with(kept)) return inside.size() - kept.size();
        if (kept.size() > kept_bytes_max || inside.size() > inside_bytes_max) return inside.npos;
        return inside.find(kept);
    }

    /// Words that were moved into the tag stay; what became of the text itself goes.
    void put_back(const opened& one) {
        const std::string_view kept = one.meaning->kept;
        const std::string_view inside = std::string_view(made_.text).substr(one.at);
        std::size_t at = find_kept(inside, kept);
        if (at == inside.npos) {
            const bool holds_more = inside.size() > 2 * kept.size() + 16;
            if (holds_more || made_.text.size() > text_bytes_enough) return;
            replace_from(one.at, kept);
            at = 0;
        }
        const placed_mark placed{
            .mark = one.meaning->number, .begin = one.at + at, .end = one.at + at + kept.size()};
        const auto overlaps = [&](const placed_mark& each) {
            return each.begin < placed.end && placed.begin < each.end;
        };
        if (std::ranges::none_of(made_.kept, overlaps)) made_.kept.push_back(placed);
    }

    void replace_from(std::size_t begin, std::string_view with) {
        made_.text.replace(begin, made_.text.npos, with);
        std::erase_if(made_.kept, [begin](const placed_mark& each) { return each.end > begin; });
        for (placed_mark& each : made_.marks) {
            each.begin = std::min(each.begin, begin);
            each.end = std::min(each.end, begin);
        }
        for (opened& each : open_) each.at = std::min(each.at, begin);
    }

    std::string_view html_;
    const meanings& meaning_of_;
    std::size_t at_ = 0;
    bool no_more_comments_ = false;  // looked for once, not for each that has no end
    std::vector<opened> open_;
    read_entry made_;
};

}  // namespace

read_entry read_tags(std::string_view html,
                     const std::function<std::optional<tag_meaning>(std::size_t)>& meaning_of) {
    return reader(html, meaning_of).read();
}

}  // namespace baudot::rewriting
