#include "telegram_sim/params_decode.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace baudot::telegram_sim {
namespace {

constexpr std::size_t parts_max = 1000;
constexpr std::size_t part_header_bytes_max = 16 << 10;
constexpr int json_depth_max = 100;

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

char* put_utf8(char* to, std::uint32_t code) noexcept {
    const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | (code >> 6));
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3f));
        put(0x80 | ((code >> 6) & 0x3f));
        put(0x80 | (code & 0x3f));
    }
    return to;
}

/// Walks over JSON; any false or nullopt means that it is none.
class json_scanner {
public:
    explicit json_scanner(std::span<char> text) : at_(text.data()), end_(at_ + text.size()) {}

    void skip_space() noexcept {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }
    bool take(char c) noexcept {
        skip_space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    bool at_end() noexcept {
        skip_space();
        return at_ == end_;
    }
    char peek() noexcept {
        skip_space();
        return at_ == end_ ? '\0' : *at_;
    }
    std::optional<std::string_view> string() noexcept;
    std::optional<std::string_view> value() noexcept;

private:
    std::optional<std::uint32_t> code_unit() noexcept;
    bool escape(char*& to) noexcept;
    bool skip_string() noexcept;
    bool skip_nested() noexcept;

    char* at_;
    char* end_;
};

std::optional<std::uint32_t> json_scanner::code_unit() noexcept {
    if (end_ - at_ < 4) return std::nullopt;
    std::uint32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(*at_++);
        if (digit < 0) return std::nullopt;
        unit = unit << 4 | static_cast<std::uint32_t>(digit);
    }
    return unit;
}

// After the backslash. A surrogate without its other half becomes U+FFFD.
bool json_scanner::escape(char*& to) noexcept {
    if (at_ == end_) return false;
    const char letter = *at_++;
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const auto i = letters.find(letter); i != std::string_view::npos) {
        *to++ = meanings[i];
        return true;
    }
    if (letter != 'u') return false;
    const auto unit = code_unit();
    if (!unit) return false;
    std::uint32_t code = *unit;
    if (code >= 0xd800 && code < 0xdc00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
        char* const before = at_;
        at_ += 2;
        const auto low = code_unit();
        if (!low) return false;
        if (*low >= 0xdc00 && *low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (*low - 0xdc00);
        } else {
            at_ = before;
        }
    }
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    to = put_utf8(to, code);
    return true;
}

std::optional<std::string_view> json_scanner::string() noexcept {
    if (!take('"')) return std::nullopt;
    char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    char* to = at_;  // nothing to decode so far: the usual case
    while (at_ != end_ && *at_ != '"') {
        if (*at_ != '\\') {
            *to++ = *at_++;
            continue;
        }
        ++at_;
        if (!escape(to)) return std::nullopt;
    }
    if (at_ == end_) return std::nullopt;
    ++at_;
    return std::string_view(begin, to);
}

bool json_scanner::skip_string() noexcept {
    while (++at_ != end_ && *at_ != '"') {
        if (*at_ == '\\' && ++at_ == end_) return false;
    }
    if (at_ == end_) return false;
    ++at_;
    return true;
}

// Brackets in balance; whoever reads the value checks the rest.
bool json_scanner::skip_nested() noexcept {
    std::array<char, json_depth_max> closing;
    std::size_t depth = 0;
    do {
        if (at_ == end_) return false;
        const char c = *at_;
        if (c == '"') {
            if (!skip_string()) return false;
            continue;
        }
        ++at_;
        if (c == '{' || c == '[') {
            if (depth == closing.size()) return false;
            closing[depth++] = c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (closing[--depth] != c) return false;
        }
    } while (depth > 0);
    return true;
}

std::optional<std::string_view> json_scanner::value() noexcept {
    const char first = peek();
    char* const begin = at_;
    if (first == '{' || first == '[') {
        if (!skip_nested()) return std::nullopt;
        return std::string_view(begin, at_);
    }
    while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ' ' && *at_ != '\n' &&
           *at_ != '\r' && *at_ != '\t') {
        ++at_;
    }
    const std::string_view word(begin, at_);
    const bool number = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')) &&
                        word.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    if (number || word == "true" || word == "false" || word == "null") return word;
    return std::nullopt;
}

struct part_header {
    std::string_view disposition;
    std::string_view content_type;
};

part_header read_part_header(std::string_view lines) noexcept {
    part_header found;
    while (!lines.empty()) {
        const auto end = std::min(lines.find("\r\n"), lines.size());
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 2, lines.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view value = trim(line.substr(colon + 1));
        if (same(line.substr(0, colon), "content-disposition")) found.disposition = value;
        if (same(line.substr(0, colon), "content-type")) found.content_type = value;
    }
    return found;
}

}  // namespace

