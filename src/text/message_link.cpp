#include "text/message_link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "base/ascii_lower.hpp"
#include "model/delivery_id.hpp"

namespace baudot::text {
namespace {

constexpr std::int64_t channels_below = -1'000'000'000'000;
constexpr std::int64_t channels_count = 1'000'000'000'000 - (std::int64_t{1} << 31);

std::string_view take(std::string_view& from, std::string_view until) {
    const std::size_t end = std::min(from.find_first_of(until), from.size());
    const std::string_view taken = from.substr(0, end);
    from.remove_prefix(end);
    return taken;
}

bool take_prefix(std::string_view& from, std::string_view prefix) {
    if (ascii_lower(from.substr(0, prefix.size())) != prefix) return false;
    from.remove_prefix(prefix.size());
    return true;
}

/// A whole number above zero; 0: it is none.
std::int64_t number_of(std::string_view digits, std::int64_t most) {
    std::int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    return error == std::errc{} && stop == end && number > 0 && number <= most ? number : 0;
}

message_id message_of(std::string_view digits) {
    return message_id{number_of(digits, std::numeric_limits<std::int32_t>::max())};
}

chat_id channel_of(std::string_view digits) {
    const std::int64_t number = number_of(digits, channels_count - 1);
    return number == 0 ? chat_id{} : chat_id{channels_below - number};
}

bool is_username(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
               (each >= '0' && each <= '9') || each == '_';
    });
}

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::string_view part = take(path, "/");
        if (!part.empty()) parts.push_back(part);
        if (!path.empty()) path.remove_prefix(1);
    }
    return parts;
}

std::string_view value_of(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        std::string_view one = take(query, "&");
        if (!query.empty()) query.remove_prefix(1);
        if (take(one, "=") == key && !one.empty()) return one.substr(1);
    }
    return {};
}

std::optional<message_link> made(message_link what) {
    const bool names_chat = what.chat != chat_id{} || is_username(what.username);
    if (!names_chat || what.message == message_id{}) return std::nullopt;
    return what;
}

std::optional<message_link> of_app(std::string_view rest) {
    const std::string method = ascii_lower(take(rest, "/?#"));
    if (rest.starts_with('/')) rest.remove_prefix(1);
    if (!rest.starts_with('?')) return std::nullopt;
    rest.remove_prefix(1);
    const std::string_view query = take(rest, "#");
    const message_id message = message_of(value_of(query, "post"));
    if (method == "privatepost") {
        return made(
            {.username = {}, .chat = channel_of(value_of(query, "channel")), .message = message});
    }
    if (method != "resolve") return std::nullopt;
    return made({.username = std::string(value_of(query, "domain")), .message = message});
}

/// What stands before ".t.me"; none: another host.
std::optional<std::string> name_of_host(std::string_view host) {
    constexpr std::array<std::string_view, 3> hosts = {"t.me", "telegram.me", "telegram.dog"};
    const std::string lower = ascii_lower(host);
    std::string_view rest = lower;
    if (rest.starts_with("www.")) rest.remove_prefix(4);
    if (std::ranges::find(hosts, rest) != hosts.end()) return std::string();
    if (!rest.ends_with(".t.me")) return std::nullopt;
    rest.remove_suffix(5);
    return is_username(rest) ? std::optional(std::string(rest)) : std::nullopt;
}

std::optional<message_link> of_web(std::string_view rest) {
    const auto name = name_of_host(take(rest, "/?#:"));
    if (rest.starts_with(':')) take(rest, "/?#");
    if (!name) return std::nullopt;
    std::vector<std::string_view> parts = parts_of(take(rest, "?#"));
    if (parts.size() == 3 && name->empty() && parts[0] == "s") parts.erase(parts.begin());
    if (!name->empty()) parts.insert(parts.begin(), *name);
    const bool is_private = !parts.empty() && parts[0] == "c";
    if (is_private) parts.erase(parts.begin());
    if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
    if (parts.size() == 3 && message_of(parts[1]) == message_id{}) return std::nullopt;
    message_link link{.message = message_of(parts.back())};
    if (is_private) {
        link.chat = channel_of(parts[0]);
    } else {
        link.username = parts[0];
    }
    return made(std::move(link));
}

}  // namespace

std::optional<message_link> read_message_link(std::string_view address) {
    if (take_prefix(address, "tg:")) {
        take_prefix(address, "//");
        return of_app(address);
    }
    if (!take_prefix(address, "https://")) take_prefix(address, "http://");
    return of_web(address);
}

message_id own_post_of(std::string_view address, const message& post) {
    if (message_ids_are_per_account(post.chat)) return {};
    const auto link = read_message_link(address);
    if (!link) return {};
    const bool is_own = link->username.empty()
                            ? link->chat == post.chat
                            : ascii_lower(link->username) == ascii_lower(post.chat_username);
    return is_own ? link->message : message_id{};
}

std::optional<std::string> address_of(chat_id chat, std::string_view username, message_id message) {
    const std::int64_t channel = channels_below - std::to_underlying(chat);
    const bool has_links = !message_ids_are_per_account(chat) && channel < channels_count;
    if (!has_links || message == message_id{}) return std::nullopt;
    std::string link = "https://t.me/";
    link += username.empty() ? "c/" + std::to_string(channel) : std::string(username);
    return link + '/' + std::to_string(std::to_underlying(message));
}

}  // namespace baudot::text
