#include <algorithm>
#include <array>

#include "base/utf16.hpp"
#include "telegram_sim/entities.hpp"

namespace baudot::telegram_sim {
namespace {

bool is_ascii_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Of any script: a byte of a longer code point is taken for a letter, but not those that begin
/// general punctuation, symbols and pictures (E2 xx, E3 80, EF B8, F0).
bool is_word_at(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return false;
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) return is_ascii_word(text[at]);
    if (byte < 0xC0) return true;  // inside a code point that was judged by its first byte
    const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    if (byte == 0xC2) return next == 0xAA || next == 0xB5 || next == 0xBA;
    if (byte == 0xE2 || byte >= 0xF0) return false;
    return !(byte == 0xE3 && next == 0x80) && !(byte == 0xEF && next == 0xB8);
}

/// What stands before `at` is no word: the last code point decides.
bool begins_word(std::string_view text, std::size_t at) noexcept {
    if (at == 0) return true;
    std::size_t before = at - 1;
    while (before > 0 && (static_cast<unsigned char>(text[before]) & 0xC0) == 0x80) --before;
    return !is_word_at(text, before);
}

std::size_t skip_ascii_word(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && is_ascii_word(text[at])) ++at;
    return at;
}

/// A whole code point a step, so that a run never ends inside one.
std::size_t skip_word(std::string_view text, std::size_t at) noexcept {
    while (is_word_at(text, at)) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    }
    return at;
}

// Each scanner gets the position of its first character and answers the end, or `at` for none.

std::size_t command(std::string_view text, std::size_t at) noexcept {
    if (!begins_word(text, at) || (at > 0 && (text[at - 1] == '/' || text[at - 1] == '<'))) {
        return at;
    }
    std::size_t end = skip_ascii_word(text, at + 1);
    if (end - at < 2 || end - at > 65) return at;
    if (end < text.size() && text[end] == '@') {
        const std::size_t bot = skip_ascii_word(text, end + 1);
        if (bot - end > 3 && bot - end <= 33) end = bot;
    }
    if (is_word_at(text, end) || (end < text.size() && text[end] == '/')) return at;
    return end;
}

std::size_t mention(std::string_view text, std::size_t at) noexcept {
    if (!begins_word(text, at)) return at;
    const std::size_t end = skip_ascii_word(text, at + 1);
    const std::size_t length = end - at - 1;
    return length < 3 || length > 32 || is_word_at(text, end) ? at : end;
}

std::size_t hashtag(std::string_view text, std::size_t at) noexcept {
    if (!begins_word(text, at)) return at;
    const std::size_t end = skip_word(text, at + 1);
    const auto tag = text.substr(at + 1, end - at - 1);
    const bool only_digits = std::ranges::all_of(tag, [](char c) { return c >= '0' && c <= '9'; });
    if (tag.empty() || only_digits || code_points(tag) > 256) return at;
    return end;
}

std::size_t cashtag(std::string_view text, std::size_t at) noexcept {
    if (!begins_word(text, at)) return at;
    std::size_t end = at + 1;
    while (end < text.size() && text[end] >= 'A' && text[end] <= 'Z') ++end;
    return end == at + 1 || end - at > 9 || is_word_at(text, end) ? at : end;
}

std::size_t link(std::string_view text, std::size_t at) noexcept {
    constexpr std::array<std::string_view, 5> prefixes = {"https://", "http://", "tg://", "t.me/",
                                                          "www."};
    if (!begins_word(text, at)) return at;
    for (const auto prefix : prefixes) {
        if (!text.substr(at).starts_with(prefix)) continue;
        std::size_t end = at + prefix.size();
        while (end < text.size() && static_cast<unsigned char>(text[end]) > ' ' &&
               text[end] != '<' && text[end] != '>' && text[end] != '"') {
            ++end;
        }
        constexpr std::string_view trailing = ".,;:!?'()[]{}*_~";
        while (end > at && trailing.contains(text[end - 1])) --end;
        return end > at + prefix.size() ? end : at;
    }
    return at;
}

std::size_t address(std::string_view text, std::size_t at) noexcept {
    if (!begins_word(text, at)) return at;
    std::size_t end = at;
    while (end < text.size() &&
           (is_ascii_word(text[end]) || text[end] == '.' || text[end] == '+' || text[end] == '-')) {
        ++end;
    }
    if (end == at || end == text.size() || text[end] != '@') return at;
    const std::size_t host = end + 1;
    end = host;
    while (end < text.size() &&
           (is_ascii_word(text[end]) || text[end] == '.' || text[end] == '-')) {
        ++end;
    }
    while (end > host && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::size_t dot = text.substr(host, end - host).rfind('.');
    const bool has_domain = dot != std::string_view::npos && dot > 0 && host + dot + 2 < end;
    return has_domain ? end : at;
}

}  // namespace

std::vector<entity> find_entities(std::string_view text) {
    std::vector<entity> found;
    std::size_t counted = 0;  // bytes before it are in `units`
    std::size_t units = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        entity_kind kind{};
        const auto attempt = [&](entity_kind what, std::size_t to) {
            if (end == at && to > at) {
                kind = what;
                end = to;
            }
        };
        switch (text[at]) {
            case '/': attempt(entity_kind::bot_command, command(text, at)); break;
            case '@': attempt(entity_kind::mention, mention(text, at)); break;
            case '#': attempt(entity_kind::hashtag, hashtag(text, at)); break;
            case '$': attempt(entity_kind::cashtag, cashtag(text, at)); break;
            default:
                if (is_ascii_word(text[at])) {
                    attempt(entity_kind::url, link(text, at));
                    attempt(entity_kind::email, address(text, at));
                }
        }
        if (end == at) {
            // Into a word nothing begins: one look at each of its characters would be quadratic.
            at = is_ascii_word(text[at]) ? skip_ascii_word(text, at) : at + 1;
            continue;
        }
        units += utf16_length(text.substr(counted, at - counted));
        const std::size_t length = utf16_length(text.substr(at, end - at));
        found.push_back({.kind = kind,
                         .offset = static_cast<std::int32_t>(units),
                         .length = static_cast<std::int32_t>(length)});
        units += length;
        counted = at = end;
    }
    return found;
}

}  // namespace baudot::telegram_sim
