#include "text/words.hpp"

#include "text/marked_text.hpp"
#include "text/re2_parts.hpp"

namespace baudot::text {
namespace {

std::string_view first_character(std::string_view text) {
    return text.empty() ? text : text.substr(0, bytes_of_character(text, 0));
}

std::string_view last_character(std::string_view text) {
    if (text.empty()) return text;
    std::size_t at = text.size() - 1;
    while (at > 0 && is_continuation(text[at])) --at;
    return text.substr(at);
}

// Whether a word ends where this character begins, or the other way round.
bool touches(std::string_view character) {
    static const RE2 of_word(R"([\pL\pM\pN_])");
    static const RE2 without_spaces(
        R"([\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])");
    if (character.empty()) return false;
    return RE2::FullMatch(piece(character), of_word) &&
           !RE2::FullMatch(piece(character), without_spaces);
}

}  // namespace

std::size_t bytes_of_character(std::string_view text, std::size_t at) {
    std::size_t size = 1;
    while (at + size < text.size() && is_continuation(text[at + size])) ++size;
    return size;
}

bool stands_alone(std::string_view text, std::string_view found) {
    const auto begin = static_cast<std::size_t>(found.data() - text.data());
    const std::size_t end = begin + found.size();
    const bool left =
        touches(first_character(found)) && touches(last_character(text.substr(0, begin)));
    const bool right = touches(last_character(found)) && touches(first_character(text.substr(end)));
    return !left && !right;
}

bool belongs_to_the_one_before(std::string_view text, std::size_t at) {
    static const RE2 joined(R"([\pM\x{200D}\x{1F3FB}-\x{1F3FF}\x{E0020}-\x{E007F}])");
    static const RE2 letter_of_a_flag(R"([\x{1F1E6}-\x{1F1FF}])");
    constexpr std::string_view joiner = "\xE2\x80\x8D";
    if (at == 0 || at >= text.size()) return false;
    const std::string_view next = text.substr(at, bytes_of_character(text, at));
    const std::string_view before = last_character(text.substr(0, at));
    if (static_cast<unsigned char>(next.front()) < 0x80U) return false;
    return before == joiner || RE2::FullMatch(piece(next), joined) ||
           (RE2::FullMatch(piece(next), letter_of_a_flag) &&
            RE2::FullMatch(piece(before), letter_of_a_flag));
}

bool looks_like(std::string_view type, std::string_view text) {
    static const RE2 url(
        R"((?i)[a-z][a-z0-9+.-]*://\S+|[\pL\pN_.@-]+\.[\pL\pN-]{2,}(:\d+)?([/?#]\S*)?)");
    static const RE2 mention(R"(@[A-Za-z0-9_]+)");
    static const RE2 hashtag(R"(#[\pL\pM\pN_·]+(@[A-Za-z0-9_]+)?)");
    if (type == "url") return RE2::FullMatch(piece(text), url);
    if (type == "mention") return RE2::FullMatch(piece(text), mention);
    if (type == "hashtag") return RE2::FullMatch(piece(text), hashtag);
    return true;
}

bool can_be_seen(std::string_view text) {
    static const RE2 seen(R"([^\pZ\p{Cc}\p{Cf}\x{3164}])");
    return RE2::PartialMatch(piece(text), seen);
}

}  // namespace baudot::text
