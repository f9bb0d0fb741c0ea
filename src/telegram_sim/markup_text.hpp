#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "telegram_sim/entities.hpp"

// What the three parsers share. Included by markup_*.cpp only.

namespace baudot::telegram_sim::markup {

/// The text that grows while marks are read, with its length in UTF-16 code units.
class text_builder {
public:
    /// One byte of UTF-8.
    void append(char byte) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value & 0xC0) != 0x80) units_ += value >= 0xF0 ? 2 : 1;
        out_.text.push_back(byte);
    }
    void append(std::string_view bytes) {
        for (const char byte : bytes) append(byte);
    }
    std::int32_t units() const noexcept { return units_; }
    const std::string& text() const noexcept { return out_.text; }

    /// From `begin` to here; nothing when that is empty.
    void add(entity_kind kind, std::int32_t begin, std::string argument = {}, user_id who = {}) {
        if (units_ == begin) return;
        out_.entities.push_back({.kind = kind,
                                 .offset = begin,
                                 .length = units_ - begin,
                                 .argument = std::move(argument),
                                 .user = who});
    }
    formatted_text take() { return std::move(out_); }

private:
    formatted_text out_;
    std::int32_t units_ = 0;
};

inline std::unexpected<api_error> cannot_parse(std::string what) {
    return bad_request("can't parse entities: " + std::move(what));
}

inline std::string at_byte(std::size_t offset) {
    return " at byte offset " + std::to_string(offset);
}

inline std::optional<std::int64_t> number_after(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || number <= 0) return std::nullopt;
    return end == text.data() + text.size() || *end == '&' ? std::optional(number) : std::nullopt;
}

/// A link as the server keeps it: with scheme, and "/" after a bare host. Empty: no link.
inline std::string normal_url(std::string_view url) {
    std::string out(url);
    std::size_t scheme = out.find("://");
    if (scheme == std::string::npos) {
        if (out.find('.') == std::string::npos) return {};
        out.insert(0, "http://");
        scheme = 4;
    }
    if (out.size() <= scheme + 3 || out.find(' ') != std::string::npos) return {};
    const std::size_t path = out.find_first_of("/?#", scheme + 3);
    if (path == std::string::npos)
        out.push_back('/');
    else if (out[path] != '/')
        out.insert(path, 1, '/');
    return out;
}

/// A text_link, or the mention of a person by id, or nothing when `url` is none.
inline void add_link(text_builder& to, std::int32_t begin, std::string_view url) {
    if (const auto id = number_after(url, "tg://user?id=")) {
        return to.add(entity_kind::text_mention, begin, {}, user_id{*id});
    }
    if (std::string link = normal_url(url); !link.empty()) {
        to.add(entity_kind::text_link, begin, std::move(link));
    }
}

/// A custom emoji; false when `url` does not name one.
inline bool add_emoji(text_builder& to, std::int32_t begin, std::string_view url) {
    const auto id = number_after(url, "tg://emoji?id=");
    if (id) to.add(entity_kind::custom_emoji, begin, std::to_string(*id));
    return id.has_value();
}

}  // namespace baudot::telegram_sim::markup
