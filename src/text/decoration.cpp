#include "text/decoration.hpp"

#include <utility>

namespace baudot::text {
namespace {

// RFC 3986, unreserved.
bool is_plain_in_url(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

std::string percent_encoded(std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (const char each : value) {
        if (is_plain_in_url(each)) {
            made += each;
            continue;
        }
        const auto byte = static_cast<unsigned char>(each);
        made += '%';
        made += digits[byte >> 4U];
        made += digits[byte & 15U];
    }
    return made;
}

}  // namespace

std::expected<std::vector<decoration::hole>, markup_error> decoration::find_holes(
    std::string_view text) {
    std::vector<hole> holes;
    for (std::size_t at = text.find_first_of("{}"); at != text.npos;
         at = text.find_first_of("{}", holes.back().end)) {
        if (at + 1 < text.size() && text[at + 1] == text[at]) {
            holes.push_back({.begin = at, .end = at + 2, .what = std::nullopt});
            continue;
        }
        const auto end = text[at] == '{' ? text.find('}', at) : text.npos;
        const std::string_view name =
            end == text.npos ? text.substr(at, 1) : text.substr(at + 1, end - at - 1);
        const auto what = end == text.npos ? std::nullopt : variable_named(name);
        if (!what) {
            return std::unexpected(markup_error{.at = 0,
                                                .message = '"' + std::string(name) +
                                                           "\" is none of " + names_of_variables() +
                                                           "; a brace is {{ or }}"});
        }
        holes.push_back({.begin = at, .end = end + 1, .what = what});
    }
    return holes;
}

std::expected<decoration, markup_error> decoration::parse(std::string_view html) {
    auto text = parse_markup(html);
    if (!text) return std::unexpected(std::move(text.error()));
    auto holes = find_holes(text->bytes);
    if (!holes) return std::unexpected(std::move(holes.error()));
    for (const mark& each : text->marks) {
        auto in_url = find_holes(each.what.url);
        if (!in_url) return std::unexpected(std::move(in_url.error()));
    }
    decoration made;
    made.pattern_ = *std::move(text);
    made.holes_ = *std::move(holes);
    return made;
}

std::optional<marked_text> decoration::fill(const message& post, const time_zone& zone) const {
    marked_text made = pattern_;
    for (mark& each : made.marks) {
        auto url = fill_url(each.what.url, post, zone);
        if (!url) return std::nullopt;
        each.what.url = *std::move(url);
    }
    std::vector<edit> edits;
    for (const hole& each : holes_) {
        auto value = each.what ? value_of(*each.what, post, zone)
                               : std::optional(pattern_.bytes.substr(each.begin, 1));
        if (!value) return std::nullopt;
        edits.push_back({.begin = each.begin, .end = each.end, .with = *std::move(value)});
    }
    apply_edits(edits, made);
    return made;
}

std::optional<std::string> decoration::fill_url(std::string_view url, const message& post,
                                                const time_zone& zone) {
    std::string made;
    std::size_t read = 0;
    for (const hole& each : *find_holes(url)) {
        auto value = each.what ? value_of(*each.what, post, zone)
                               : std::optional(std::string(url.substr(each.begin, 1)));
        if (!value) return std::nullopt;
        if (each.what == variable::username) value->erase(0, 1);  // https://t.me/name
        made += url.substr(read, each.begin - read);
        const bool is_as_it_is = !each.what || *each.what == variable::link;
        made += is_as_it_is ? *value : percent_encoded(*value);
        read = each.end;
    }
    made += url.substr(read);
    return made;
}

}  // namespace baudot::text