std::string_view decode_url(std::span<char> text, bool plus_is_space) noexcept {
    char* to = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%' && text.size() - i > 2) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                c = static_cast<char>(high << 4 | low);
                i += 2;
            }
        }
        *to++ = c;
    }
    return {text.data(), to};
}

void decode_form(std::span<char> text, std::vector<params::argument>& to) {
    while (!text.empty()) {
        const std::string_view all(text.data(), text.size());
        const auto end = std::min(all.find('&'), all.size());
        const std::span<char> pair = text.first(end);
        text = text.subspan(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(all.substr(0, end).find('='), end);
        const std::span<char> value = pair.subspan(std::min(equals + 1, end));
        to.push_back({decode_url(pair.first(equals), true), decode_url(value, true)});
    }
}

result<void> decode_json(std::span<char> text, std::vector<params::argument>& to) {
    const auto wrong = [] {
        return fail(errc::invalid_argument, "can't parse parameters: JSON object expected");
    };
    json_scanner scan(text);
    if (!scan.take('{')) return wrong();
    if (scan.take('}')) {
        if (!scan.at_end()) return wrong();
        return {};
    }
    do {
        const auto name = scan.string();
        if (!name || !scan.take(':')) return wrong();
        const bool is_string = scan.peek() == '"';
        const auto value = is_string ? scan.string() : scan.value();
        if (!value) return wrong();
        if (is_string || *value != "null") to.push_back({*name, *value});
    } while (scan.take(','));
    if (!scan.take('}') || !scan.at_end()) return wrong();
    return {};
}

std::string_view header_parameter(std::string_view value, std::string_view name) noexcept {
    std::size_t at = value.find(';');
    while (at != std::string_view::npos) {
        const auto begin = value.find_first_not_of(" \t;", at);
        if (begin == std::string_view::npos) return {};
        const auto equals = value.find_first_of("=;", begin);
        if (equals == std::string_view::npos) return {};
        const std::string_view found = trim(value.substr(begin, equals - begin));
        at = equals;
        if (value[equals] == ';') continue;
        std::size_t from = equals + 1;
        std::size_t end = 0;
        if (from < value.size() && value[from] == '"') {
            end = ++from;
            while (end < value.size() && value[end] != '"') {
                end +=
                    value[end] == '\\' && end + 1 < value.size() && value[end + 1] == '"' ? 2 : 1;
            }
            at = value.find(';', end);
        } else {
            at = value.find(';', from);
            end = std::min(at, value.size());
        }
        if (same(found, name)) return value.substr(from, end - from);
    }
    return {};
}

result<void> decode_multipart(std::string_view body, std::string_view boundary,
                              std::vector<params::argument>& arguments,
                              std::vector<uploaded_file>& files) {
    const auto wrong = [](const char* why) {
        return fail(errc::invalid_argument, std::string("can't parse multipart/form-data: ") + why);
    };
    if (boundary.empty() || boundary.size() > 70) return wrong("no boundary");
    const std::string mark = "\r\n--" + std::string(boundary);
    const std::string_view opening = std::string_view(mark).substr(2);
    std::size_t at = body.starts_with(opening) ? opening.size() : body.find(mark);
    if (at == std::string_view::npos) return wrong("boundary not found");
    if (!body.starts_with(opening)) at += mark.size();
    for (std::size_t parts = 0;; ++parts) {
        std::string_view rest = body.substr(at);
        if (rest.starts_with("--")) return {};
        if (parts == parts_max) return wrong("too many parts");
        const auto line = rest.find("\r\n");
        if (line == std::string_view::npos || !trim(rest.substr(0, line)).empty()) {
            return wrong("boundary not ended");
        }
        at += line;  // its CRLF may also be the one before the empty line
        const auto blank = body.find("\r\n\r\n", at);
        if (blank == std::string_view::npos || blank - at > part_header_bytes_max) {
            return wrong("part without header");
        }
        const auto header = read_part_header(body.substr(at + 2, blank > at ? blank - at - 2 : 0));
        const std::string_view name = header_parameter(header.disposition, "name");
        const std::string_view file = header_parameter(header.disposition, "filename");
        if (name.data() == nullptr) return wrong("part without name");
        // The CRLF of the empty line may be the first half of the delimiter: an empty part.
        const auto end = body.find(mark, blank + 2);
        if (end == std::string_view::npos) return wrong("part not ended");
        const std::size_t begin = std::min(blank + 4, end);
        const std::string_view content = body.substr(begin, end - begin);
        if (file.data() == nullptr)
            arguments.push_back({name, content});
        else
            files.push_back({name, file, header.content_type, content});
        at = end + mark.size();
    }
}

}  // namespace baudot::telegram_sim
