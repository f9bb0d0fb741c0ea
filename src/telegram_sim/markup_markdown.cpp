#include <vector>

#include "telegram_sim/markup.hpp"
#include "telegram_sim/markup_text.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace markup;  // the folder's own

constexpr std::string_view reserved = "_*[]()~`>#+-=|{}.!\n";

enum class mark : unsigned char {
    bold,
    italic,
    underline,
    strikethrough,
    spoiler,
    code,
    pre,
    link,
    emoji,
    quote
};

struct opened {
    mark what;
    std::size_t byte;
    std::int32_t begin;
    std::string language;
};

/// MarkdownV2, a character at a time; `open_` holds the marks that wait for their end.
class markdown_parser {
public:
    explicit markdown_parser(std::string_view input) : input_(input) {}

    api_result<formatted_text> run() {
        while (at_ < input_.size()) {
            if (auto stepped = step(); !stepped) return std::unexpected(stepped.error());
        }
        if (!open_.empty() && open_.back().what == mark::quote) end_quote(false);
        if (!open_.empty()) {
            return cannot_parse("Can't find end of " + std::string(name(open_.back().what)) +
                                " entity" + at_byte(open_.back().byte));
        }
        return out_.take();
    }

private:
    static std::string_view name(mark what) noexcept {
        switch (what) {
            case mark::bold: return "Bold";
            case mark::italic: return "Italic";
            case mark::underline: return "Underline";
            case mark::strikethrough: return "Strikethrough";
            case mark::spoiler: return "Spoiler";
            case mark::code: return "Code";
            case mark::pre: return "Pre";
            case mark::link: return "TextUrl";
            case mark::emoji: return "CustomEmoji";
            case mark::quote: return "BlockQuote";
        }
        return "";
    }

    bool next_is(std::string_view what) const noexcept {
        return input_.substr(at_).starts_with(what);
    }
    bool is_in(mark what) const noexcept { return !open_.empty() && open_.back().what == what; }
    bool is_verbatim() const noexcept { return is_in(mark::code) || is_in(mark::pre); }

    api_result<void> step() {
        const char c = input_[at_];
        if (c == '\\' && at_ + 1 < input_.size() && input_[at_ + 1] > 0 && input_[at_ + 1] < 127) {
            out_.append(input_[at_ + 1]);
            at_ += 2;
            return {};
        }
        if (is_verbatim() ? c != '`' : !reserved.contains(c)) {
            out_.append(c);
            ++at_;
            return {};
        }
        if (c == '\n') {
            line_end();
            return {};
        }
        if (ends()) return close();
        return open();
    }

    void line_end() {
        out_.append('\n');
        ++at_;
        if (!is_in(mark::quote)) return;
        if (next_is(">"))
            ++at_;
        else
            end_quote(false);
    }

    void end_quote(bool expandable) {
        out_.add(expandable ? entity_kind::expandable_blockquote : entity_kind::blockquote,
                 open_.back().begin);
        open_.pop_back();
    }

    bool ends() const noexcept {
        if (open_.empty()) return false;
        switch (open_.back().what) {
            case mark::bold: return next_is("*");
            case mark::italic: return next_is("_") && !next_is("__");
            case mark::underline: return next_is("__");
            case mark::strikethrough: return next_is("~");
            case mark::spoiler: return next_is("||");
            case mark::code: return next_is("`");
            case mark::pre: return next_is("```");
            case mark::link:
            case mark::emoji: return next_is("]");
            case mark::quote: {
                const std::size_t after = at_ + 2;
                return next_is("||") && (after == input_.size() || input_[after] == '\n');
            }
        }
        return false;
    }

    api_result<void> close() {
        const opened of = open_.back();
        const auto simple = [&](entity_kind kind, std::size_t marks) {
            open_.pop_back();
            out_.add(kind, of.begin);
            at_ += marks;
        };
        switch (of.what) {
            case mark::bold: simple(entity_kind::bold, 1); break;
            case mark::italic: simple(entity_kind::italic, 1); break;
            case mark::underline: simple(entity_kind::underline, 2); break;
            case mark::strikethrough: simple(entity_kind::strikethrough, 1); break;
            case mark::spoiler: simple(entity_kind::spoiler, 2); break;
            case mark::code: simple(entity_kind::code, 1); break;
            case mark::pre:
                open_.pop_back();
                out_.add(entity_kind::pre, of.begin, of.language);
                at_ += 3;
                break;
            case mark::quote:
                at_ += 2;
                end_quote(true);
                break;
            case mark::link:
            case mark::emoji: return close_link(of);
        }
        return {};
    }

