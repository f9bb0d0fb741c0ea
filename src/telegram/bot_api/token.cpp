#include "telegram/bot_api/token.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace baudot::telegram::bot_api {
namespace {

// 35 today; Telegram documents no length.
constexpr std::size_t secret_min = 30;
constexpr std::size_t secret_max = 64;
constexpr std::string_view shape =
    "a bot token looks like 123456789:AbCd..., with 35 characters after the colon; "
    "@BotFather shows it";

bool is_secret_character(char each) {
    return (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z') ||
           (each >= 'A' && each <= 'Z') || each == '_' || each == '-';
}

void replace_all(std::string& text, std::string_view what) {
    constexpr std::string_view shown = "<token>";
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + shown.size())) {
        text.replace(at, what.size(), shown);
    }
}

}  // namespace

result<account_id> account_of_token(std::string_view token) {
    const auto refuse = [](std::string_view what) {
        return fail(errc::invalid_argument, std::string(what).append("; ").append(shape));
    };
    if (token.empty()) return refuse("the token is empty");
    const auto colon = token.find(':');
    if (colon == token.npos) return refuse("the token has no colon");
    const std::string_view digits = token.substr(0, colon);
    const std::string_view secret = token.substr(colon + 1);
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(digits.begin(), digits.end(), number);
    if (ec != std::errc{} || end != digits.end() || number <= 0) {
        return refuse("the part of the token before the colon is not a number");
    }
    if (secret.size() < secret_min || secret.size() > secret_max) {
        return refuse("the part of the token after the colon has the wrong length");
    }
    if (!std::ranges::all_of(secret, is_secret_character)) {
        return refuse("the token holds a character that no token has");
    }
    return account_id{number};
}

std::string without_token(std::string text, std::string_view token) {
    replace_all(text, token);
    const auto colon = token.find(':');
    if (colon != token.npos && colon + 1 < token.size()) replace_all(text, token.substr(colon + 1));
    return text;
}

}  // namespace baudot::telegram::bot_api
