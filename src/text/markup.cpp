#include "text/markup.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace baudot::text {
namespace {

using pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<pair, 15> types_of_tags = {{{"b", "bold"},
                                                 {"strong", "bold"},
                                                 {"i", "italic"},
                                                 {"em", "italic"},
                                                 {"u", "underline"},
                                                 {"ins", "underline"},
                                                 {"s", "strikethrough"},
                                                 {"strike", "strikethrough"},
                                                 {"del", "strikethrough"},
                                                 {"tg-spoiler", "spoiler"},
                                                 {"code", "code"},
                                                 {"pre", "pre"},
                                                 {"blockquote", "blockquote"},
                                                 {"blockquote expandable", "expandable_blockquote"},
                                                 {"a", "text_link"}}};
constexpr std::array<pair, 4> characters = {
    {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}}};

class parser {
public:
    explicit parser(std::string_view html) : html_(html) {}

    std::expected<marked_text, markup_error> parse() {
        while (at_ < html_.size()) {
            const char next = html_[at_];
            const bool went = next == '<' ? tag() : next == '&' ? character() : plain();
            if (!went) return std::unexpected(std::move(error_));
        }
        if (!open_.empty()) {
            return std::unexpected(
                markup_error{.at = open_.back().tag_at,
                             .message = '<' + std::string(open_.back().name) + "> is not closed"});
        }
        made_.body_end = made_.bytes.size();
        return std::move(made_);
    }

private:
    struct opened {
        std::string_view name;  // as it is closed
        std::size_t tag_at = 0;
        mark what;
    };

    bool fail(std::string message) {
        error_ = {.at = at_, .message = std::move(message)};
        return false;
    }

    bool plain() {
        made_.bytes += html_[at_++];
        return true;
    }

    bool character() {
        for (const auto& [written, meant] : characters) {
            if (!html_.substr(at_).starts_with(written)) continue;
            made_.bytes += meant;
            at_ += written.size();
            return true;
        }
        return fail("write &amp; for &; of HTML's characters there are &lt; &gt; &amp; &quot;");
    }

    bool tag() {
        const auto end = html_.find('>', at_);
        if (end == html_.npos) return fail("write &lt; for <; a tag has no end");
        const std::string_view inside = html_.substr(at_ + 1, end - at_ - 1);
        const bool went = inside.starts_with('/') ? close(inside.substr(1)) : open(inside);
        if (went) at_ = end + 1;
        return went;
    }

    bool close(std::string_view name) {
        if (open_.empty() || open_.back().name != name) {
            return fail("</" + std::string(name) + "> closes nothing");
        }
        mark one = std::move(open_.back().what);
        open_.pop_back();
        one.end = made_.bytes.size();
        if (one.begin == one.end) return true;
        // The outer before the inner: it was opened first, and is closed last.
        const auto inner = std::ranges::find_if(
            made_.marks, [&](const mark& each) { return each.begin >= one.begin; });
        made_.marks.insert(inner, std::move(one));
        return true;
    }

    bool open(std::string_view inside) {
        std::string_view name = inside;
        std::optional<std::string> url;
        if (inside.starts_with("a ")) {
            name = "a";
            url = href(inside.substr(2));
        }
        const auto type = std::ranges::find(types_of_tags, name, &pair::first);
        if (type == types_of_tags.end() || (name == "a" && !url)) {
            return fail('<' + std::string(inside) +
                        "> is none of b, i, u, s, tg-spoiler, code, pre, blockquote, "
                        "blockquote expandable, a href=\"...\"");
        }
        mark what{.begin = made_.bytes.size(), .what = {.type = std::string(type->second)}};
        if (url) what.what.url = *std::move(url);
        open_.push_back(
            {.name = name.substr(0, name.find(' ')), .tag_at = at_, .what = std::move(what)});
        return true;
    }

    static std::optional<std::string> href(std::string_view attribute) {
        constexpr std::string_view begin = "href=\"";
        if (!attribute.starts_with(begin) || !attribute.ends_with('"')) return std::nullopt;
        attribute.remove_prefix(begin.size());
        if (attribute.empty()) return std::nullopt;
        attribute.remove_suffix(1);
        if (attribute.empty() || attribute.contains('"')) return std::nullopt;
        std::string url(attribute);
        for (std::size_t at = url.find("&amp;"); at != url.npos; at = url.find("&amp;", at + 1)) {
            url.replace(at, 5, "&");
        }
        return url;
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::vector<opened> open_;
    marked_text made_;
    markup_error error_;
};

}  // namespace

std::expected<marked_text, markup_error> parse_markup(std::string_view html) {
    return parser(html).parse();
}

}  // namespace baudot::text