    api_result<void> close_link(const opened& of) {
        open_.pop_back();
        ++at_;
        std::string url;
        if (at_ < input_.size() && input_[at_] == '(') {
            const std::size_t begin = at_++;
            while (at_ < input_.size() && input_[at_] != ')') {
                if (input_[at_] == '\\' && at_ + 1 < input_.size()) ++at_;
                url.push_back(input_[at_++]);
            }
            if (at_ >= input_.size())
                return cannot_parse("Can't find end of a URL" + at_byte(begin));
            ++at_;
        }
        if (of.what == mark::link) {
            add_link(out_, of.begin, url);
        } else if (!add_emoji(out_, of.begin, url)) {
            return cannot_parse("Custom emoji URL must have an emoji identifier");
        }
        return {};
    }

    api_result<void> open() {
        const auto begin = [&](mark what, std::size_t marks) -> api_result<void> {
            open_.push_back({.what = what, .byte = at_, .begin = out_.units(), .language = {}});
            at_ += marks;
            return {};
        };
        switch (input_[at_]) {
            case '*': return begin(mark::bold, 1);
            case '_': return next_is("__") ? begin(mark::underline, 2) : begin(mark::italic, 1);
            case '~': return begin(mark::strikethrough, 1);
            case '[': return begin(mark::link, 1);
            case '|':
                if (next_is("||")) return begin(mark::spoiler, 2);
                break;
            case '!':
                if (next_is("![")) return begin(mark::emoji, 2);
                break;
            case '>': {
                const bool at_line = out_.text().empty() || out_.text().back() == '\n';
                if (at_line && open_.empty()) return begin(mark::quote, 1);
                break;
            }
            case '`': {
                if (is_verbatim()) break;
                if (!next_is("```")) return begin(mark::code, 1);
                (void)begin(mark::pre, 3);
                open_.back().language = take_language();
                return {};
            }
            default: break;
        }
        return cannot_parse(std::string("Character '") + input_[at_] +
                            "' is reserved and must be escaped with the preceding '\\'");
    }

    /// After ```: a word up to the line's end is the language, and the line's end goes.
    std::string take_language() {
        std::size_t end = at_;
        while (end < input_.size() && input_[end] != '\n' && input_[end] != ' ' &&
               input_[end] != '`') {
            ++end;
        }
        if (end >= input_.size() || input_[end] != '\n') return {};
        std::string language(input_.substr(at_, end - at_));
        at_ = end + 1;
        return language;
    }

    std::string_view input_;
    std::size_t at_ = 0;
    text_builder out_;
    std::vector<opened> open_;
};

}  // namespace

api_result<formatted_text> parse_markdown_v2(std::string_view input) {
    return markdown_parser(input).run();
}

api_result<formatted_text> parse_markdown(std::string_view input) {
    text_builder out;
    for (std::size_t at = 0; at < input.size();) {
        const char c = input[at];
        constexpr std::string_view marks = "_*`[";
        if (c == '\\' && at + 1 < input.size() && marks.contains(input[at + 1])) {
            out.append(input[at + 1]);
            at += 2;
            continue;
        }
        if (!marks.contains(c)) {
            out.append(c);
            ++at;
            continue;
        }
        const bool is_pre = input.substr(at).starts_with("```");
        const std::string_view end_mark = is_pre ? "```" : c == '[' ? "]" : input.substr(at, 1);
        std::size_t from = at + (is_pre ? 3 : 1);
        const std::size_t end = input.find(end_mark, from);
        if (end == std::string_view::npos) {
            return cannot_parse("Can't find end of the entity starting" + at_byte(at));
        }
        const std::int32_t begin = out.units();
        std::string language;
        if (is_pre) {
            const std::size_t line = input.find_first_of(" \n`", from);
            if (line < end && input[line] == '\n') {
                language = input.substr(from, line - from);
                from = line + 1;
            }
        }
        out.append(input.substr(from, end - from));
        at = end + end_mark.size();
        switch (c) {
            case '_': out.add(entity_kind::italic, begin); break;
            case '*': out.add(entity_kind::bold, begin); break;
            case '`':
                out.add(is_pre ? entity_kind::pre : entity_kind::code, begin, language);
                break;
            default: {
                if (at >= input.size() || input[at] != '(') break;
                const std::size_t close = input.find(')', at);
                if (close == std::string_view::npos) {
                    return cannot_parse("Can't find end of a URL" + at_byte(at));
                }
                add_link(out, begin, input.substr(at + 1, close - at - 1));
                at = close + 1;
            }
        }
    }
    return out.take();
}

}  // namespace baudot::telegram_sim
