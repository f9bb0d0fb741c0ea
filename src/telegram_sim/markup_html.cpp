#include <algorithm>
#include <array>
#include <vector>

#include "telegram_sim/markup.hpp"
#include "telegram_sim/markup_text.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace markup;  // the folder's own

struct tag {
    std::string name;
    std::string argument;  // href, emoji id, language
    bool expandable = false;
    std::size_t byte = 0;
    std::int32_t begin = 0;
};

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

void append_point(std::string& to, std::uint32_t point) {
    const auto push = [&](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        push(point);
    } else if (point < 0x800) {
        push(0xC0 | point >> 6);
        push(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        push(0xE0 | point >> 12);
        push(0x80 | (point >> 6 & 0x3F));
        push(0x80 | (point & 0x3F));
    } else {
        push(0xF0 | point >> 18);
        push(0x80 | (point >> 12 & 0x3F));
        push(0x80 | (point >> 6 & 0x3F));
        push(0x80 | (point & 0x3F));
    }
}

/// "&lt;" and the like at `at`; moves behind it. Anything else is the character itself.
std::string take_reference(std::string_view input, std::size_t& at) {
    if (input[at] != '&') return std::string(1, input[at++]);
    struct named {
        std::string_view name;
        char value;
    };
    constexpr std::array<named, 4> known = {
        {{"&lt", '<'}, {"&gt", '>'}, {"&amp", '&'}, {"&quot", '"'}}};
    const auto end_at = [&](std::size_t end) {
        at = end < input.size() && input[end] == ';' ? end + 1 : end;
    };
    if (input.substr(at).starts_with("&#")) {
        const bool is_hex = input.substr(at).starts_with("&#x");
        std::uint32_t point = 0;
        const char* from = input.data() + at + (is_hex ? 3 : 2);
        const auto [end, failed] =
            std::from_chars(from, input.data() + input.size(), point, is_hex ? 16 : 10);
        const bool fine = failed == std::errc{} && point != 0 && point < 0x10FFFF &&
                          !(point >= 0xD800 && point < 0xE000);
        if (!fine) return std::string(1, input[at++]);
        end_at(static_cast<std::size_t>(end - input.data()));
        std::string out;
        append_point(out, point);
        return out;
    }
    for (const named& one : known) {
        if (!input.substr(at).starts_with(one.name)) continue;
        end_at(at + one.name.size());
        return std::string(1, one.value);
    }
    return std::string(1, input[at++]);
}

constexpr std::array<std::string_view, 16> known_tags = {
    "b",   "strong", "i",    "em",  "u",          "ins",      "s",          "strike",
    "del", "a",      "code", "pre", "tg-spoiler", "tg-emoji", "blockquote", "span"};

std::optional<entity_kind> style_of(std::string_view name) noexcept {
    if (name == "b" || name == "strong") return entity_kind::bold;
    if (name == "i" || name == "em") return entity_kind::italic;
    if (name == "u" || name == "ins") return entity_kind::underline;
    if (name == "s" || name == "strike" || name == "del") return entity_kind::strikethrough;
    if (name == "tg-spoiler" || name == "span") return entity_kind::spoiler;
    if (name == "blockquote") return entity_kind::blockquote;
    return std::nullopt;
}

class html_parser {
public:
    explicit html_parser(std::string_view input) : input_(input) {}

    api_result<formatted_text> run() {
        while (at_ < input_.size()) {
            if (input_[at_] != '<') {
                out_.append(take_reference(input_, at_));
                continue;
            }
            const bool closes = at_ + 1 < input_.size() && input_[at_ + 1] == '/';
            const auto done = closes ? close() : open();
            if (!done) return std::unexpected(done.error());
        }
        if (!open_.empty()) {
            return cannot_parse("Can't find end tag corresponding to start tag \"" +
                                open_.back().name + "\"");
        }
        return out_.take();
    }

private:
    char peek() const noexcept { return at_ < input_.size() ? input_[at_] : '\0'; }
    void skip_space() noexcept {
        while (is_space(peek())) ++at_;
    }

    api_result<void> open() {
        const std::size_t begin = at_++;
        tag made{.name = {}, .argument = {}, .byte = begin, .begin = out_.units()};
        while (at_ < input_.size() && !is_space(peek()) && peek() != '>') {
            made.name.push_back(lower(input_[at_++]));
        }
        if (at_ >= input_.size()) return cannot_parse("Unclosed start tag" + at_byte(begin));
        if (std::ranges::find(known_tags, made.name) == known_tags.end()) {
            return cannot_parse("Unsupported start tag \"" + made.name + "\"" + at_byte(begin));
        }
        while (peek() != '>') {
            if (auto read = attribute(made); !read) return read;
        }
        ++at_;
        if (made.name == "span" && made.argument != "tg-spoiler") {
            return cannot_parse("Tag \"span\" must have class \"tg-spoiler\"" + at_byte(begin));
        }
        open_.push_back(std::move(made));
        return {};
    }

    api_result<void> attribute(tag& of) {
        skip_space();
        if (peek() == '>') return {};
        const std::size_t begin = at_;
        std::string name;
        while (at_ < input_.size() && !is_space(peek()) && peek() != '=' && peek() != '>') {
            name.push_back(lower(input_[at_++]));
        }
        skip_space();
        std::string value;
        if (peek() == '=') {
            ++at_;
            skip_space();
            const char quote = peek();
            const bool is_quoted = quote == '"' || quote == '\'';
            if (is_quoted) ++at_;
            const auto ends = [&] {
                return is_quoted ? peek() == quote : is_space(peek()) || peek() == '>';
            };
            while (at_ < input_.size() && !ends()) value += take_reference(input_, at_);
            if (is_quoted) ++at_;
        }
        if (at_ >= input_.size()) return cannot_parse("Unclosed start tag" + at_byte(of.byte));
        if (name.empty()) {
            return cannot_parse("Empty attribute name in the tag \"" + of.name + "\"" +
                                at_byte(begin));
        }
        use(of, name, std::move(value));
        return {};
    }

    static void use(tag& of, std::string_view name, std::string value) {
        constexpr std::string_view language = "language-";
        if (of.name == "a" && name == "href") of.argument = std::move(value);
        if (of.name == "tg-emoji" && name == "emoji-id") of.argument = std::move(value);
        if (of.name == "span" && name == "class") of.argument = std::move(value);
        if (of.name == "blockquote" && name == "expandable") of.expandable = true;
        if (of.name == "code" && name == "class" && value.starts_with(language)) {
            of.argument = value.substr(language.size());
        }
    }

    api_result<void> close() {
        const std::size_t begin = at_;
        if (open_.empty()) return cannot_parse("Unexpected end tag" + at_byte(begin));
        at_ += 2;
        std::string name;
        while (at_ < input_.size() && !is_space(peek()) && peek() != '>') {
            name.push_back(lower(input_[at_++]));
        }
        skip_space();
        if (peek() != '>') return cannot_parse("Unclosed end tag" + at_byte(begin));
        ++at_;
        const tag of = std::move(open_.back());
        open_.pop_back();
        if (!name.empty() && name != of.name) {
            return cannot_parse("Unmatched end tag" + at_byte(begin) + ", expected \"</" + of.name +
                                ">\", found \"</" + name + ">\"");
        }
        return finish(of);
    }

    api_result<void> finish(const tag& of) {
        if (of.name == "a") {
            const auto words = std::string_view(out_.text()).substr(text_from(of));
            add_link(out_, of.begin, of.argument.empty() ? std::string(words) : of.argument);
        } else if (of.name == "tg-emoji") {
            if (!add_emoji(out_, of.begin, "tg://emoji?id=" + of.argument)) {
                return cannot_parse("Invalid custom emoji identifier specified");
            }
        } else if (of.name == "code") {
            const bool in_pre =
                !open_.empty() && open_.back().name == "pre" && open_.back().begin == of.begin;
            // <pre><code class="language-x"> is one block; </pre> makes it.
            if (in_pre && !of.argument.empty())
                open_.back().argument = of.argument;
            else
                out_.add(entity_kind::code, of.begin);
        } else if (of.name == "pre") {
            out_.add(entity_kind::pre, of.begin, of.argument);
        } else {
            const entity_kind kind = *style_of(of.name);
            out_.add(of.expandable ? entity_kind::expandable_blockquote : kind, of.begin);
        }
        return {};
    }

    std::size_t text_from(const tag& of) const {
        // Links are rare: counting back is cheaper than remembering each tag's byte.
        std::size_t at = out_.text().size();
        std::int32_t left = out_.units() - of.begin;
        while (left > 0 && at > 0) {
            const auto byte = static_cast<unsigned char>(out_.text()[--at]);
            if ((byte & 0xC0) != 0x80) left -= byte >= 0xF0 ? 2 : 1;
        }
        return at;
    }

    std::string_view input_;
    std::size_t at_ = 0;
    text_builder out_;
    std::vector<tag> open_;
};

}  // namespace

api_result<formatted_text> parse_html(std::string_view input) {
    return html_parser(input).run();
}

}  // namespace baudot::telegram_sim
