#include "api/webhook_door.hpp"

namespace baudot::api {
namespace {

// Telegram heeds it; without, its pauses grow to two minutes.
constexpr const char* again_after_seconds = "5";

}  // namespace

boost::asio::awaitable<http::answer> webhook_door::handle(http::request asked) {
    const std::string_view path = std::string_view(asked.target).substr(0, asked.target.find('?'));
    const auto found = takers_.find(path);
    http::answer made;
    if (found == takers_.end() || asked.method != "POST") {
        made.what.status = 404;
        co_return made;
    }
    made.what.status = co_await found->second(
        http::find(asked.headers, "X-Telegram-Bot-Api-Secret-Token"), asked.body);
    if (made.what.status == 503) made.what.headers.emplace_back("Retry-After", again_after_seconds);
    co_return made;
}

}  // namespace baudot::api
