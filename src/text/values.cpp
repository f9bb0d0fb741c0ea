#include "text/values.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/utf16.hpp"

namespace baudot::text {
namespace {

constexpr std::array<std::pair<std::string_view, variable>, 7> names = {
    {{"source", variable::source},
     {"username", variable::username},
     {"link", variable::link},
     {"author", variable::author},
     {"date", variable::date},
     {"time", variable::time},
     {"id", variable::id}}};

std::optional<std::string> if_any(std::string value) {
    if (value.empty()) return std::nullopt;
    return value;
}

/// Names are of strangers.
std::string harmless(std::string_view name) {
    static const RE2 breaks(R"([\pZ\x{0}-\x{20}\x{7F}-\x{9F}]+)");
    static const RE2 steers(R"([\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}])");
    std::string value = to_valid_utf8(name);
    RE2::GlobalReplace(&value, steers, "");
    RE2::GlobalReplace(&value, breaks, " ");
    const auto begin = value.find_first_not_of(' ');
    if (begin == value.npos) return {};
    return value.substr(begin, value.find_last_not_of(' ') + 1 - begin);
}

std::string day_of(std::int64_t local_seconds) {
    const auto day = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds(std::chrono::seconds(local_seconds)));
    const std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string clock_of(std::int64_t local_seconds) {
    constexpr std::int64_t day = 24LL * 60;
    const std::int64_t minute = ((local_seconds / 60) % day + day) % day;
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

}  // namespace

std::optional<variable> variable_named(std::string_view name) noexcept {
    const auto found =
        std::ranges::find(names, name, &std::pair<std::string_view, variable>::first);
    if (found == names.end()) return std::nullopt;
    return found->second;
}

std::string names_of_variables() {
    std::string all;
    for (const auto& [name, meaning] : names) {
        if (!all.empty()) all += ", ";
        all += fmt::format("{{{}}}", name);
    }
    return all;
}

std::optional<std::string> link_of(const message& post) {
    constexpr std::int64_t channels_below = -1'000'000'000'000;
    const bool has_links = post.kind == chat_kind::channel || post.kind == chat_kind::supergroup;
    if (!has_links || post.id == message_id{}) return std::nullopt;
    std::string link = "https://t.me/";
    if (!post.chat_username.empty()) {
        link += post.chat_username;
    } else if (const auto chat = std::to_underlying(post.chat); chat < channels_below) {
        link += fmt::format("c/{}", channels_below - chat);
    } else {
        return std::nullopt;
    }
    if (post.topic != message_id{}) link += fmt::format("/{}", std::to_underlying(post.topic));
    return link + fmt::format("/{}", std::to_underlying(post.id));
}

std::optional<std::string> value_of(variable which, const message& post, const time_zone& zone) {
    switch (which) {
        case variable::source: return if_any(harmless(post.chat_title));
        case variable::username:
            if (post.chat_username.empty()) return std::nullopt;
            return '@' + harmless(post.chat_username);
        case variable::link: return link_of(post);
        case variable::author: {
            std::string signature = harmless(post.author_signature);
            if (!signature.empty()) return signature;
            // Of a channel without signatures nobody is the author.
            const bool is_by_chat = post.sender_chat != chat_id{} && post.sender_chat == post.chat;
            return is_by_chat ? std::nullopt : if_any(harmless(post.sender_name));
        }
        case variable::date: return day_of(post.date + zone.offset_at(post.date));
        case variable::time: return clock_of(post.date + zone.offset_at(post.date));
        case variable::id: return fmt::format("{}", std::to_underlying(post.id));
    }
    return std::nullopt;
}

}  // namespace baudot::text
