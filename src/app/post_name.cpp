#include "app/post_name.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "app/settings.hpp"
#include "base/ascii_lower.hpp"
#include "text/message_link.hpp"

namespace baudot::app {

std::optional<post_name> parse_post_name(std::string_view text) {
    if (auto link = text::read_message_link(text)) {
        post_name made{.chat = link->chat, .message = link->message};
        if (!link->username.empty()) made.chat = '@' + ascii_lower(link->username);
        return made;
    }
    const auto slash = text.rfind('/');
    if (slash == text.npos || text.contains("//")) return std::nullopt;
    chat_text chat;
    if (parse_value(text.substr(0, slash), chat)) return std::nullopt;
    const std::string_view digits = text.substr(slash + 1);
    std::int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc{} || stop != end || number <= 0) return std::nullopt;
    return post_name{.chat = std::move(chat.chat), .message = message_id{number}};
}

}  // namespace baudot::app
